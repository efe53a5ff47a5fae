"""From a case to its decision: its premises, what is concluded from them, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from engine.cases.conclusions import Conclusion, Conclusions
from engine.cases.facts import plain
from engine.cases.giving import NOTHING
from engine.cases.program import Program
from engine.deadlines import told as told_deadline
from engine.decisions import INDETERMINATE, DeadlineState, Decision, Held, Missing, Obligation
from engine.errors import FactsError, Reason, Violation
from engine.feel.run import Run
from engine.feel.unknown import Unknown, join
from engine.rulesets.checked import CheckedRuleset, Message

__all__ = ["Borrowed", "Case", "Deciding"]

_COMPLETE = Missing()


class Case(Struct, frozen=True, gc=False):
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


Borrowed = Callable[[Any, Case], "bool | Unknown"]
"""Whether a rule of another ruleset holds: called with the facts as plain values, and what else the case is."""


class Deciding:
    """Decides the cases of one version."""

    def __init__(self, ruleset: CheckedRuleset, conclusions: Conclusions, borrowed: Sequence[Borrowed]) -> None:
        """Begins.

        Args:
            ruleset: the version.
            conclusions: what follows from the premises.
            borrowed: the rules of other rulesets, in the order of `ruleset.borrowed`.
        """
        self._ruleset = ruleset
        self._conclusions = conclusions
        self._borrowed = borrowed
        self._id, self._version = ruleset.document.ruleset, ruleset.version
        self._builds_on = ruleset.built_on

    def decision(self, case: Case) -> Decision:
        """The decision of a case.

        Raises:
            FactsError: the facts contradict each other.
            FeelBudgetError: the expressions take more steps, or build more, than they may.
        """
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
        for name, value in zip(self._ruleset.deadlines, deadlines, strict=True):
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

    def whether(self, rule: int, case: Case) -> bool | Unknown:
        """Whether a rule, by its place, holds in the case; what that hangs on where it is not known."""
        inside = self._inside(case)
        if inside is False:
            return False
        true, unknown, why, *_ = self._premises(case)
        found = self._conclusions.whether(rule, true, unknown)
        if found is False or (found is True and inside is True):
            return found
        hanging = () if found is True else found
        return join(inside, *(why[place] for place in hanging))

    def _inside(self, case: Case) -> Any:
        applies = case.program.applies
        return True if applies is None else applies(case.facts, case.parameters, case.run)

    def _premises(self, case: Case) -> tuple[int, int, dict[int, Unknown], Any, Any, Any]:
        """The truth of the premises, those of borrowed rules with them: whether each holds."""
        found = case.program.premises(case.facts, case.parameters, case.run)
        if not self._borrowed:
            return found
        true, unknown, why, values, elements, deadlines = found
        facts = plain(case.given)
        for place, borrowed in enumerate(self._borrowed, len(self._ruleset.rules)):
            bit = 1 << self._conclusions.bits[place]
            holds = borrowed(facts, case)
            if holds is True:
                true |= bit
            elif isinstance(holds, Unknown):
                unknown |= bit
                why[place] = holds
        return true, unknown, why, values, elements, deadlines

    def _default(self, case: Case, conclusion: Conclusion, details: list[Unknown]) -> tuple[str, tuple[str, ...]]:
        """What is said when no rule concludes and the default is the outcome."""
        default, say = self._ruleset.default, case.program.default
        if default is None or say is None or conclusion.candidates != (default.outcome,):
            return "", ()
        because, open_ = say(case.facts, case.parameters, case.run)
        details += open_
        return because, default.cites

    def _outside(self, case: Case) -> Decision:
        applies, say = self._ruleset.applies, case.program.outside
        assert applies is not None
        assert say is not None
        because, open_ = say(case.facts, case.parameters, case.run)
        missing = _missing((), open_)
        return self._without_rules(
            case, (applies.otherwise,), applies=False, because=because, cites=applies.cites, missing=missing
        )

    def _perhaps_outside(
        self,
        case: Case,
        inside: Unknown,
        conclusion: Conclusion,
        for_outcome: list[Unknown],
        details: list[Unknown],
    ) -> Decision:
        """Not known whether the case lies inside: what the rules would conclude, and what is concluded outside."""
        assert self._ruleset.applies is not None
        either = {*conclusion.candidates, self._ruleset.applies.otherwise}
        open_ = len(either) + conclusion.no_outcome > 1
        (for_outcome if open_ else details).append(inside)
        return self._without_rules(
            case,
            tuple(outcome for outcome in self._ruleset.outcomes if outcome in either),
            applies=None,
            missing=_missing(for_outcome, details),
            no_outcome=conclusion.no_outcome,
        )

    def _without_rules(
        self,
        case: Case,
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
                if self._ruleset.results[name].merge != "union":
                    results.setdefault(name, value)
                    continue
                united = results.setdefault(name, [])
                for item in value if value.__class__ is list else [value]:
                    if item not in united:
                        united.append(item)
        return results

    def _inconsistent(self, broken: Iterable[int]) -> FactsError:
        expectations = self._ruleset.expects
        return FactsError(
            tuple(
                Violation(f"expects[{position}]", "facts that agree", _paths_only(expectations[position].otherwise))
                for position in broken
            ),
            "Facts of the case contradict each other.",
            reason=Reason.FACTS_INCONSISTENT,
        )


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
