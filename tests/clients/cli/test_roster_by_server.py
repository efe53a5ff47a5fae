"""`rollbook roster --server` when server, client or both are killed: one decision for each case in the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.cli.stopping import OUT, Serving, assert_whole, finished, part_appears, started, write_cases


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    write_cases(folder)
    return folder


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    serving = Serving(tmp_path)
    try:
        serving.start()
        yield serving
    finally:
        serving.kill()


def test_the_server_is_killed_and_comes_back(folder: Path, serving: Serving) -> None:
    with started(folder, "--server", serving.target) as process:
        for number in (2, 9):
            part_appears(folder, number)
            serving.kill()
            serving.start()
        _, said = process.communicate()
        assert process.returncode == 0, said
    assert_whole(folder)


def test_the_client_is_killed_and_goes_on(folder: Path, serving: Serving) -> None:
    for number in (1, 9):
        with started(folder, "--server", serving.target, "--resume") as process:
            part_appears(folder, number)
            process.kill()
            process.wait()
        assert not (folder / OUT).exists()
    result = finished(folder, "--server", serving.target, "--resume")
    assert result.returncode == 0, result.stderr
    assert "Going on after" in result.stderr
    assert_whole(folder)


def test_both_are_killed(folder: Path, serving: Serving) -> None:
    with started(folder, "--server", serving.target) as process:
        part_appears(folder, 4)
        serving.kill()
        process.kill()
        process.wait()
    gone = finished(folder, "--server", serving.target, "--resume", "--patience", "0")
    assert gone.returncode == 1
    assert "the server cannot be reached" in gone.stderr
    serving.start()
    assert finished(folder, "--server", serving.target, "--resume").returncode == 0
    assert_whole(folder)


def test_a_server_that_stays_away_leaves_what_is_done(folder: Path, serving: Serving) -> None:
    with started(folder, "--server", serving.target, "--patience", "0.5") as process:
        part_appears(folder, 4)
        serving.kill()
        _, said = process.communicate()
        assert process.returncode == 1
    assert f"What is decided so far is kept in {OUT}.parts; --resume goes on with it." in said
    assert finished(folder, "--resume").returncode == 0, "parts that a server made fit the same versions here"
    assert_whole(folder)
