"""What `rollbook roster` tells while it works."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from clients.cli.pages import roster_progress
from clients.cli.pages.roster_progress import watching
from clients.rosters.tally import Tally

DONE = Tally(900, 800, 100, 50, {"withhold": 300, "assign": 500, "indeterminate": 100}, {})


class Clock:
    """Moves by four seconds whenever somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 4
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(roster_progress, "monotonic", clock)
    return clock


def test_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(quiet=False) as watcher:
        watcher.slow(("values.ratio (line 3, column 5): no SQL.",))
        watcher.begun(None, Tally(500, 400))
        for share in (0.6, 0.7, 0.8, 0.9):
            watcher.decided(DONE, share)
        watcher.merging()
    said = capsys.readouterr().err.splitlines()
    assert said[:3] == [
        "The cases are decided one by one, which is slower; what cannot be decided for all at once:",
        "  values.ratio (line 3, column 5): no SQL.",
        "Going on after 500 rows that are decided.",
    ]
    assert all(line.startswith("950 cases, ") for line in said[3:-1])
    assert any(" left: assign 500, withhold 300, indeterminate 100, rejected 50" in line for line in said[3:])
    assert 5 <= len(said) <= 8


def test_nothing_when_it_is_to_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with watching(quiet=True) as watcher:
        watcher.slow(("values.ratio (line 3, column 5): no SQL.",))
        watcher.begun(None, Tally(500, 400))
        watcher.decided(DONE, 0.5)
        watcher.merging()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("before", [Tally(), Tally(500, 400)])
def test_a_bar_fits_on_a_narrow_terminal(before: Tally) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=20, color_system=None, legacy_windows=False)
    with roster_progress._bar(console) as watcher:
        watcher.begun(None, before)
        watcher.decided(DONE, 0.5)
        watcher.decided(DONE + DONE, 0.9)
        watcher.merging()
    shown = screen.getvalue()
    assert "Writing" in shown
    assert "1,900 cases" in shown
    assert "assign 1,000, withhold 600, indeterminate 200, rejected 100" in shown
    assert "…" not in shown
