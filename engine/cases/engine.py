"""The case engine: the facts of one case in, its decision out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from msgspec.structs import replace

from engine.calendars import Calendar
from engine.cases.conclusions import Conclusions
from engine.cases.deciding import Case, Deciding
from engine.cases.facts import FactsDecoder, declared
from engine.cases.program import Program, program_of, time_zone_of
from engine.decisions import Decision
from engine.errors import Reason, RollbookError
from engine.feel.errors import FeelBudgetError
from engine.feel.run import DEFAULT_STEPS, Run
from engine.feel.unknown import Cause, Unknown
from engine.inference import Inference, Links
from engine.rulesets.calendar_use import calendars_read, needs_calendar
from engine.rulesets.checked import CheckedRuleset

__all__ = ["CaseEngine", "links_of", "networks_of"]


class CaseEngine:
    """Decides the cases of one version of a ruleset. Safe to be used by many threads.

    Attributes:
        ruleset: the version.
        needs_calendar: whether it counts school or business days.
        conclusions: what the truth of its premises comes to.
        lenders: for each rule of another ruleset that its own are given, what decides whether that rule holds.
    """

    def __init__(
        self,
        ruleset: CheckedRuleset,
        conclusions: Conclusions,
        programs: tuple[Program, ...],
        lenders: tuple[CaseEngine, ...] = (),
    ) -> None:
        """Use `build`."""
        self.ruleset = ruleset
        self.needs_calendar = needs_calendar(ruleset)
        self.conclusions = conclusions
        self.lenders = lenders
        self._decoder = FactsDecoder(ruleset.facts, time_zone_of(ruleset))
        borrowed = [
            partial(lender.whether, list(lender.ruleset.rules).index(id_.partition("#")[2]))
            for id_, lender in zip(ruleset.borrowed, lenders, strict=True)
        ]
        self._deciding = Deciding(ruleset, conclusions, borrowed)
        self._programs = programs
        self._changes = sorted({start for parameter in ruleset.parameters.values() for start, _ in parameter.values})
        days = [date.min, *self._changes]
        self._parameters = [tuple(_parameter(ruleset, name, day) for name in ruleset.parameters) for day in days]
        self._periods_known = [
            not any(value.__class__ is Unknown for value in parameters) for parameters in self._parameters
        ]

    @classmethod
    def build(cls, ruleset: CheckedRuleset, inference: Inference | None = None) -> CaseEngine:
        """The engine of a version: its inference tables filled, its expressions compiled.

        Args:
            ruleset: the version.
            inference: the thread that durable-rules runs in; one of its own when none is given. Give every engine of a
                process the same.
        """
        inference = inference or Inference()
        tables = inference.fill(links_of(ruleset))
        conclusions = Conclusions(ruleset, tables)
        lenders = tuple(cls.build(part, inference) for part in ruleset.borrowed.values())
        programs = tuple(program_of(ruleset, conclusions.bits, facts_known=known) for known in (False, True))
        return cls(ruleset, conclusions, programs, lenders)

    def decide(
        self,
        facts: bytes | str | Mapping[str, Any],
        *,
        as_of: date,
        rules_as_of: date | None = None,
        absent_is_none: bool = False,
        calendar: Calendar | None = None,
        steps: int = DEFAULT_STEPS,
    ) -> Decision:
        """The decision of one case.

        Args:
            facts: JSON text, or a mapping of plain values.
            as_of: the decision's date.
            rules_as_of: the date whose parameters are used; `as_of` when none is given.
            absent_is_none: whether facts left out read as none where they declare what none means.
            calendar: what school and business days are counted in; not looked at by a ruleset that counts none.
            steps: steps that its expressions may take together.

        Raises:
            FactsError: the facts are not as declared, or contradict each other.
            RollbookError: LIMIT_EXCEEDED when the expressions take more steps, or build more, than they may;
                REQUEST_INVALID when the ruleset needs a calendar and there is none.
        """
        calendars = calendars_read(calendar, needed=self.needs_calendar)
        record, known = self._decoder.read(facts, as_of, absent_is_none=absent_is_none)
        rules_as_of = rules_as_of or as_of
        period = bisect_right(self._changes, rules_as_of)
        program = self._programs[known and self._periods_known[period]]
        parameters = (*self._parameters[period], rules_as_of)
        run = Run(as_of, calendar, steps)
        case = Case(as_of, record, parameters, run, absent_is_none, calendars, facts, program)
        try:
            return self._deciding.decision(case)
        except FeelBudgetError:
            raise RollbookError(
                Reason.LIMIT_EXCEEDED,
                "Deciding this case takes more steps than one decision may.",
                remedy="Send shorter lists, or have the ruleset's authors simplify its expressions.",
            ) from None

    def whether(self, rule: int, facts: Any, case: Case) -> bool | Unknown:
        """Whether a rule, by its place, holds in a case that another ruleset is deciding.

        Args:
            rule: the place.
            facts: the case's facts, as plain values.
            case: what else that decision was asked.
        """
        record = self._decoder.decode(
            declared(self.ruleset.facts, facts), case.as_of, absent_is_none=case.absent_is_none
        )
        rules_as_of = case.parameters[-1]
        parameters = (*self._parameters[bisect_right(self._changes, rules_as_of)], rules_as_of)
        here = replace(case, facts=record, parameters=parameters, given=facts, program=self._programs[False])
        return self._deciding.whether(rule, here)


def links_of(ruleset: CheckedRuleset) -> Mapping[str, Links]:
    """How its rules touch each other, those that it borrows standing alone: what durable-rules works with."""
    links = {id_: Links(rule.given, rule.exception_to, rule.defeats) for id_, rule in ruleset.rules.items()}
    return {**links, **{id_: Links() for id_ in ruleset.borrowed}}


def networks_of(ruleset: CheckedRuleset) -> Iterator[Mapping[str, Links]]:
    """The links of every network that its engine has built: its own, and of what it borrows."""
    yield links_of(ruleset)
    for part in ruleset.borrowed.values():
        yield from networks_of(part)


def _parameter(ruleset: CheckedRuleset, name: str, day: date) -> Any:
    value = ruleset.parameters[name].on(day)
    return Unknown(frozenset((Cause("parameter", name),))) if value is None else value
