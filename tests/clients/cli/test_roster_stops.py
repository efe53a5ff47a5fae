"""`rollbook roster` as a process that is killed, interrupted, or finds the disk full; and then goes on."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchfiles import watch

from tests.clients.cli.conftest import PROJECT, RULESETS
from tests.clients.rosters.loans import LOANS, OUTCOMES, json_lines

ROWS = 2000
OUT = "out.jsonl"
ENOUGH = 100 * 1024
"""Bytes that a file may have where parts fit and the file that is made of them does not."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cases.jsonl").write_text(json_lines(ROWS), encoding="utf-8")
    return tmp_path


def arguments(*more: str) -> list[str]:
    options = ("--as-of", "2019-10-01", "--id", "id", "--batch-rows", "50", "--out", OUT, "--rulesets", str(RULESETS))
    return [sys.executable, "-m", "clients.cli", "roster", LOANS, "cases.jsonl", *options, *more]


def environment() -> dict[str, str]:
    paths = [str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@contextmanager
def started(folder: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        arguments(*more), cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def finished(folder: Path, *more: str, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments(*more),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
    )


def part_appears(folder: Path, number: int) -> None:
    """Comes back when the part of this number is there."""
    part = folder / f"{OUT}.parts" / f"part-{number:06}.arrow"
    for _ in watch(folder, recursive=True, step=1, debounce=10, rust_timeout=100, yield_on_timeout=True):
        if part.exists():
            return


def assert_whole(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / OUT).read_text(encoding="utf-8").splitlines()]
    assert [row["row"] for row in rows] == list(range(ROWS))
    assert [row["outcome"] for row in rows] == [OUTCOMES[number % 4] for number in range(ROWS)]
    assert sorted(path.name for path in folder.iterdir()) == ["cases.jsonl", OUT]


def test_kill_9_and_again_and_on(folder: Path) -> None:
    for number in (0, 7, 20):
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
