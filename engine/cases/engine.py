"""The case engine: the facts of one case in, its decision out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from engine.calendars import Calendar
from engine.cases.conclusions import Conclusion, Conclusions
from engine.cases.facts import FactsDecoder, declared, plain
from engine.cases.giving import NOTHING
from engine.cases.program import Program, program_of, time_zone_of
from engine.deadlines import told as told_deadline
from engine.decisions import INDETERMINATE, DeadlineState, Decision, Held, Missing, Obligation
from engine.errors import FactsError, Reason, RollbookError, Violation
from engine.feel.errors import FeelBudgetError
from engine.feel.run import DEFAULT_STEPS, Run
from engine.feel.unknown import Cause, Unknown, join
from engine.inference import Inference, Links
from engine.rulesets.calendar_use import calendars_read, needs_calendar
from engine.rulesets.checked import CheckedRuleset, Message

__all__ = ["CaseEngine"]

_COMPLETE = Missing()


class _Case(Struct, frozen=True, gc=False):
    """One case while it is decided.

    The last parameter is `rules_as_of`, `given` the facts as they were sent, `program` the one that is fit for them.
    """

    as_of: date
    facts: Any
    parameters: tuple[Any, ...]
    run: Run
    absent_is_none: bool
    calendars: Mapping[str, str]
    given: Any
    program: Program


class Borrowed(NamedTuple):
    """A rule of another ruleset, by its place among the rules of the part that decides it."""

    engine: CaseEngine
    rule: int


class CaseEngine:
    """Decides the cases of one version of a ruleset. Safe to be used by many threads.

    Attributes:
        ruleset: the version.
        needs_calendar: whether it counts school or business days.
    """

    def __init__(
        self,
        ruleset: CheckedRuleset,
        conclusions: Conclusions,
        programs: tuple[Program, ...],
        borrowed: tuple[Borrowed, ...] = (),
    ) -> None:
        """Use `build`."""
        self._borrowed = borrowed
        self._builds_on = ruleset.built_on
        self.ruleset = ruleset
        self.needs_calendar = needs_calendar(ruleset)
        self._decoder = FactsDecoder(ruleset.facts, time_zone_of(ruleset))
        self._conclusions = conclusions
        self._programs = programs
        self._id, self._version = ruleset.document.ruleset, ruleset.version
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
        links = {id_: Links(rule.given, rule.exception_to, rule.defeats) for id_, rule in ruleset.rules.items()}
        tables = inference.fill({**links, **{id_: Links() for id_ in ruleset.borrowed}})
        conclusions = Conclusions(ruleset, tables)
        borrowed = tuple(
            Borrowed(cls.build(part, inference), list(part.rules).index(id_.partition("#")[2]))
            for id_, part in ruleset.borrowed.items()
        )
        programs = tuple(program_of(ruleset, conclusions.bits, facts_known=known) for known in (False, True))
        return cls(ruleset, conclusions, programs, borrowed)

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
        case = _Case(as_of, record, parameters, run, absent_is_none, calendars, facts, program)
        try:
            return self._decide(case)
        except FeelBudgetError:
            raise RollbookError(
                Reason.LIMIT_EXCEEDED,
                "Deciding this case takes more steps than one decision may.",
                remedy="Send shorter lists, or have the ruleset's authors simplify its expressions.",
            ) from None

    def whether(self, rule: int, facts: Any, case: _Case) -> bool | Unknown:
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
        inside = self._inside(here)
        if inside is False:
            return False
        true, unknown, why, *_ = self._premises(here)
        found = self._conclusions.whether(rule, true, unknown)
        if found is False or (found is True and inside is True):
            return found
        hanging = () if found is True else found
        return join(inside, *(why[place] for place in hanging))

    def _inside(self, case: _Case) -> Any:
        applies = case.program.applies
        return True if applies is None else applies(case.facts, case.parameters, case.run)

    def _premises(self, case: _Case) -> tuple[int, int, dict[int, Unknown], Any, Any, Any]:
        """The truth of the premises, those of borrowed rules with them: whether each holds."""
        found = case.program.premises(case.facts, case.parameters, case.run)
        if not self._borrowed:
            return found
        true, unknown, why, values, elements, deadlines = found
        facts = plain(case.given)
        for place, borrowed in enumerate(self._borrowed, len(self.ruleset.rules)):
            bit = 1 << self._conclusions.bits[place]
            holds = borrowed.engine.whether(borrowed.rule, facts, case)
            if holds is True:
                true |= bit
            elif isinstance(holds, Unknown):
                unknown |= bit
                why[place] = holds
        return true, unknown, why, values, elements, deadlines

    def _decide(self, case: _Case) -> Decision:
        if broken := case.program.expects(case.facts, case.parameters, case.run):
            raise self._inconsistent(broken)
        inside = self._inside(case)
        if inside is False:
            return self._outside(case)
        true, unknown, why, values, elements, deadlines = self._premises(case)
        conclusion = self._conclusions.of(true, unknown)
        held: list[Held] = []
        obligations: list[Obligation] = []
        for_outcome = [why[place] for place in conclusion.for_outcome]
        details = [why[place] for place in conclusion.for_details]
        for place in conclusion.held:
            case.program.gives[place](
                case.facts, case.parameters, case.run, values, elements.get(place), held, obligations, details
            )
        if inside is not True:
            return self._perhaps_outside(case, inside, conclusion, for_outcome, details)
        because, cites = ("", ()) if conclusion.concluded else self._default(case, conclusion, details)
        states: tuple[DeadlineState, ...] = ()
        for name, value in zip(self.ruleset.deadlines, deadlines, strict=True):
            told, open_ = told_deadline(name, value)
            states += told
            details += open_
        return Decision(
            self._id,
            self._version,
            case.as_of,
            case.parameters[-1],
            self._outcome(conclusion.candidates, no_outcome=conclusion.no_outcome),
            because,
            cites,
            True,
            conclusion.candidates,
            tuple(held),
            self._results(held),
            tuple(obligations),
            _missing(for_outcome, details),
            case.calendars,
            case.absent_is_none,
            conclusion.no_outcome,
            states,
            self._builds_on,
        )

    def _default(self, case: _Case, conclusion: Conclusion, details: list[Unknown]) -> tuple[str, tuple[str, ...]]:
        """What is said when no rule concludes and the default is the outcome."""
        default, say = self.ruleset.default, case.program.default
        if default is None or say is None or conclusion.candidates != (default.outcome,):
            return "", ()
        because, open_ = say(case.facts, case.parameters, case.run)
        details += open_
        return because, default.cites

    def _outside(self, case: _Case) -> Decision:
        applies, say = self.ruleset.applies, case.program.outside
        assert applies is not None
        assert say is not None
        because, open_ = say(case.facts, case.parameters, case.run)
        missing = _missing((), open_)
        return self._without_rules(
            case, (applies.otherwise,), applies=False, because=because, cites=applies.cites, missing=missing
        )

    def _perhaps_outside(
        self,
        case: _Case,
        inside: Unknown,
        conclusion: Conclusion,
        for_outcome: list[Unknown],
        details: list[Unknown],
    ) -> Decision:
        """Not known whether the case lies inside: what the rules would conclude, and what is concluded outside."""
        assert self.ruleset.applies is not None
        either = {*conclusion.candidates, self.ruleset.applies.otherwise}
        open_ = len(either) + conclusion.no_outcome > 1
        (for_outcome if open_ else details).append(inside)
        return self._without_rules(
            case,
            tuple(outcome for outcome in self.ruleset.outcomes if outcome in either),
            applies=None,
            missing=_missing(for_outcome, details),
            no_outcome=conclusion.no_outcome,
        )

    def _without_rules(
        self,
        case: _Case,
        candidates: tuple[str, ...],
        *,
        applies: bool | None,
        because: str = "",
        cites: tuple[str, ...] = (),
        missing: Missing,
        no_outcome: bool = False,
    ) -> Decision:
        """The decision of a case that (perhaps) lies outside."""
        return Decision(
            self._id,
            self._version,
            case.as_of,
            case.parameters[-1],
            self._outcome(candidates, no_outcome=no_outcome),
            because,
            cites,
            applies,
            candidates,
            (),
            {},
            (),
            missing,
            case.calendars,
            absent_is_none=case.absent_is_none,
            may_have_no_outcome=no_outcome,
            builds_on=self._builds_on,
        )

    @staticmethod
    def _outcome(candidates: tuple[str, ...], *, no_outcome: bool) -> str:
        return candidates[0] if len(candidates) == 1 and not no_outcome else INDETERMINATE

    def _results(self, held: Iterable[Held]) -> Mapping[str, Any]:
        """What the rules that hold set: united where the result says so, else the one value that there is."""
        results: dict[str, Any] = {}
        for rule in held:
            if rule.results is NOTHING:
                continue
            for name, value in rule.results.items():
                if self.ruleset.results[name].merge != "union":
                    results.setdefault(name, value)
                    continue
                united = results.setdefault(name, [])
                for item in value if value.__class__ is list else [value]:
                    if item not in united:
                        united.append(item)
        return results

    def _inconsistent(self, broken: Iterable[int]) -> FactsError:
        expectations = self.ruleset.expects
        return FactsError(
            tuple(
                Violation(f"expects[{position}]", "facts that agree", _paths_only(expectations[position].otherwise))
                for position in broken
            ),
            "Facts of the case contradict each other.",
            reason=Reason.FACTS_INCONSISTENT,
        )


def _parameter(ruleset: CheckedRuleset, name: str, day: date) -> Any:
    value = ruleset.parameters[name].on(day)
    return Unknown(frozenset((Cause("parameter", name),))) if value is None else value


def _missing(for_outcome: Sequence[Unknown], details: Sequence[Unknown]) -> Missing:
    """The causes of what is unknown; one that matters to the outcome is not told again."""
    if not for_outcome and not details:
        return _COMPLETE
    outcome = {cause for unknown in for_outcome for cause in unknown.causes}
    rest = {cause for unknown in details for cause in unknown.causes} - outcome
    return Missing(tuple(sorted(outcome)), tuple(sorted(rest)))


def _paths_only(message: Message) -> str:
    """The message with the names of its paths where their values would stand: errors carry no facts."""
    return "".join(part if isinstance(part, str) else part.text for part in message.parts)
