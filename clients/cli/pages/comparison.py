"""What a change of rules would do, on a terminal and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from clients.cli.console import screen
from clients.cli.pages.words import indented
from clients.pictures.matrix import Matrix, matrix_of, rules_text, share_text
from engine.rosters.changes import REFUSED, Aspect, Change, ComparisonResult, DetailChange, Example, Line, Undecided

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = ["comparison_json", "show_comparison", "watching_comparison"]

_MOST_REASONS = 10
_MOST_NEEDS = 10


def show_comparison(page: Console, result: ComparisonResult, as_of: date) -> None:
    """Prints how many cases change, the matrix, each change with its rules and examples, and what only one decides."""
    matrix = matrix_of(result, as_of.isoformat())
    page.print(Text(matrix.title, style="bold"))
    page.print(Text(f"{matrix.subtitle}."))
    page.print(Text(matrix.versions, style="dim"))
    _show_facts(page, result)
    if not result.cases:
        return
    page.print()
    page.print(_table(matrix))
    for change in result.changes:
        _title(page, f"{_plain(change.before)} → {_plain(change.after)}: {_cases(change.cases)}")
        _show_reasons(page, change)
        _show_examples(page, change.examples, None)
    for detail in result.details:
        _title(page, f"Same outcome, other {detail.aspect}: {_cases(detail.cases)}")
        if detail.aspect is Aspect.RULES:
            _show_reasons(page, detail)
        _show_examples(page, detail.examples, detail.aspect)
    _show_undecided(page, "Only the version before decides", "the version after", result.only_before_decides)
    _show_undecided(page, "Only the version after decides", "the version before", result.only_after_decides)
    page.print()
    page.print(f"Decided just as before: {_cases(result.unchanged)}.")
    if both := result.refused_by_both:
        page.print(f"Refused by both versions: {_cases(both)}; `rollbook roster` says why.")


def comparison_json(result: ComparisonResult, as_of: date) -> dict[str, Any]:
    """The whole comparison for programs; the matrix as a list."""
    matrix = [{"before": before, "after": after, "cases": cases} for (before, after), cases in result.matrix.items()]
    names = ("before", "after", "cases", "unchanged", "changed", "changes", "details")
    more = ("only_before_decides", "only_after_decides", "facts_only_before", "facts_only_after", "refused_by_both")
    told = {name: getattr(result, name) for name in (*names, *more)}
    return {"comparison": {"as_of": as_of, **told, "matrix": matrix}}


def _show_facts(page: Console, result: ComparisonResult) -> None:
    for version, facts in (("before", result.facts_only_before), ("after", result.facts_only_after)):
        if facts:
            page.print(Text(f"Only the version {version} asks for: {', '.join(facts)}"))


def _table(matrix: Matrix) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("BEFORE ↓  AFTER →", overflow="fold")
    for label in matrix.columns:
        table.add_column(label.name, justify="right", overflow="fold")
    table.add_column("all before", justify="right", style="dim")
    for row, cells in zip(matrix.rows, matrix.cells, strict=True):
        numbers = (
            Text(
                f"{cell.cases:,} ({share_text(cell.cases, row.cases)})" if cell.cases else "0",
                style="dim" if row.outcome == column.outcome or not cell.cases else "bold",
            )
            for column, cell in zip(matrix.columns, cells, strict=True)
        )
        table.add_row(row.name, *numbers, f"{row.cases:,}")
    whole = sum(label.cases for label in matrix.rows)
    table.add_row("all after", *(f"{label.cases:,}" for label in matrix.columns), f"{whole:,}", style="dim")
    return table


def _show_reasons(page: Console, change: Change | DetailChange) -> None:
    outcomes = (change.before, change.after) if isinstance(change, Change) else ("", "")
    for reason in change.reasons[:_MOST_REASONS]:
        page.print(indented(f"{reason.cases:,}: {rules_text(reason.rules, *outcomes)}", 1))
    if rest := change.unlisted + sum(reason.cases for reason in change.reasons[_MOST_REASONS:]):
        page.print(indented(f"{rest:,}: by other rules", 1))


def _show_examples(page: Console, examples: Sequence[Example], aspect: Aspect | None) -> None:
    for example in examples:
        ids = "".join(f", {name} {value}" for name, value in example.ids)
        page.print(indented(Text(f"row {example.row}{ids}", style="cyan"), 1))
        for word, told in (("before", example.before), ("after", example.after)):
            if aspect is None:
                page.print(indented(f"{word}: {_plain(told.outcome)}", 2))
            elif told.lines:
                page.print(indented(f"{word}:", 2))
            for line in told.lines:
                page.print(indented(_line(line), 3, "dim"))


def _line(line: Line) -> str:
    return f"{line.about}: {line.text}" if line.about else line.text


def _show_undecided(page: Console, title: str, version: str, found: Undecided) -> None:
    if not found.cases:
        return
    _title(page, f"{title}: {_cases(found.cases)}")
    page.print(indented(f"indeterminate: {found.indeterminate:,}; refused: {found.refused:,}", 1))
    if found.needs:
        page.print(indented(f"What {version} needs:", 1))
    for need in found.needs[:_MOST_NEEDS]:
        refused = " (given, and not accepted)" if need.kind == "refused" else ""
        page.print(indented(f"{need.path or need.kind}: {_cases(need.cases)}{refused}", 2))
    if (rest := len(found.needs) - _MOST_NEEDS) > 0:
        page.print(indented(f"and {rest} more", 2))


def _cases(number: int) -> str:
    return f"{number:,} {'case' if number == 1 else 'cases'}"


def _title(page: Console, text: str) -> None:
    page.print()
    page.print(Text(text, style="bold"))


def _plain(outcome: str) -> str:
    return "refused (facts not accepted)" if outcome == REFUSED else outcome


class _Watching:
    """Tells nobody."""

    def compared(self, cases: int, changed: int, share: float) -> None:
        """Some more cases are compared."""


class _Bar(_Watching):
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("Comparing", total=1.0, told="")

    def compared(self, cases: int, changed: int, share: float) -> None:
        told = f"{cases:,} cases, {changed:,} with another outcome"
        self._progress.update(self._task, completed=share, told=told)


@contextmanager
def watching_comparison(*, quiet: bool) -> Iterator[_Watching]:
    """Shows how a comparison goes while the block lasts, where there is a terminal to show it on."""
    if quiet or not sys.stderr.isatty():
        yield _Watching()
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=screen(errors=True), transient=True) as progress:
        yield _Bar(progress)
