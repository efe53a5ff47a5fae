"""What holds of every ruleset and case: the laws that the properties check, each giving a text when it is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from engine import reference
from engine.calendars import Calendar
from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import FactsError, Reason, RollbookError
from engine.rulesets.checked import CheckedRuleset
from tests.properties.making_cases import as_json

__all__ = ["Question", "Refused", "answers", "compare", "difference", "grows"]


_COVERED = [date(2018, 12, 1) + timedelta(days=offset) for offset in range(500)]
_WORKDAYS = tuple(day for day in _COVERED if day.weekday() < 5)
CALENDAR = Calendar(
    name="random",
    version="0" * 64,
    first=_COVERED[0],
    last=_COVERED[-1],
    school_days=tuple(day for day in _WORKDAYS if day.day not in {11, 12} and day.month not in {6, 7}),
    business_days=_WORKDAYS,
    events={},
)
"""What school and business days are counted in; some days of random cases lie outside it."""


@dataclass(frozen=True)
class Question:
    """A case as it is asked about."""

    facts: Mapping[str, Any]
    as_of: date
    rules_as_of: date | None = None
    absent_is_none: bool = False
    as_json: bool = False
    """Whether the case engine gets the facts as the text of a JSON object."""

    def options(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of,
            "rules_as_of": self.rules_as_of,
            "absent_is_none": self.absent_is_none,
            "calendar": CALENDAR,
        }


@dataclass(frozen=True)
class Refused:
    """That a case was refused, why, and where."""

    reason: Reason
    paths: tuple[str, ...]


Answer = Decision | Refused


def _answer(decide: Callable[..., Decision], facts: Any, question: Question) -> Answer:
    try:
        return decide(facts, **question.options())
    except FactsError as error:
        return Refused(error.reason, tuple(sorted(violation.path for violation in error.violations)))
    except RollbookError as error:
        return Refused(error.reason, ())


def answers(checked: CheckedRuleset, engine: CaseEngine, question: Question) -> tuple[Answer, Answer]:
    """What the reference and the case engine say."""

    def by_reference(facts: Any, **options: Any) -> Decision:
        return reference.decide(checked, facts, **options)

    facts = as_json(question.facts) if question.as_json else question.facts
    return _answer(by_reference, question.facts, question), _answer(engine.decide, facts, question)


def compare(checked: CheckedRuleset, engine: CaseEngine, question: Question) -> tuple[Answer, str]:
    """The reference's answer, and how the case engine's differs; empty when it does not."""
    expected, found = answers(checked, engine, question)
    return expected, difference(expected, found)


def difference(expected: Answer, found: Answer) -> str:
    """In which fields two answers differ; empty when they are the same."""
    if expected == found:
        return ""
    if isinstance(expected, Decision) and isinstance(found, Decision):
        names = Decision.__struct_fields__
        pairs = [(name, getattr(expected, name), getattr(found, name)) for name in names]
        different = [(name, one, two) for name, one, two in pairs if one != two]
        return "\n".join(f"  {name}:\n    reference: {one!r}\n    other:     {two!r}" for name, one, two in different)
    return f"  reference: {expected!r}\n  other:     {found!r}"


def grows(fewer: Decision, more: Decision) -> str:
    """How the decision with more facts breaks what the one with fewer promised; empty when it does not."""
    broken = []
    if fewer.complete and fewer != more:
        broken.append(f"a complete decision changed:\n{difference(fewer, more)}")
    if not set(more.candidates) <= set(fewer.candidates):
        broken.append(f"candidates were added: {fewer.candidates} became {more.candidates}")
    if more.may_have_no_outcome and not fewer.may_have_no_outcome:
        broken.append("no outcome became possible")
    lost = {(held.rule, held.element) for held in fewer.held} - {(held.rule, held.element) for held in more.held}
    if lost and more.applies is not False:
        broken.append(f"rules that held for certain hold no more: {sorted(map(str, lost))}")
    return "\n".join(broken)
