"""Decisions as the contract writes them. What is the same for every decision of a version is prepared once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.metadata import version
from typing import Any, Final

import msgspec
from google.type.date_pb2 import Date

from engine.decisions import INDETERMINATE, Decision, Held, Obligation
from engine.explanations import cause_text
from engine.feel.unknown import Cause
from engine.feel.value_text import text
from engine.rulesets.checked import CheckedRule, CheckedRuleset
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode
from rollbook.v1 import decision_pb2 as pb
from server.citations import citations, date_message
from server.ids import new_decision_id

__all__ = ["ENGINE_VERSION", "DecisionWriter", "cause_message", "json_text"]

ENGINE_VERSION: Final = version("rollbook")
"""The engine's version, as every decision says it."""

_FORCES: Final[Mapping[str, pb.Force.ValueType]] = {
    "must": pb.FORCE_MUST,
    "should": pb.FORCE_SHOULD,
    "may": pb.FORCE_MAY,
}
_CAUSES: Final[Mapping[str, pb.CauseKind.ValueType]] = {
    "fact": pb.CAUSE_KIND_FACT,
    "calendar-date": pb.CAUSE_KIND_CALENDAR_DATE,
    "parameter": pb.CAUSE_KIND_PARAMETER,
    "table": pb.CAUSE_KIND_TABLE,
    "arithmetic": pb.CAUSE_KIND_ARITHMETIC,
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INDEX = re.compile(r"\[\d+\]")
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=text).encode


def json_text(value: Any) -> str:
    """A value of an expression, or results by name, as JSON text: dates as ISO strings, decimals as numbers."""
    return _encode(dict(value) if isinstance(value, Mapping) else value).decode()


class DecisionWriter:
    """Writes the decisions of one version of a ruleset.

    Attributes:
        authority: the text that the ruleset encodes.
    """

    def __init__(self, checked: CheckedRuleset, source: pb.RulesetSource.ValueType) -> None:
        name = f"rulesets/{checked.document.ruleset}"
        versions = pb.Versions(
            rulesets=[pb.RulesetVersion(ruleset=name, version=checked.version, source=source)], engine=ENGINE_VERSION
        )
        self.authority = checked.document.authority
        self._frame = pb.Decision(ruleset=name, mode=pb.MODE_TRY, versions=versions, results_json="{}")
        self._rules = {id_: self._rule(rule) for id_, rule in checked.rules.items()}
        self._lists = {
            id_: " ".join(rule.each.list.source.split()) for id_, rule in checked.rules.items() if rule.each is not None
        }
        self._questions = dict(_questions(checked.facts))
        default = checked.default.outcome if checked.default is not None else None
        self._rule_may_conclude_default = any(rule.outcome == default for rule in checked.rules.values())

    def write(self, reply: pb.Decision, decision: Decision, case_id: str, as_of: Date, rules_as_of: Date) -> None:
        """Writes `decision` into `reply`, under a new id."""
        reply.CopyFrom(self._frame)
        reply.decision_id = new_decision_id()
        reply.case_id = case_id
        reply.as_of.CopyFrom(as_of)
        reply.rules_as_of.CopyFrom(rules_as_of)
        reply.absent_is_none = decision.absent_is_none
        reply.candidates.extend(decision.candidates)
        reply.may_have_no_outcome = decision.may_have_no_outcome
        if decision.outcome == INDETERMINATE:
            reply.state = pb.DECISION_STATE_INDETERMINATE
        else:
            reply.state = pb.DECISION_STATE_DETERMINED
            reply.outcome = decision.outcome
            self._reason(reply, decision)
        missing = decision.missing
        if missing.outcome or missing.details:
            reply.missing.outcome.extend(self.cause(cause, decision.rules_as_of) for cause in missing.outcome)
            reply.missing.details.extend(self.cause(cause, decision.rules_as_of) for cause in missing.details)
        else:
            reply.complete = True
        owed: dict[tuple[str, int | None], list[Obligation]] = {}
        for obligation in decision.obligations:
            owed.setdefault((obligation.rule, obligation.element), []).append(obligation)
        for held in decision.held:
            self._held(reply.rules.add(), held, owed.get((held.rule, held.element), ()))
        if decision.results:
            reply.results_json = json_text(decision.results)
        for name, version_ in decision.calendars.items():
            reply.versions.calendars.add(calendar=f"calendars/{name}", version=version_)

    def cause(self, cause: Cause, rules_as_of: date) -> pb.Cause:
        """What is missing, with the question to ask a person."""
        question = self._questions.get(_INDEX.sub("[]", cause.path), "") if cause.kind == "fact" else ""
        return cause_message(cause, question, rules_as_of)

    def _reason(self, reply: pb.Decision, decision: Decision) -> None:
        """What a settled outcome rests on."""
        if decision.applies is False:
            reply.basis = pb.BASIS_NOT_APPLICABLE
        elif (held := next((held for held in decision.held if held.outcome == decision.outcome), None)) is not None:
            reply.basis = pb.BASIS_RULES
            reply.because = held.because
            reply.citations.extend(self._rules[held.rule].citations)
            return
        elif decision.applies and (decision.complete or not self._rule_may_conclude_default):
            reply.basis = pb.BASIS_DEFAULT
        else:
            return
        reply.because = decision.because
        reply.citations.extend(citations(decision.cites, self.authority))

    def _rule(self, rule: CheckedRule) -> pb.HeldRule:
        cites = citations(rule.cites, self.authority)
        return pb.HeldRule(rule=rule.id, outcome=rule.outcome or "", citations=cites, results_json="{}")

    def _held(self, reply: pb.HeldRule, held: Held, obligations: Iterable[Obligation]) -> None:
        reply.CopyFrom(self._rules[held.rule])
        reply.because = held.because
        if held.element is not None:
            reply.element = f"{self._lists[held.rule]}[{held.element}]"
        if held.results:
            reply.results_json = json_text(held.results)
        for obligation in obligations:
            owed = reply.obligations.add(
                action=obligation.action,
                text=obligation.text,
                by=obligation.by,
                to=obligation.to,
                force=_FORCES[obligation.force],
                due_unknown=obligation.due_unknown,
                deadline=obligation.deadline,
            )
            if obligation.due is not None:
                owed.due_on.CopyFrom(date_message(obligation.due))


def _questions(node: FactNode) -> Iterator[tuple[str, str]]:
    """What to ask a person for every fact, list and group, by path; none for the root."""
    yield node.path, str(node.means)
    match node:
        case FactGroup():
            for entry in node.entries.values():
                yield from _questions(entry)
        case FactList() if node.element.path != node.path:
            yield from _questions(node.element)
        case FactList() | Fact():
            pass


def cause_message(cause: Cause, question: str, rules_as_of: date) -> pb.Cause:
    """What is missing, in words too; `question` is what to ask a person for it."""
    message = pb.Cause(kind=_CAUSES[cause.kind], path=cause.path, question=question, text=cause_text(cause))
    if cause.kind == "parameter":
        message.date.CopyFrom(date_message(rules_as_of))
    elif cause.kind == "calendar-date" and _DAY.fullmatch(cause.detail):
        message.date.CopyFrom(date_message(date.fromisoformat(cause.detail)))
    return message
