"""What a comparison found, as the contract writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engine.rosters.changes import (
    Aspect,
    ComparisonResult,
    Example,
    Reason,
    RuleDifference,
    Told,
    Undecided,
)
from rollbook.v1 import comparison_pb2 as pb

__all__ = ["comparison_message"]

_ASPECTS: Final[Mapping[Aspect, pb.DecisionAspect.ValueType]] = {
    Aspect.RULES: pb.DECISION_ASPECT_RULES,
    Aspect.OBLIGATIONS: pb.DECISION_ASPECT_OBLIGATIONS,
    Aspect.DUE_DATES: pb.DECISION_ASPECT_DUE_DATES,
    Aspect.DEADLINES: pb.DECISION_ASPECT_DEADLINES,
    Aspect.RESULTS: pb.DECISION_ASPECT_RESULTS,
    Aspect.MESSAGES: pb.DECISION_ASPECT_MESSAGES,
    Aspect.MISSING: pb.DECISION_ASPECT_MISSING,
}
_APPLIES: Final[Mapping[bool | None, pb.Applicability.ValueType]] = {
    True: pb.APPLICABILITY_YES,
    False: pb.APPLICABILITY_NO,
    None: pb.APPLICABILITY_UNKNOWN,
}


def comparison_message(found: ComparisonResult) -> pb.RulesetComparison:
    """The whole result."""
    return pb.RulesetComparison(
        outcomes_before=found.before.outcomes,
        outcomes_after=found.after.outcomes,
        case_count=found.cases,
        changed_count=found.changed,
        unchanged_count=found.unchanged,
        matrix=[
            pb.OutcomePair(outcome_before=before, outcome_after=after, case_count=count)
            for (before, after), count in found.matrix.items()
        ],
        changes=[
            pb.OutcomeChange(
                outcome_before=change.before,
                outcome_after=change.after,
                case_count=change.cases,
                reasons=_reasons(change.reasons),
                unlisted_count=change.unlisted,
                examples=map(_example, change.examples),
            )
            for change in found.changes
        ],
        aspects=[
            pb.AspectChange(
                aspect=_ASPECTS[detail.aspect],
                case_count=detail.cases,
                reasons=_reasons(detail.reasons),
                unlisted_count=detail.unlisted,
                examples=map(_example, detail.examples),
            )
            for detail in found.details
        ],
        only_after_decides=_undecided(found.only_after_decides),
        only_before_decides=_undecided(found.only_before_decides),
        facts_only_before=found.facts_only_before,
        facts_only_after=found.facts_only_after,
    )


def _reasons(reasons: Iterable[Reason]) -> Iterator[pb.RuleDifferenceCount]:
    for reason in reasons:
        yield pb.RuleDifferenceCount(rules=_difference(reason.rules), case_count=reason.cases)


def _difference(rules: RuleDifference) -> pb.RuleDifference:
    message = pb.RuleDifference(ended=rules.ended, began=rules.began, otherwise=rules.otherwise)
    if rules.applies is not None:
        before, after = rules.applies
        message.applies_before, message.applies_after = _APPLIES[before], _APPLIES[after]
    return message


def _example(example: Example) -> pb.ComparedCase:
    return pb.ComparedCase(
        row=example.row,
        ids=[pb.IdValue(name=name, value=value) for name, value in example.ids],
        rules=_difference(example.rules),
        before=_told(example.before),
        after=_told(example.after),
    )


def _told(told: Told) -> pb.ComparedDecision:
    lines = [pb.DecisionLine(about=line.about, text=line.text) for line in told.lines]
    return pb.ComparedDecision(outcome=told.outcome, lines=lines, rules=told.rules)


def _undecided(undecided: Undecided) -> pb.UndecidedCases:
    return pb.UndecidedCases(
        indeterminate_count=undecided.indeterminate,
        refused_count=undecided.refused,
        needs=[pb.NeedCount(kind=need.kind, path=need.path, case_count=need.cases) for need in undecided.needs],
    )
