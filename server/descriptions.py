"""Rulesets as the contract describes them: what they ask for, what they answer, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engine.library import LoadedRuleset
from engine.rulesets.canonical import canonical
from engine.rulesets.checked import CheckedRule, CheckedRuleset, Message, MessagePath
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode
from engine.rulesets.problems import Problem
from engine.rulesets.schema import facts_schema, results_schema
from rollbook.v1 import decision_pb2
from rollbook.v1 import ruleset_pb2 as pb
from server.citations import citations, date_message
from server.replies import json_text

__all__ = ["describe", "describe_checked", "problem_message"]

_KINDS: Final[Mapping[FactKind, pb.FactType.ValueType]] = {
    "string": pb.FACT_TYPE_STRING,
    "integer": pb.FACT_TYPE_INTEGER,
    "decimal": pb.FACT_TYPE_DECIMAL,
    "boolean": pb.FACT_TYPE_BOOLEAN,
    "date": pb.FACT_TYPE_DATE,
    "date-time": pb.FACT_TYPE_DATE_TIME,
    "days-duration": pb.FACT_TYPE_DAYS_DURATION,
    "months-duration": pb.FACT_TYPE_MONTHS_DURATION,
    "event": pb.FACT_TYPE_EVENT,
}
_FORCES: Final[Mapping[str, decision_pb2.Force.ValueType]] = {
    "must": decision_pb2.FORCE_MUST,
    "should": decision_pb2.FORCE_SHOULD,
    "may": decision_pb2.FORCE_MAY,
}
_SEVERITIES: Final = {"error": pb.SEVERITY_ERROR, "warning": pb.SEVERITY_WARNING}


def describe(id_: str, loaded: LoadedRuleset | None, problems: Iterable[Problem], *, full: bool) -> pb.Ruleset:
    """The ruleset `id_` as it is served (None where no good version is) and what is wrong with its newest edit."""
    if loaded is None:
        message = pb.Ruleset(name=f"rulesets/{id_}", state=pb.RULESET_STATE_INVALID)
        message.source = decision_pb2.RULESET_SOURCE_FOLDER
    else:
        message = describe_checked(loaded.checked, loaded.text, full=full)
        message.problems.extend(map(problem_message, loaded.warnings))
    message.problems.extend(map(problem_message, problems))
    return message


def describe_checked(checked: CheckedRuleset, text: str, *, full: bool) -> pb.Ruleset:
    """The ruleset as a folder serves it; `text` is its document."""
    document = checked.document
    message = pb.Ruleset(
        name=f"rulesets/{document.ruleset}",
        version=checked.version,
        state=pb.RULESET_STATE_SERVING,
        source=decision_pb2.RULESET_SOURCE_FOLDER,
        title=document.title,
        question=document.question or "",
        time_zone=document.time_zone or "",
        case_grain=document.case,
        default_calendar=f"calendars/{document.calendar}" if document.calendar else "",
    )
    if (authority := document.authority) is not None:
        message.authority.document = authority.document
        message.authority.url = authority.url or ""
        if authority.issued is not None:
            message.authority.issued_on.CopyFrom(date_message(authority.issued))
    if (effective := document.effective) is not None:
        message.effective_from.CopyFrom(date_message(effective.from_))
        if effective.until is not None:
            message.effective_until.CopyFrom(date_message(effective.until))
    default = checked.default.outcome if checked.default is not None else None
    message.outcomes.extend(pb.Outcome(outcome=outcome, is_default=outcome == default) for outcome in checked.outcomes)
    if full:
        _describe_fully(message, checked, text)
    return message


def problem_message(problem: Problem) -> pb.Problem:
    """What is wrong in a document."""
    return pb.Problem(
        severity=_SEVERITIES[problem.severity],
        file=problem.file,
        line=problem.line,
        column=problem.column,
        path=problem.path,
        code=problem.code,
        message=problem.message,
        remedy=problem.remedy,
    )


def _describe_fully(message: pb.Ruleset, checked: CheckedRuleset, text: str) -> None:
    document = checked.document
    authority = document.authority
    message.facts_schema = json.dumps(facts_schema(checked), ensure_ascii=False)
    message.results_schema = json.dumps(results_schema(checked), ensure_ascii=False)
    message.facts.extend(_facts(checked.facts))
    for name, parameter in checked.parameters.items():
        declared = document.parameters[name]
        described = message.parameters.add(name=name, means=declared.means or "")
        described.citations.extend(citations(declared.cites.sections, authority))
        for day, value in parameter.values:
            from_ = getattr(described.values.add(value_json=json_text(value)), "from")
            from_.CopyFrom(date_message(day))
    message.rules.extend(_rule(rule, checked) for rule in checked.rules.values())
    for id_, action in document.actions.items():
        force = _FORCES[action.force]
        message.actions.add(action=id_, text=action.text, by=action.by, to=action.to or "", force=force)
    for left in document.not_decided:
        cites = citations(left.cites.sections, authority)
        message.not_decided.add(citations=cites, what=left.what, who=left.who)
    for reading in document.interpretation:
        message.interpretations.add(about=reading.about, reading=reading.reading, other=reading.other)
    message.source_yaml = text
    message.canonical_json = canonical(document)


def _facts(node: FactNode) -> Iterator[pb.Fact]:
    """The node and everything below it, in the order of the document; the root itself is left out."""
    match node:
        case FactGroup():
            if node.path and not node.path.endswith("[]"):
                yield pb.Fact(path=node.path, type=pb.FACT_TYPE_GROUP, means=node.means)
            for entry in node.entries.values():
                yield from _facts(entry)
        case FactList():
            item = node.element
            described = _fact(item) if isinstance(item, Fact) else pb.Fact(type=pb.FACT_TYPE_GROUP)
            described.path, described.is_list = node.path, True
            described.means = node.means or described.means
            described.deprecated = bool(node.deprecated) or described.deprecated
            yield described
            if not isinstance(item, Fact):
                yield from _facts(item)
        case Fact():
            yield _fact(node)


def _fact(fact: Fact) -> pb.Fact:
    return pb.Fact(
        path=fact.path,
        type=_KINDS[fact.kind],
        means=fact.means,
        none_means=fact.none or "",
        choices=fact.choices,
        places=fact.places or 0,
        deprecated=bool(fact.deprecated),
        judged_by=fact.judged_by,
        considers=fact.considers,
    )


def _rule(rule: CheckedRule, checked: CheckedRuleset) -> pb.Rule:
    return pb.Rule(
        rule=rule.id,
        citations=citations(rule.cites, checked.document.authority),
        when=rule.premise.source,
        outcome=rule.outcome or "",
        because=_message(rule.because),
        given=rule.given,
        exception_to=rule.exception_to,
        defeats=rule.defeats,
    )


def _message(message: Message) -> str:
    return "".join(f"{{{part.text}}}" if isinstance(part, MessagePath) else part for part in message.parts)
