"""Decisions as the contract writes them. What is the same for every decision of a version is prepared once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from engine.decisions import INDETERMINATE, DeadlineState, Decision, Held, Obligation
from engine.explanations import cause_text
from engine.feel.unknown import Cause
from engine.rulesets.checked import CheckedDeadline, CheckedEach, CheckedRule, CheckedRuleset
from engine.rulesets.documents import Authority
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode
from rollbook.v1 import decision_pb2 as pb
from rollbook.v1 import missing_pb2, obligation_pb2
from server.citations import citations, date_message
from server.ids import new_decision_id
from server.json_values import json_bytes
from server.wire import bytes_field, constant, text_field

__all__ = ["ENGINE_VERSION", "DecisionWriter", "cause_message"]

ENGINE_VERSION: Final = version("rollbook")
"""The engine's version, as every decision says it."""

_FORCES: Final[Mapping[str, obligation_pb2.Force.ValueType]] = {
    "must": obligation_pb2.FORCE_MUST,
    "should": obligation_pb2.FORCE_SHOULD,
    "may": obligation_pb2.FORCE_MAY,
}
_CAUSES: Final[Mapping[str, missing_pb2.CauseKind.ValueType]] = {
    "fact": missing_pb2.CAUSE_KIND_FACT,
    "calendar-date": missing_pb2.CAUSE_KIND_CALENDAR_DATE,
    "parameter": missing_pb2.CAUSE_KIND_PARAMETER,
    "table": missing_pb2.CAUSE_KIND_TABLE,
    "arithmetic": missing_pb2.CAUSE_KIND_ARITHMETIC,
}
_STATUSES: Final[Mapping[str | None, obligation_pb2.DeadlineStatus.ValueType]] = {
    "not-started": obligation_pb2.DEADLINE_STATUS_NOT_STARTED,
    "met": obligation_pb2.DEADLINE_STATUS_MET,
    "met-late": obligation_pb2.DEADLINE_STATUS_MET_LATE,
    "waived": obligation_pb2.DEADLINE_STATUS_WAIVED,
    "paused": obligation_pb2.DEADLINE_STATUS_PAUSED,
    "overdue": obligation_pb2.DEADLINE_STATUS_OVERDUE,
    "due-soon": obligation_pb2.DEADLINE_STATUS_DUE_SOON,
    "running": obligation_pb2.DEADLINE_STATUS_RUNNING,
    None: obligation_pb2.DEADLINE_STATUS_UNKNOWN,
}

_REMEMBERED: Final = 1024
"""Dates, sets of candidates and versions of which the bytes are kept; none of them says who a case is about."""

_ID = text_field(pb.Decision, "decision_id")
_CASE_ID = text_field(pb.Decision, "case_id")
_BECAUSE = text_field(pb.Decision, "because")
_RESULTS = bytes_field(pb.Decision, "results_json")
_MISSING = bytes_field(pb.Decision, "missing")
_RULE = bytes_field(pb.Decision, "rules")
_DEADLINE = bytes_field(pb.Decision, "deadlines")
_HELD_ELEMENT = text_field(pb.HeldRule, "element")
_HELD_BECAUSE = text_field(pb.HeldRule, "because")
_HELD_RESULTS = bytes_field(pb.HeldRule, "results_json")
_HELD_OBLIGATION = bytes_field(pb.HeldRule, "obligations")
_NO_RESULTS = constant(pb.Decision(results_json="{}"))
_HELD_NO_RESULTS = constant(pb.HeldRule(results_json="{}"))
_COMPLETE = constant(pb.Decision(complete=True))
_BY_RULES = constant(pb.Decision(basis=pb.BASIS_RULES))
_BY_DEFAULT = constant(pb.Decision(basis=pb.BASIS_DEFAULT))
_OUTSIDE = constant(pb.Decision(basis=pb.BASIS_NOT_APPLICABLE))
_DUE_UNKNOWN = constant(obligation_pb2.Obligation(due_unknown=True))

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INDEX = re.compile(r"\[\d+\]")


class DecisionWriter:
    """Writes the decisions of one version of a ruleset.

    Attributes:
        authority: the text that the ruleset encodes.
        source: where the version was read from.

    Args:
        checked: the version.
        source: where it was read from.
        engine: the engine's version that decisions say: that which made them.
    """

    def __init__(
        self, checked: CheckedRuleset, source: pb.RulesetSource.ValueType, engine: str = ENGINE_VERSION
    ) -> None:
        self.authority = checked.document.authority
        self.source = source
        self._engine = engine
        self._own = _ruleset_version(checked.document.ruleset, checked.version, source)
        self._tried = constant(pb.Decision(ruleset=self._own.ruleset, mode=pb.MODE_TRY))
        self._recorded = constant(pb.Decision(ruleset=self._own.ruleset, mode=pb.MODE_RECORD))
        self._rules = {id_: _Rule(rule, self.authority) for id_, rule in checked.rules.items()}
        self._deadlines = {name: self._deadline(deadline) for name, deadline in checked.deadlines.items()}
        self._questions = dict(_questions(checked.facts))
        default = checked.default.outcome if checked.default is not None else None
        self._rule_may_conclude_default = any(rule.outcome == default for rule in checked.rules.values())
        self._versions = lru_cache(_REMEMBERED)(self._versions_read)
        self._versions_alone = self._versions_read((), ())

    def write(self, reply: pb.Decision, decision: Decision, case_id: str) -> None:
        """Writes `decision` into `reply`, under a new id."""
        reply.ParseFromString(self.encoded(decision, case_id))

    def encoded(self, decision: Decision, case_id: str, recorded_as: str = "") -> bytes:
        """`decision` as the bytes of a Decision: of MODE_TRY under a new id, or recorded under the id that is given."""
        outcome, missing = decision.outcome, decision.missing
        parts = [
            self._recorded if recorded_as else self._tried,
            _ID(recorded_as or new_decision_id()),
            _dates(decision.as_of, decision.rules_as_of),
            _outcome(outcome, decision.candidates, decision.may_have_no_outcome, decision.absent_is_none),
            self._versions_alone
            if not decision.calendars and not decision.builds_on
            else self._versions(tuple(decision.calendars.items()), tuple(decision.builds_on.items())),
        ]
        if case_id:
            parts.append(_CASE_ID(case_id))
        if outcome != INDETERMINATE:
            self._reason(parts, decision)
        if missing.outcome or missing.details:
            parts.append(_MISSING(self._missing(decision)))
        else:
            parts.append(_COMPLETE)
        if decision.held:
            self._held(parts, decision)
        parts.append(_RESULTS(json_bytes(decision.results)) if decision.results else _NO_RESULTS)
        if decision.deadlines:
            parts += [_DEADLINE(self._deadline_state(state)) for state in decision.deadlines]
        return b"".join(parts)

    def cause(self, cause: Cause, rules_as_of: date) -> missing_pb2.Cause:
        """What is missing, with the question to ask a person."""
        question = self._questions.get(_INDEX.sub("[]", cause.path), "") if cause.kind == "fact" else ""
        return cause_message(cause, question, rules_as_of)

    def versions(self, calendars: Mapping[str, str], builds_on: Mapping[str, str]) -> pb.Versions:
        """What decisions rest on besides the facts: this ruleset, calendars by name, rulesets built on by id."""
        read = pb.Decision.FromString(self._versions(tuple(calendars.items()), tuple(builds_on.items())))
        return read.versions

    def _reason(self, parts: list[bytes], decision: Decision) -> None:
        """What a settled outcome rests on."""
        outcome = decision.outcome
        if decision.applies is not False:
            for held in decision.held:
                if held.outcome == outcome:
                    parts += (_BY_RULES, _BECAUSE(held.because), self._rules[held.rule].cites_of_decision)
                    return
            if not decision.applies or (self._rule_may_conclude_default and not decision.complete):
                return
        parts += (_BY_DEFAULT if decision.applies else _OUTSIDE, _BECAUSE(decision.because))
        parts.append(constant(pb.Decision(citations=citations(decision.cites, self.authority))))

    def _held(self, parts: list[bytes], decision: Decision) -> None:
        """The rules that hold, each with what it obliges to; obligations come in the same order as the rules."""
        obligations, next_ = decision.obligations, 0
        for held in decision.held:
            id_, element = held.rule, held.element
            rule = self._rules[id_]
            raw = rule.frame + _HELD_BECAUSE(held.because)
            if element is not None:
                raw += _HELD_ELEMENT(f"{rule.listed}[{element}]")
            raw += _HELD_RESULTS(json_bytes(held.results)) if held.results else _HELD_NO_RESULTS
            while next_ < len(obligations) and _owed_by(obligations[next_], held):
                raw += _HELD_OBLIGATION(rule.obligation(obligations[next_]))
                next_ += 1
            parts.append(_RULE(raw))

    def _missing(self, decision: Decision) -> bytes:
        day, missing = decision.rules_as_of, decision.missing
        return missing_pb2.Missing(
            outcome=[self.cause(cause, day) for cause in missing.outcome],
            details=[self.cause(cause, day) for cause in missing.details],
        ).SerializeToString()

    def _versions_read(self, calendars: tuple[tuple[str, str], ...], builds_on: tuple[tuple[str, str], ...]) -> bytes:
        rulesets = [self._own, *(_ruleset_version(id_, version, self.source) for id_, version in sorted(builds_on))]
        read = [pb.CalendarVersion(calendar=f"calendars/{name}", version=version) for name, version in calendars]
        return constant(pb.Decision(versions=pb.Versions(rulesets=rulesets, calendars=read, engine=self._engine)))

    def _deadline(self, deadline: CheckedDeadline) -> tuple[bytes, str]:
        """What is the same for every state of a deadline, and the list of which it is counted for each item."""
        frame = obligation_pb2.Deadline(name=deadline.name, citations=citations(deadline.cites, self.authority))
        return constant(frame), _listed(deadline.each)

    def _deadline_state(self, state: DeadlineState) -> bytes:
        frame, listed = self._deadlines[state.name]
        message = obligation_pb2.Deadline(status=_STATUSES[state.status])
        if state.element is not None:
            message.element = f"{listed}[{state.element}]"
        for field, day in (("starts_on", state.starts_on), ("due_on", state.due), ("met_on", state.met_on)):
            if day is not None:
                getattr(message, field).CopyFrom(date_message(day))
        return frame + message.SerializeToString()


class _Rule:
    """What is the same whenever a rule holds.

    Attributes:
        frame: of its HeldRule.
        listed: for a rule with `each`: the list, as the ruleset names it.
        cites_of_decision: its citations, as those of a Decision.
    """

    def __init__(self, rule: CheckedRule, authority: Authority | None) -> None:
        cites = citations(rule.cites, authority)
        self.frame = constant(pb.HeldRule(rule=rule.id, outcome=rule.outcome or "", citations=cites))
        self.listed = _listed(rule.each)
        self.cites_of_decision = constant(pb.Decision(citations=cites))
        self._obligations: dict[tuple[str, str], bytes] = {}

    def obligation(self, obligation: Obligation) -> bytes:
        """The bytes of an Obligation."""
        key = obligation.action, obligation.deadline
        frame = self._obligations.get(key)
        if frame is None:
            message = obligation_pb2.Obligation(
                action=obligation.action,
                text=obligation.text,
                by=obligation.by,
                to=obligation.to,
                force=_FORCES[obligation.force],
                deadline=obligation.deadline,
            )
            frame = self._obligations[key] = constant(message)
        if obligation.due is not None:
            return frame + _due_on(obligation.due)
        return frame + _DUE_UNKNOWN if obligation.due_unknown else frame


@lru_cache(_REMEMBERED)
def _outcome(outcome: str, candidates: tuple[str, ...], may_have_none: bool, absent_is_none: bool) -> bytes:  # noqa: FBT001 - a name is looked up longer
    settled = outcome != INDETERMINATE
    return constant(
        pb.Decision(
            state=pb.DECISION_STATE_DETERMINED if settled else pb.DECISION_STATE_INDETERMINATE,
            outcome=outcome if settled else "",
            candidates=candidates,
            may_have_no_outcome=may_have_none,
            absent_is_none=absent_is_none,
        )
    )


@lru_cache(_REMEMBERED)
def _dates(as_of: date, rules_as_of: date) -> bytes:
    return constant(pb.Decision(as_of=date_message(as_of), rules_as_of=date_message(rules_as_of)))


@lru_cache(_REMEMBERED)
def _due_on(day: date) -> bytes:
    return constant(obligation_pb2.Obligation(due_on=date_message(day)))


def _ruleset_version(id_: str, version_: str, source: pb.RulesetSource.ValueType) -> pb.RulesetVersion:
    return pb.RulesetVersion(ruleset=f"rulesets/{id_}", version=version_, source=source)


def _owed_by(obligation: Obligation, held: Held) -> bool:
    return obligation.rule == held.rule and obligation.element == held.element


def _listed(each: CheckedEach | None) -> str:
    return "" if each is None else " ".join(each.list.source.split())


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


def cause_message(cause: Cause, question: str, rules_as_of: date) -> missing_pb2.Cause:
    """What is missing, in words too; `question` is what to ask a person for it."""
    message = missing_pb2.Cause(kind=_CAUSES[cause.kind], path=cause.path, question=question, text=cause_text(cause))
    if cause.kind == "parameter":
        message.date.CopyFrom(date_message(rules_as_of))
    elif cause.kind == "calendar-date" and _DAY.fullmatch(cause.detail):
        message.date.CopyFrom(date_message(date.fromisoformat(cause.detail)))
    return message
