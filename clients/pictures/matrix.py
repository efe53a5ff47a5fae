"""What the picture of a comparison shows: outcomes before and after, and how many cases go from where to where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from engine.decisions import INDETERMINATE
from engine.rosters.changes import REFUSED, ComparisonResult, RuleDifference

__all__ = ["COLOURS", "SIGNS", "Cell", "Kind", "Label", "Matrix", "matrix_of", "rules_text", "share_text"]


class Kind(StrEnum):
    """What it means to go from one outcome to another, in the words of the legend."""

    SAME = "same outcome"
    STRONGER = "to a stronger outcome"
    WEAKER = "to a weaker outcome"
    OTHER = "another kind of change"
    LOST = "can no longer be decided"
    FOUND = "can now be decided"


SIGNS: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.SAME: "", Kind.STRONGER: "▲", Kind.WEAKER: "▼", Kind.OTHER: "◆", Kind.LOST: "?", Kind.FOUND: "✓"}
)
"""Beside each number, so that nobody depends on the colours."""

COLOURS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.SAME: "#eceff1",
        Kind.STRONGER: "#d55e00",
        Kind.WEAKER: "#0072b2",
        Kind.OTHER: "#8c6d1f",
        Kind.LOST: "#7b3294",
        Kind.FOUND: "#00795b",
    }
)
"""From the palette of Okabe and Ito, which people with any colour vision tell apart; some a little darker."""

_UNDECIDED: Final[Mapping[str, str]] = MappingProxyType(
    {INDETERMINATE: "facts are missing", REFUSED: "facts are not accepted"}
)


@dataclass(frozen=True, slots=True)
class Label:
    """A row or a column.

    Attributes:
        outcome: as the comparison has it; `name` is for people.
        note: what it is, for those that are no outcome of the ruleset; else empty.
        cases: how many cases it has.
    """

    outcome: str
    note: str
    cases: int

    @property
    def name(self) -> str:
        """The outcome for people."""
        return self.outcome.strip("()")


@dataclass(frozen=True, slots=True)
class Cell:
    """The cases with one outcome before and one after.

    Attributes:
        cases: how many.
        share: which part of its row they are, 0 to 1; 0 in an empty row.
        weight: how strongly it is coloured, 0 (no case) to 1 (the most frequent change).
    """

    cases: int
    share: float
    kind: Kind
    weight: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole picture, row by row; outcomes that no case has, neither before nor after, are left out.

    Attributes:
        title, subtitle: what it is about, and what came out.
        versions: which two versions these are.
        kinds: the kinds of change that occur, for a legend.
    """

    title: str
    subtitle: str
    versions: str
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    cells: tuple[tuple[Cell, ...], ...]
    kinds: tuple[Kind, ...]


def matrix_of(result: ComparisonResult, as_of: str) -> Matrix:
    """What to draw of a comparison; `as_of` is the date of its decisions, as text."""
    seen = {outcome for pair in result.matrix for outcome in pair}
    names = [tuple(name for name in side if name in seen) for side in (result.rows, result.columns)]
    rows = tuple(_label(name, (count for pair, count in result.matrix.items() if pair[0] == name)) for name in names[0])
    columns = tuple(
        _label(name, (count for pair, count in result.matrix.items() if pair[1] == name)) for name in names[1]
    )
    most = max((change.cases for change in result.changes), default=1)
    cells = tuple(tuple(_cell(result, row, column.outcome, most) for column in columns) for row in rows)
    kinds = {cell.kind for line in cells for cell in line if cell.cases}
    return Matrix(
        f"What the change would do: {_named(result)}",
        f"{result.changed:,} of {result.cases:,} {'case' if result.cases == 1 else 'cases'} "
        f"({share_text(result.changed, result.cases)}) {'gets' if result.changed == 1 else 'get'} another outcome, "
        f"as of {as_of}",
        f"before: version {result.before.version[:12]}; after: version {result.after.version[:12]}",
        rows,
        columns,
        cells,
        tuple(kind for kind in Kind if kind in kinds),
    )


def share_text(part: int, whole: int) -> str:
    """`8.5 %`; a part that is there is never said to be nothing, nor one that is not all to be everything."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if 0 < percent < 0.1:
        return "< 0.1 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.1f} %" if percent % 100 else f"{percent:.0f} %"


def rules_text(rules: RuleDifference, before: str = "", after: str = "") -> str:
    """By which rules decisions differ, for people; `before` and `after` are the outcomes where they differ."""
    if text := "; ".join(_rules(rules)):
        return text
    if REFUSED in {before, after}:
        return _UNDECIDED[REFUSED]
    if INDETERMINATE in {before, after}:
        return _UNDECIDED[INDETERMINATE]
    return "the same rules hold; the default or the order of the outcomes makes the difference"


def _rules(rules: RuleDifference) -> Iterator[str]:
    if rules.applies is not None:
        before, after = ("not known" if side is None else "yes" if side else "no" for side in rules.applies)
        yield f"the ruleset applies: {before} before, {after} after"
    for ids, one, many in (
        (rules.began, "now holds", "now hold"),
        (rules.ended, "no longer holds", "no longer hold"),
        (rules.otherwise, "concludes otherwise", "conclude otherwise"),
    ):
        if ids:
            yield f"{', '.join(ids)} {one if len(ids) == 1 else many}"


def _named(result: ComparisonResult) -> str:
    before, after = result.before.ruleset, result.after.ruleset
    return before if before == after else f"{before} and {after}"


def _label(name: str, counts: Iterable[int]) -> Label:
    return Label(name, _UNDECIDED.get(name, ""), sum(counts))


def _cell(result: ComparisonResult, row: Label, after: str, most: int) -> Cell:
    cases = result.matrix.get((row.outcome, after), 0)
    share = cases / row.cases if row.cases else 0.0
    return Cell(cases, share, _kind(result, row.outcome, after), min(cases / most, 1.0) ** 0.5)


def _kind(result: ComparisonResult, before: str, after: str) -> Kind:
    if before == after:
        return Kind.SAME
    if before in _UNDECIDED and after in _UNDECIDED:
        return Kind.OTHER
    if after in _UNDECIDED:
        return Kind.LOST
    if before in _UNDECIDED:
        return Kind.FOUND
    order = result.after.outcomes
    if before not in order:
        return Kind.OTHER
    return Kind.STRONGER if order.index(after) < order.index(before) else Kind.WEAKER
