"""What of a ruleset has no SQL, so that its rosters are decided case by case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final

from engine.calendars import Calendar
from engine.feel.checked import Checked
from engine.feel.sql import NotCovered, Plan
from engine.feel.sql.operand import TRUE
from engine.inference import FULL_TABLE_RULES
from engine.rosters.consequences import Consequences
from engine.rosters.occurring import EVERYTHING
from engine.rosters.premises import MOST_RULES, inside_of, premise_of
from engine.rosters.settled_facts import Columns
from engine.rosters.uncovered import Uncovered
from engine.rosters.unread_facts import unread_fact
from engine.rosters.watching import Watching
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.findings import MAX_PROBLEMS, Path, path_text
from engine.rulesets.problems import Problem
from engine.rulesets.yaml_positions import Position
from engine.rulesets.yaml_source import Source

__all__ = ["coverage_notes", "uncovered"]

_DAY: Final = date(2020, 1, 6)
_CALENDAR: Final = Calendar("any", "0", _DAY, _DAY, (_DAY,), (_DAY,), {})


def uncovered(ruleset: CheckedRuleset) -> tuple[Uncovered, ...]:
    """The expressions of the ruleset that SQL cannot say, in the order of the document; empty when it can say all.

    Of each expression the first construct is told, and each place once. What only reads a value that SQL cannot say is
    not told. Every fact is taken to be missing somewhere, so that what is covered is covered for every roster.
    """
    looking = _Looking(ruleset)
    try:
        looking.look()
    except RecursionError:  # each value is written where the first that builds on it is
        looking.too_deep()
    return tuple(sorted(looking.found.values(), key=lambda one: (one.line, one.column)))


def coverage_notes(ruleset: CheckedRuleset, file: str) -> tuple[Problem, ...]:
    """The same, as notes on the document `file`, no more of them than there may be problems."""
    return tuple(
        Problem("note", file, one.line, one.column, one.path, "case-by-case", one.message, one.remedy)
        for one in uncovered(ruleset)[:MAX_PROBLEMS]
    )


class _Looking:
    """Writes the whole query of a ruleset, piece by piece, and gathers what cannot be written."""

    def __init__(self, ruleset: CheckedRuleset) -> None:
        self.found: dict[tuple[Position, str], Uncovered] = {}
        self._ruleset = ruleset
        self._source: Source | None = None
        self._plan = Plan(_DAY, _CALENDAR)
        facts = Columns(self._plan, EVERYTHING, absent_is_none=False).root(ruleset.facts)
        self._names = Watching(self._plan, ruleset, facts, date.max, self._tell)

    def look(self) -> None:
        """Looks at everything."""
        ruleset, names = self._ruleset, self._names
        if len(ruleset.rules) + len(ruleset.borrowed) > MOST_RULES:
            remedy = "Split the ruleset, and let one part build on the rules of the other (`given`)."
            self._add("rules", *self._part(("rules",)), f"more than {MOST_RULES} rules", remedy)
        for expectation in ruleset.expects:
            names.compile(expectation.that, f"expects[{expectation.position}].that")
        self._premises()
        for borrowed in ruleset.borrowed:
            self._borrowed(borrowed)
        inside = inside_of(ruleset, names).sql
        consequences = Consequences(self._plan, ruleset, names, inside, dict.fromkeys(ruleset.rules, TRUE))
        for place, rule in enumerate(ruleset.rules.values()):
            self._try(f"rules.{rule.id}", partial(consequences.rule, place, rule))
        self._try("default", consequences.default)
        self._try("applies", consequences.outside)
        for place, name in enumerate(ruleset.deadlines):
            self._try(f"deadlines.{name}", partial(consequences.deadline, place, name))

    def too_deep(self) -> None:
        """Adds that the values build on each other in too long a chain."""
        self._add("values", *self._part(("values",)), "values that build on very many others", "")

    def _premises(self) -> None:
        inside_of(self._ruleset, self._names)
        for rule in self._ruleset.rules.values():
            self._try(f"rules.{rule.id}.when", partial(premise_of, self._plan, self._names, rule))

    def _try(self, where: str, write: Callable[[], object]) -> None:
        """Writes a piece. What fails beside its expressions may do so only because something stands in for one."""
        try:
            write()
        except NotCovered as error:
            if not self.found:
                self._tell(error, error.where or where, None)

    def _borrowed(self, target: str) -> None:
        """The first thing of another ruleset that SQL cannot say, told where this one builds on it."""
        part = self._ruleset.borrowed[target]
        inner = _Looking(part)
        inner._premises()
        for further in part.borrowed:
            inner._borrowed(further)
        found = next(iter(inner.found.values()), None)
        if found is not None:
            self._add(f"given {target}", *self._given(target), f"{found.construct}, on which `{target}` rests", "")
        elif len(part.rules) + len(part.borrowed) > FULL_TABLE_RULES:
            self._add(f"given {target}", *self._given(target), f"a rule that hangs on very many others, `{target}`", "")

    def _given(self, target: str) -> tuple[Position, str]:
        rules = self._ruleset.rules.values()
        paths = (("rules", one.id, "given", one.given.index(target)) for one in rules if target in one.given)
        path: Path = next(paths, ("rules",))
        return self._part(path)

    def _document(self) -> Source | None:
        self._source = self._source or self._ruleset.places.read()
        return self._source

    def _part(self, path: Path) -> tuple[Position, str]:
        """Where the key or list item at `path` stands, or that of the nearest part that there is; and the path."""
        source = self._document()
        return Position(1, 1) if source is None else source.key(path), path_text(path)

    def _tell(self, error: NotCovered, where: str, checked: Checked | None) -> None:
        if checked is None:
            self._add(where, *self._part(tuple(where.split("."))), error.construct, error.remedy)
            return
        place = self._ruleset.places.within(self._document(), checked, error.span.start if error.span else 0)
        fact = unread_fact(self._ruleset.facts, checked, error.span)
        self._add(where, *place, *(fact or (error.construct, error.remedy)))

    def _add(self, where: str, position: Position, path: str, construct: str, remedy: str) -> None:
        message = (
            f"No query can say {construct}: rosters of this ruleset are decided case by case, "
            "several times slower, with the same decisions."
        )
        one = Uncovered(where, position.line, position.column, construct, message, path, remedy)
        self.found.setdefault((position, construct), one)
