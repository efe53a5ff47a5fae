"""Explanations as the contract writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from engine.calendars import Calendar
from engine.cases import decide_together
from engine.cases.facts import plain
from engine.cases.together import declared
from engine.explanations import (
    Explanation,
    NamedValue,
    Part,
    PartState,
    RuleExplanation,
    RuleReference,
    RuleStatus,
    explain,
)
from engine.library import LoadedRuleset
from engine.rulesets.documents import Authority
from rollbook.v1 import explanation_pb2 as pb
from server.citations import citations
from server.replies import DecisionWriter
from server.requests import Question

__all__ = ["explanations", "write_explanation"]

_STATUSES: Final[Mapping[RuleStatus, pb.RuleStatus.ValueType]] = {
    status: pb.RuleStatus.Value(f"RULE_STATUS_{status.name}") for status in RuleStatus
}
_STATES: Final[Mapping[PartState, pb.PartState.ValueType]] = {
    state: pb.PartState.Value(f"PART_STATE_{state.name}") for state in PartState
}
_KINDS: Final[Mapping[str, pb.NamedValueKind.ValueType]] = {
    "value": pb.NAMED_VALUE_KIND_VALUE,
    "parameter": pb.NAMED_VALUE_KIND_PARAMETER,
    "table": pb.NAMED_VALUE_KIND_TABLE,
    "deadline": pb.NAMED_VALUE_KIND_DEADLINE,
}


def explanations(
    rulesets: Sequence[LoadedRuleset],
    facts: str | Mapping[str, Any],
    question: Question,
    calendars: Sequence[Calendar | None],
    steps: int,
    still_wanted: Callable[[], None],
) -> Iterator[Explanation]:
    """Why each of `rulesets` decides the case as it does; `still_wanted` is asked before each.

    `calendars` are what each of them counts school days in; empty when none of them counts any.

    Raises:
        RollbookError: as `engine.cases.decide_together`.
    """
    given = plain(facts)
    as_of, rules_as_of, absent_is_none = question.as_of, question.rules_as_of, question.absent_is_none
    # The case engine looks first: it checks the facts against all the rulesets together, and is quick to refuse.
    engines = [ruleset.engine for ruleset in rulesets]
    decide_together(
        engines,
        given,
        as_of=as_of,
        rules_as_of=rules_as_of,
        absent_is_none=absent_is_none,
        defaults=calendars,
        steps=steps,
    )
    for ruleset, calendar in zip(rulesets, calendars or [None] * len(rulesets), strict=True):
        still_wanted()
        own = declared(ruleset.checked.facts, given)
        yield explain(
            ruleset.checked,
            own,
            as_of=as_of,
            rules_as_of=rules_as_of,
            absent_is_none=absent_is_none,
            calendar=calendar,
        )


def write_explanation(reply: pb.Explanation, explanation: Explanation, writer: DecisionWriter) -> None:
    """Writes all of `explanation` but its decision into `reply`."""
    day = explanation.decision.rules_as_of
    writing = _Writing(writer, day)
    if explanation.applies is not None:
        writing.part(reply.applies, explanation.applies)
    for rule in explanation.rules:
        writing.rule(reply.rules.add(), rule)
    for value in explanation.values:
        writing.value(reply.values.add(), value)


class _Writing:
    def __init__(self, writer: DecisionWriter, rules_as_of: date) -> None:
        self._writer = writer
        self._rules_as_of = rules_as_of
        self._authority: Authority | None = writer.authority

    def rule(self, reply: pb.RuleExplanation, rule: RuleExplanation) -> None:
        reply.rule = rule.rule
        reply.status = _STATUSES[rule.status]
        reply.outcome = rule.outcome or ""
        reply.text = rule.text
        reply.citations.extend(citations(rule.cites, self._authority))
        if rule.premise is not None:
            self.part(reply.premise, rule.premise)
        for element in rule.elements:
            of_element = reply.elements.add(element=element.element)
            if element.premise is not None:
                self.part(of_element.premise, element.premise)
        reply.given.extend(map(_reference, rule.given))
        reply.exception_to.extend(map(_reference, rule.exception_to))
        reply.stopped_by.extend(map(_reference, rule.stopped_by))

    def value(self, reply: pb.NamedValue, value: NamedValue) -> None:
        reply.name = value.name
        reply.kind = _KINDS[value.kind]
        reply.citations.extend(citations(value.cites, self._authority))
        self.part(reply.part, value.part)

    def part(self, reply: pb.Part, part: Part) -> None:
        reply.text = part.text
        reply.line = part.line
        reply.column = part.column
        reply.state = _STATES[part.state]
        reply.value = part.value
        reply.causes.extend(self._writer.cause(cause, self._rules_as_of) for cause in part.causes)
        for inner in part.parts:
            self.part(reply.parts.add(), inner)


def _reference(reference: RuleReference) -> pb.RuleReference:
    ruleset, _, rule = reference.rule.rpartition("#")
    return pb.RuleReference(
        ruleset=f"rulesets/{ruleset}" if ruleset else "", rule=rule, status=_STATUSES[reference.status]
    )
