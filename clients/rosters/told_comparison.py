"""What a server told of a comparison, as the engine tells it: so that it is shown and drawn in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import rollbook
from engine.rosters import changes as engine
from rollbook import comparisons as sdk
from rollbook.comparisons import Applicability

__all__ = ["comparison_result"]

_APPLIES: Final[Mapping[Applicability, bool | None]] = {
    Applicability.YES: True,
    Applicability.NO: False,
    Applicability.UNKNOWN: None,
}


def comparison_result(
    started: rollbook.ComparisonStarted,
    found: rollbook.RulesetComparison,
    *,
    row_of: Callable[[int], int],
    unsent: int,
    examples: int,
) -> engine.ComparisonResult:
    """The comparison.

    Args:
        started: by which versions.
        found: what differs.
        row_of: the row in the roster of a row as it was sent.
        unsent: cases of the roster that were not sent, since they cannot be read: neither version accepts them.
        examples: how many examples of each change are wanted, at most.
    """
    matrix = {(pair.outcome_before, pair.outcome_after): pair.case_count for pair in found.matrix}
    if unsent:
        both = engine.REFUSED, engine.REFUSED
        matrix[both] = matrix.get(both, 0) + unsent

    def shown(cases: Iterable[sdk.ComparedCase]) -> tuple[engine.Example, ...]:
        return tuple(_example(case, row_of(case.row)) for case in tuple(cases)[:examples])

    return engine.ComparisonResult(
        _version(started.versions_before, found.outcomes_before),
        _version(started.versions_after, found.outcomes_after),
        found.case_count + unsent,
        MappingProxyType(dict(sorted(matrix.items()))),
        found.unchanged_count,
        tuple(
            engine.Change(
                change.outcome_before,
                change.outcome_after,
                change.case_count,
                _reasons(change.reasons),
                change.unlisted_count,
                shown(change.examples),
            )
            for change in found.changes
        ),
        tuple(
            engine.DetailChange(
                engine.Aspect[detail.aspect.name],
                detail.case_count,
                _reasons(detail.reasons),
                detail.unlisted_count,
                shown(detail.examples),
            )
            for detail in found.aspects
            if detail.aspect is not sdk.DecisionAspect.UNSPECIFIED  # newer than this client
        ),
        _undecided(found.only_after_decides),
        _undecided(found.only_before_decides),
        found.facts_only_before,
        found.facts_only_after,
    )


def _version(versions: rollbook.Versions, outcomes: tuple[str, ...]) -> engine.ComparedVersion:
    own = versions.rulesets[0]
    return engine.ComparedVersion(own.ruleset.removeprefix("rulesets/"), own.version, outcomes)


def _reasons(reasons: Iterable[sdk.RuleDifferenceCount]) -> tuple[engine.Reason, ...]:
    return tuple(engine.Reason(_difference(reason.rules), reason.case_count) for reason in reasons)


def _difference(rules: sdk.RuleDifference) -> engine.RuleDifference:
    both = rules.applies_before, rules.applies_after
    applies = None if Applicability.UNSPECIFIED in both else (_APPLIES[both[0]], _APPLIES[both[1]])
    return engine.RuleDifference(rules.ended, rules.began, rules.otherwise, applies)


def _example(case: sdk.ComparedCase, row: int) -> engine.Example:
    ids = tuple((one.name, one.value) for one in case.ids)
    return engine.Example(row, ids, _difference(case.rules), _told(case.before), _told(case.after))


def _told(decision: sdk.ComparedDecision) -> engine.Told:
    lines = tuple(engine.Line(line.about, line.text) for line in decision.lines)
    return engine.Told(decision.outcome, lines, decision.rules)


def _undecided(cases: sdk.UndecidedCases) -> engine.Undecided:
    needs = tuple(engine.Need(need.kind, need.path, need.case_count) for need in cases.needs)
    return engine.Undecided(cases.indeterminate_count, cases.refused_count, needs)
