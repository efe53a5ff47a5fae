"""`rollbook roster` as a process, to be killed and started again, and a server for it that dies too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import watch

from tests.clients.cli.conftest import PROJECT, RULESETS
from tests.clients.rosters.loans import LOANS, OUTCOMES, json_lines

__all__ = ["OUT", "ROWS", "Serving", "assert_whole", "finished", "part_appears", "started", "write_cases"]

ROWS = 1200
OUT = "out.jsonl"


def write_cases(folder: Path) -> None:
    (folder / "cases.jsonl").write_text(json_lines(ROWS), encoding="utf-8")


def arguments(*more: str) -> list[str]:
    options = ("--as-of", "2019-10-01", "--id", "id", "--batch-rows", "50", "--out", OUT)
    where = () if "--server" in more else ("--rulesets", str(RULESETS))
    return [sys.executable, "-m", "clients.cli", "roster", LOANS, "cases.jsonl", *options, *where, *more]


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


class Serving:
    """A server as a process, which can be killed and started again at the same place."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._settings = {f"ROLLBOOK_{name.upper()}": value for name, value in settings.items()}
        self._port_file = folder / "port"
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it; comes back when it serves."""
        command = [sys.executable, "-m", "clients.cli", "serve", f"--port={self.port}", "--metrics-port=0"]
        self._process = subprocess.Popen(
            [*command, f"--port-file={self._port_file}", f"--rulesets={RULESETS}"],
            env={**environment(), "ROLLBOOK_LOG_LEVEL": "error", "ROLLBOOK_WATCH": "false", **self._settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline()
        self.port = int(self._port_file.read_text(encoding="utf-8"))

    def kill(self) -> None:
        """Ends it with SIGKILL, where it runs."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
