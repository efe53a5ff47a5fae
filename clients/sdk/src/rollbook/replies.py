"""Replies of the contract, as the values of this package."""

from __future__ import annotations

from rollbook.conversion import convert
from rollbook.decisions import Decision
from rollbook.errors import RollbookError, from_status
from rollbook.explanations import Explanation
from rollbook.rulesets import Ruleset, ScenarioReport, Validation
from rollbook.v1 import decision_service_pb2, ruleset_pb2, ruleset_service_pb2

__all__ = ["batch", "decisions", "explanations", "ruleset", "rulesets", "scenario_report", "validation"]


def decisions(
    reply: decision_service_pb2.DecideResponse | decision_service_pb2.CaseDecisions,
) -> tuple[Decision, ...]:
    """One decision per ruleset asked."""
    return tuple([convert(Decision, decision) for decision in reply.decisions])


def batch(reply: decision_service_pb2.DecideBatchResponse) -> list[tuple[Decision, ...] | RollbookError]:
    """For each case its decisions, or the error that refused it."""
    return [
        from_status(result.error) if result.HasField("error") else decisions(result.decisions)
        for result in reply.results
    ]


def explanations(reply: decision_service_pb2.ExplainResponse) -> tuple[Explanation, ...]:
    """One explanation per ruleset asked."""
    return tuple(convert(Explanation, explanation) for explanation in reply.explanations)


def rulesets(reply: ruleset_service_pb2.ListRulesetsResponse) -> tuple[Ruleset, ...]:
    """The rulesets of one page."""
    return tuple(convert(Ruleset, item) for item in reply.rulesets)


def ruleset(reply: ruleset_pb2.Ruleset) -> Ruleset:
    """One ruleset."""
    return convert(Ruleset, reply)


def validation(reply: ruleset_service_pb2.ValidateRulesetResponse) -> Validation:
    """What a check found."""
    return convert(Validation, reply)


def scenario_report(reply: ruleset_service_pb2.RunScenariosResponse) -> ScenarioReport:
    """What scenarios showed."""
    return convert(ScenarioReport, reply)
