"""Rulesets as the contract describes them: what they ask for, what they answer, and what is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from engine.loading import ReadRuleset
from engine.rulesets.canonical import canonical
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.problems import Problem
from engine.rulesets.schema import facts_schema, results_schema
from rollbook.v1 import decision_pb2, problem_pb2
from rollbook.v1 import ruleset_pb2 as pb
from server.citations import citations, date_message
from server.declarations import declare

__all__ = ["describe", "describe_checked", "problem_message"]

_SEVERITIES: Final = {
    "error": problem_pb2.SEVERITY_ERROR,
    "warning": problem_pb2.SEVERITY_WARNING,
    "note": problem_pb2.SEVERITY_NOTE,
}


def describe(
    id_: str,
    loaded: ReadRuleset | None,
    problems: Iterable[Problem],
    *,
    full: bool,
    source: decision_pb2.RulesetSource.ValueType = decision_pb2.RULESET_SOURCE_FOLDER,
) -> pb.Ruleset:
    """The ruleset `id_` as it is served (None where no good version is) and what is wrong with its newest edit."""
    if loaded is None:
        message = pb.Ruleset(name=f"rulesets/{id_}", state=pb.RULESET_STATE_INVALID, source=source)
    else:
        message = describe_checked(loaded.checked, loaded.text, full=full)
        message.source = source
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


def problem_message(problem: Problem) -> problem_pb2.Problem:
    """What is wrong in a document."""
    return problem_pb2.Problem(
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
    declare(message, checked)
    for left in document.not_decided:
        cites = citations(left.cites.sections, authority)
        message.not_decided.add(citations=cites, what=left.what, who=left.who)
    for reading in document.interpretation:
        message.interpretations.add(about=reading.about, reading=reading.reading, other=reading.other)
    message.source_yaml = text
    message.canonical_json = canonical(document)
