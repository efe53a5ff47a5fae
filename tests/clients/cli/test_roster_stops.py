"""`rollbook roster` as a process that is killed, interrupted, or finds the disk full; and then goes on."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.cli.stopping import OUT, assert_whole, finished, part_appears, started, write_cases

ENOUGH = 100 * 1024
"""Bytes that a file may have where parts fit and the file that is made of them does not."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_cases(tmp_path)
    return tmp_path


def test_kill_9_and_again_and_on(folder: Path) -> None:
    for number in (0, 9):
        with started(folder, "--resume") as process:
            part_appears(folder, number)
            process.kill()
            assert process.wait() == -signal.SIGKILL
        assert not (folder / OUT).exists()
    refused = finished(folder)
    assert refused.returncode == 1
    assert "--resume goes on with it" in refused.stderr
    result = finished(folder, "--resume")
    assert result.returncode == 0
    assert "Going on after" in result.stderr
    assert_whole(folder)


def test_ctrl_c_keeps_what_is_done(folder: Path) -> None:
    with started(folder) as process:
        part_appears(folder, 3)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        assert process.returncode == 130
    assert "Interrupted. What is decided so far is kept in out.jsonl.parts; --resume goes on with it." in said
    assert "Traceback" not in said
    assert finished(folder, "--resume").returncode == 0
    assert_whole(folder)


def no_file_larger_than(size: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_no_room_for_the_whole_file(folder: Path) -> None:
    full = finished(folder, before=no_file_larger_than(ENOUGH))
    assert full.returncode == 1
    assert "File too large" in full.stderr
    assert "What is decided so far is kept in out.jsonl.parts; --resume goes on with it." in full.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["cases.jsonl", f"{OUT}.parts"]
    assert not list((folder / f"{OUT}.parts").glob("*.tmp"))
    assert finished(folder, "--resume").returncode == 0
    assert_whole(folder)


def test_no_room_for_a_part(folder: Path) -> None:
    full = finished(folder, before=no_file_larger_than(2 * 1024))
    assert full.returncode == 1
    assert "File too large" in full.stderr
    assert [path.name for path in folder.iterdir()] == ["cases.jsonl"]
