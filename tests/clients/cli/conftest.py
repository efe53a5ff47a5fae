"""The command line as a person uses it, and a server for it to ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from clients.cli.main import app
from clients.demo.server import running

HERE = Path(__file__).parent
RULESETS = HERE / "rulesets"
FACTS = HERE / "facts"
PROJECT = HERE.parents[2]


class Rollbook(Protocol):
    def __call__(self, *arguments: str, stdin: str = "") -> Result: ...


class Golden(Protocol):
    def __call__(self, name: str, text: str) -> None: ...


@pytest.fixture
def rollbook(monkeypatch: pytest.MonkeyPatch) -> Rollbook:
    """`rollbook(*arguments)`, in the folder of these tests, on no terminal."""
    monkeypatch.chdir(HERE)

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}).invoke(
            app, arguments, input=stdin, prog_name="rollbook"
        )

    return run


@pytest.fixture
def golden() -> Golden:
    """Compares with `golden/<name>`; WRITE_GOLDEN=1 in the environment writes these files anew, to be read and kept."""

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / name
        text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())  # tables fill their last column with blanks
        if os.environ.get("WRITE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Where a real server listens that serves the rulesets of these tests; it was started by `rollbook serve`."""
    with running(RULESETS) as target:
        yield target
