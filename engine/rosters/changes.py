"""What a comparison of two versions over one roster found: the model that is told, drawn and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from engine.decisions import INDETERMINATE

__all__ = [
    "REFUSED",
    "Aspect",
    "Change",
    "ComparedVersion",
    "ComparisonResult",
    "DetailChange",
    "Example",
    "Line",
    "Need",
    "Reason",
    "RuleDifference",
    "Told",
    "Undecided",
]

REFUSED: Final = "(refused)"
"""What stands for the outcome of a case whose facts a version does not accept; no outcome is written in parentheses."""


class Aspect(StrEnum):
    """What can change in a decision whose outcome stays."""

    RULES = "rules"
    OBLIGATIONS = "obligations"
    DUE_DATES = "due dates"
    DEADLINES = "deadlines"
    RESULTS = "results"
    MISSING = "missing facts"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True)
class ComparedVersion:
    """One of the two versions: its id, its SHA-256, and its outcomes, strongest first."""

    ruleset: str
    version: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """How the rules that hold differ between two decisions; ids in the order of the documents.

    A rule with `each` stands here when it holds for other elements, too; it can then be in several of the three.

    Attributes:
        ended: rules that hold before and not after.
        began: rules that hold after and not before.
        otherwise: rules that hold in both, and conclude another outcome.
        applies: whether the ruleset applies, before and after (None: not known); None when that did not change.
    """

    ended: tuple[str, ...] = ()
    began: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    applies: tuple[bool | None, bool | None] | None = None

    @property
    def nothing(self) -> bool:
        """Whether the same rules hold: then the default, the order of the outcomes or the facts make the change."""
        return not (self.ended or self.began or self.otherwise or self.applies)


@dataclass(frozen=True, slots=True)
class Reason:
    """Rules that differ, and in how many cases they differ just so."""

    rules: RuleDifference
    cases: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a decision says: about what (a rule, a deadline, a fact; or empty), and the text."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one version says about an example.

    Attributes:
        outcome: its outcome.
        lines: what is to be read, first of all what the other version does not say.
        rules: the ids of all rules that hold, in the order of the document, each once.
    """

    outcome: str
    lines: tuple[Line, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A case that changed.

    Attributes:
        row: its number in the roster, from 0.
        ids: the id columns and their values, as text; without those that are null.
        rules: how the rules that hold differ.
        before, after: what the two versions say.
    """

    row: int
    ids: tuple[tuple[str, str], ...]
    rules: RuleDifference
    before: Told
    after: Told


@dataclass(frozen=True, slots=True)
class Change:
    """The cases that go from one outcome to another.

    Attributes:
        before, after: the outcomes; `indeterminate` and `REFUSED` are two of them.
        cases: how many.
        reasons: by which rules, the most frequent first.
        unlisted: cases whose reason is not listed, because there are too many different ones.
        examples: some of them, from as many reasons as there can be, by row.
    """

    before: str
    after: str
    cases: int
    reasons: tuple[Reason, ...]
    unlisted: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class DetailChange:
    """The cases that keep their outcome, and in which one aspect changes; as `Change`. A case can be in several."""

    aspect: Aspect
    cases: int
    reasons: tuple[Reason, ...]
    unlisted: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """What stands in the way of a decision, and in how many cases.

    Attributes:
        kind: `refused` for a fact that is not accepted; else the kind of what is missing (`fact`, `parameter`, …).
        path: the fact, or what else it is, without indexes: `warning_notices[].sent_on`.
        cases: how many; a case that needs several things counts for each.
    """

    kind: str
    path: str
    cases: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """Cases that one version cannot decide, although the other can.

    Attributes:
        indeterminate: those that come out as `indeterminate`; `refused`: those whose facts it does not accept.
        needs: what it needs and does not get, the most frequent first.
    """

    indeterminate: int = 0
    refused: int = 0
    needs: tuple[Need, ...] = ()

    @property
    def cases(self) -> int:
        """All of them."""
        return self.indeterminate + self.refused


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What two versions make of one roster. Counts do not depend on the order of its rows; examples do.

    Attributes:
        before, after: the versions.
        cases: all cases that were seen.
        matrix: how many cases have which two outcomes, (before, after), only pairs that occur. `unchanged` of them are
            in no `changes` and no `details`; those that both refuse are counted in the matrix only.
        unchanged: cases whose two decisions say the same.
        changes: the pairs of different outcomes, the most frequent first.
        details: what else changes where the outcome stays, in the order of `Aspect`, only those that occur.
        only_after_decides: cases that the version before cannot decide; `only_before_decides`: those that the one after
            cannot.
        facts_only_before, facts_only_after: the facts that only one of the versions declares.
    """

    before: ComparedVersion
    after: ComparedVersion
    cases: int
    matrix: Mapping[tuple[str, str], int]
    unchanged: int
    changes: tuple[Change, ...]
    details: tuple[DetailChange, ...]
    only_after_decides: Undecided
    only_before_decides: Undecided
    facts_only_before: tuple[str, ...]
    facts_only_after: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many cases get another outcome."""
        return sum(change.cases for change in self.changes)

    @property
    def refused_by_both(self) -> int:
        """How many cases neither version accepts."""
        return self.matrix.get((REFUSED, REFUSED), 0)

    @property
    def rows(self) -> tuple[str, ...]:
        """The outcomes before that occur or are declared: strongest first, then `indeterminate`, then `REFUSED`."""
        return _labels(self.before.outcomes, {before for before, _ in self.matrix})

    @property
    def columns(self) -> tuple[str, ...]:
        """The outcomes after, as `rows`."""
        return _labels(self.after.outcomes, {after for _, after in self.matrix})


def _labels(declared: tuple[str, ...], seen: set[str]) -> tuple[str, ...]:
    return (*declared, *(label for label in (INDETERMINATE, REFUSED) if label in seen))
