"""Decisions of one grain that are facts of a coarser one: marks first, then the report and the warning notice.

A chain says which ruleset decides the finer cases, which rulesets decide the coarser one, and what of each finer case
and its decision becomes a fact there. `Client.decide_chain` asks both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rollbook.decisions import Decision
from rollbook.errors import RollbookError
from rollbook.requests import Case

__all__ = ["MOST_CASES", "REPORT", "Chain", "ChainDecisions", "coarser_facts", "finer_cases", "first_of_each"]

MOST_CASES = 500
"""Cases that one batch may have."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Rulesets of two grains.

    Attributes:
        finer: decides each of the finer cases.
        coarser: decide the coarser case together, 1 to 20 of them.
        into: the list of facts of the coarser case that the finer decisions become.
        item: what one finer case and its decision become: an item of that list.
    """

    finer: str
    coarser: tuple[str, ...]
    into: str
    item: Callable[[Mapping[str, Any], Decision], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ChainDecisions:
    """What a chain decided.

    Attributes:
        finer: the decision of each finer case, in their order.
        coarser: the decision of each coarser ruleset, in their order.
        facts: the facts that the coarser case was decided on, the finer decisions among them.
    """

    finer: tuple[Decision, ...]
    coarser: tuple[Decision, ...]
    facts: Mapping[str, Any]


def finer_cases(cases: Sequence[Case | Mapping[str, Any]]) -> list[tuple[Case, Mapping[str, Any]]]:
    """Each finer case with its facts as a mapping.

    Raises:
        TypeError: when the facts of one are JSON text, from which nothing can be taken over.
    """
    found = []
    for case in cases:
        full = case if isinstance(case, Case) else Case(case)
        if not isinstance(full.facts, Mapping):
            message = "the facts of a chain's finer cases are mappings, not JSON text"
            raise TypeError(message)
        found.append((full, full.facts))
    return found


def first_of_each(answers: Sequence[tuple[Decision, ...] | RollbookError]) -> list[Decision]:
    """The decisions of a batch that asked one ruleset.

    Raises:
        RollbookError: the first refusal.
    """
    decided = []
    for answer in answers:
        if isinstance(answer, RollbookError):
            raise answer
        decided.append(answer[0])
    return decided


def coarser_facts(
    chain: Chain, facts: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], decisions: Sequence[Decision]
) -> dict[str, Any]:
    """The coarser case's facts with the finer decisions among them; items given already stand before."""
    given = facts.get(chain.into) or []
    items = [chain.item(case, decision) for case, decision in zip(cases, decisions, strict=True)]
    return {**facts, chain.into: [*given, *items]}


_OF_THE_MARK = ("area", "area_kind", "score", "at_risk_since")


def _mark(facts: Mapping[str, Any], decision: Decision) -> Mapping[str, Any]:
    """A line of the report: the proposed mark, and what was decided about it (none while that is open)."""
    mark = facts.get("mark") or {}
    return {
        **{name: mark[name] for name in _OF_THE_MARK if name in mark},
        "outcome": decision.outcome or None,
        "comment_code": decision.results.get("comment_code"),
    }


REPORT = Chain("lausd/grade-marking", ("lausd/report-completeness", "lausd/warning-notice"), into="marks", item=_mark)
"""The marks of a student's report, then whether the report is complete and which warning is owed."""
