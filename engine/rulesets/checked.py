"""A ruleset whose names are bound and whose types fit: what every evaluator reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

from engine.calendars.calendar import Days
from engine.feel.checked import Checked
from engine.feel.types import Type
from engine.rulesets.documents import Action, Result, Ruleset
from engine.rulesets.facts import FactGroup
from engine.rulesets.places import NO_PLACES, Places

__all__ = [
    "CheckedApplies",
    "CheckedDeadline",
    "CheckedDefault",
    "CheckedEach",
    "CheckedExpectation",
    "CheckedLength",
    "CheckedObligation",
    "CheckedParameter",
    "CheckedPause",
    "CheckedRow",
    "CheckedRule",
    "CheckedRuleset",
    "CheckedTable",
    "Message",
    "MessagePath",
]


@dataclass(frozen=True, slots=True)
class MessagePath:
    """`{path}` in a message: its value is printed; `none` is what is printed when it is none."""

    text: str
    expression: Checked
    none: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message: plain text and paths in turn."""

    parts: tuple[str | MessagePath, ...]


@dataclass(frozen=True, slots=True)
class CheckedParameter:
    """A dated parameter; `values` are (first day in force, value), ascending by day."""

    name: str
    type: Type
    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """The value in force on `day`, or None when none is yet."""
        found = None
        for start, value in self.values:
            if start > day:
                break
            found = value
        return found


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of a value table: one unary test per input (`?` is the input), and the outputs."""

    id: str
    cites: tuple[str, ...]
    tests: tuple[Checked, ...]
    outputs: Mapping[str, Checked]


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A decision table that is a value: a context of its outputs; a case that no row covers is unknown."""

    name: str
    hit: Literal["unique", "first"]
    inputs: tuple[Checked, ...]
    rows: tuple[CheckedRow, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class CheckedEach:
    """`each: name in list`."""

    name: str
    list: Checked


@dataclass(frozen=True, slots=True)
class CheckedLength:
    """A number of days of a kind; `back` says that it plainly counts back from the start."""

    count: Checked
    days: Days
    back: bool


@dataclass(frozen=True, slots=True)
class CheckedPause:
    """The days after `from_` through `until` are taken off a deadline's count; with `each`, once per element."""

    cites: tuple[str, ...]
    each: CheckedEach | None
    from_: Checked
    until: Checked


@dataclass(frozen=True, slots=True)
class CheckedDeadline:
    """A deadline; its value is a context with `starts_on`, `due`, `status` and `met_on`.

    With `each` it is a list of such contexts, one per element, which have the element's own entries besides.
    """

    name: str
    cites: tuple[str, ...]
    each: CheckedEach | None
    starts: Checked
    length: CheckedLength | None
    paused: CheckedPause | None
    due: Checked | None
    waived: Checked | None
    met: Checked | None
    soon: CheckedLength | None
    type: Type

    @property
    def expressions(self) -> tuple[Checked, ...]:
        """Every expression of it."""
        pause = self.paused
        found = (
            self.each.list if self.each else None,
            self.starts,
            self.length.count if self.length else None,
            self.soon.count if self.soon else None,
            self.due,
            self.waived,
            self.met,
            pause.each.list if pause and pause.each else None,
            pause.from_ if pause else None,
            pause.until if pause else None,
        )
        return tuple(checked for checked in found if checked is not None)


@dataclass(frozen=True, slots=True)
class CheckedObligation:
    """An obligation of a rule; `position` counts within its rule from 0.

    `due` is a date that is still in time; for an obligation with a deadline it reads that deadline's due day.
    """

    action: Action
    action_id: str
    due: Checked | None
    deadline: str | None
    position: int


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule, or a row of a table with an outcome (`id` is then `table/row`, the premise what its cells say).

    `exception_to` and `defeats` name rules of the same ruleset, `given` also borrowed ones (`district/name#rule`).
    """

    id: str
    cites: tuple[str, ...]
    each: CheckedEach | None
    premise: Checked
    given: tuple[str, ...]
    exception_to: tuple[str, ...]
    defeats: tuple[str, ...]
    outcome: str | None
    results: Mapping[str, Checked]
    because: Message
    obliges: tuple[CheckedObligation, ...]


@dataclass(frozen=True, slots=True)
class CheckedApplies:
    """Outside `when` no rule is looked at, and the outcome is `otherwise`."""

    when: Checked
    otherwise: str
    cites: tuple[str, ...]
    because: Message


@dataclass(frozen=True, slots=True)
class CheckedDefault:
    """The outcome when no rule that holds concludes one."""

    outcome: str
    cites: tuple[str, ...]
    because: Message


@dataclass(frozen=True, slots=True)
class CheckedExpectation:
    """What must be consistent between facts: `that` is false only in an inconsistent case."""

    that: Checked
    otherwise: Message
    position: int


@dataclass(frozen=True, slots=True)
class CheckedRuleset:
    """A ruleset that passed every check that evaluation relies on.

    Attributes:
        document: what was read.
        version: SHA-256 of the canonical form, lower-case hexadecimal.
        facts: the root group.
        scope: the type of every name that expressions see: fact groups and lists, parameters, values, tables, reference
            lists, `as_of`.
        parameters, references: by name.
        values, tables, deadlines: by name, in the document's order; `order` lists the names of all so that each stands
            after those it reads.
        rules: in the document's order, rows of tables with an outcome among them.
        outcomes: strongest first.
        results: what is declared of each result, with its type.
        borrowed: for each rule of another ruleset that a rule of this one is given (`district/name#rule`), the part of
            that ruleset that decides whether it holds.
        places: where its expressions stand in the document.
    """

    document: Ruleset
    version: str
    facts: FactGroup
    scope: Mapping[str, Type]
    parameters: Mapping[str, CheckedParameter]
    references: Mapping[str, tuple[Mapping[str, Any], ...]]
    values: Mapping[str, Checked]
    tables: Mapping[str, CheckedTable]
    deadlines: Mapping[str, CheckedDeadline]
    order: tuple[str, ...]
    rules: Mapping[str, CheckedRule]
    outcomes: tuple[str, ...]
    default: CheckedDefault | None
    applies: CheckedApplies | None
    expects: tuple[CheckedExpectation, ...]
    results: Mapping[str, Result]
    result_types: Mapping[str, Type]
    borrowed: Mapping[str, CheckedRuleset] = field(default_factory=lambda: MappingProxyType({}))
    places: Places = field(default=NO_PLACES, repr=False, compare=False)

    @property
    def built_on(self) -> Mapping[str, str]:
        """The version of every ruleset that it builds on, directly or through others, by id."""
        found: dict[str, str] = {}
        for part in self.borrowed.values():
            found[part.document.ruleset] = part.version
            found.update(part.built_on)
        return found
