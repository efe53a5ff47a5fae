"""Whether a ruleset counts school or business days, and so needs a calendar; and what a decision says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from engine.calendars import Calendar, Days
from engine.errors import Reason, RollbookError, Violation
from engine.feel.builtins import calendar_days
from engine.feel.checked import Checked
from engine.feel.checker import builtins_used
from engine.rulesets.checked import CheckedRuleset, Message

__all__ = ["calendars_read", "needs_calendar"]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


def needs_calendar(ruleset: CheckedRuleset) -> bool:
    """Whether an expression or a deadline of it counts school or business days, whichever case it is asked about."""
    if any(needs_calendar(part) for part in ruleset.borrowed.values()):
        return True
    lengths = (length for deadline in ruleset.deadlines.values() for length in (deadline.length, deadline.soon))
    if any(length is not None and length.days is not Days.CALENDAR for length in lengths):
        return True
    return any(not calendar_days.NAMES.isdisjoint(builtins_used(checked)) for checked in _expressions(ruleset))


def calendars_read(calendar: Calendar | None, *, needed: bool) -> Mapping[str, str]:
    """The version of the calendar by its name, as a decision says it; empty for a ruleset that needs none.

    Raises:
        RollbookError: REQUEST_INVALID when one is needed and there is none.
    """
    if not needed:
        return _NONE
    if calendar is None:
        raise RollbookError(
            Reason.REQUEST_INVALID,
            "The ruleset counts school or business days, and there is no calendar to count them in.",
            (Violation("calendar", "the name of a calendar", "The case names no calendar, nor does the ruleset."),),
            remedy="Name the calendar of the case.",
        )
    return {calendar.name: calendar.version}


def _expressions(ruleset: CheckedRuleset) -> Iterator[Checked]:
    """Every expression of the ruleset."""
    yield from ruleset.values.values()
    for table in ruleset.tables.values():
        yield from table.inputs
        for row in table.rows:
            yield from row.tests
            yield from row.outputs.values()
    for deadline in ruleset.deadlines.values():
        yield from deadline.expressions
    if ruleset.applies is not None:
        yield ruleset.applies.when
        yield from _paths(ruleset.applies.because)
    if ruleset.default is not None:
        yield from _paths(ruleset.default.because)
    for expectation in ruleset.expects:
        yield expectation.that
        yield from _paths(expectation.otherwise)
    for rule in ruleset.rules.values():
        if rule.each is not None:
            yield rule.each.list
        yield rule.premise
        yield from rule.results.values()
        yield from _paths(rule.because)
        yield from (obligation.due for obligation in rule.obliges if obligation.due is not None)


def _paths(message: Message) -> Iterator[Checked]:
    return (part.expression for part in message.parts if not isinstance(part, str))
