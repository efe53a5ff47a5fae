"""Requests of the contract, from Python values."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, TypeVar

from google.type import date_pb2

from rollbook.decisions import Mode
from rollbook.rulesets import RulesetView
from rollbook.v1 import decision_pb2, decision_service_pb2, ruleset_pb2, ruleset_service_pb2

__all__ = ["Case", "Facts", "How"]

Facts = Mapping[str, Any] | str | bytes
"""Facts by name, nested as the ruleset declares them; or the text of one JSON object.

In a mapping, dates are `datetime.date`, dates with time `datetime.datetime`, decimals `Decimal` (sent exactly), days
durations `datetime.timedelta`, months durations ISO 8601 text (`P1Y6M`), and none is None.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked about.

    Attributes:
        facts: the facts; what is left out is unknown.
        case_id: the caller's id of the case, echoed in the decision.
        subject: the caller's opaque id of the student.
        school: the caller's id of the school.
        calendar: the calendar that school days are counted in; empty for the ruleset's own.
    """

    facts: Facts
    case_id: str = ""
    subject: str = ""
    school: str = ""
    calendar: str = ""


_Question = TypeVar(
    "_Question",
    decision_service_pb2.DecideRequest,
    decision_service_pb2.DecideBatchRequest,
    decision_service_pb2.ExplainRequest,
)


class How(TypedDict, total=False):
    """What may be said about any question.

    rules_as_of: the date whose rules and parameters are used; `as_of` unless given.
    absent_is_none: whether facts left out are none, where the ruleset says what none means for them.
    request_id: the id of this question, kept over retries; a random one unless given.
    timeout: seconds that the call may take, retries included; that of the client's options unless given.
    """

    rules_as_of: datetime.date | None
    absent_is_none: bool
    request_id: str | None
    timeout: float | None


def resource(collection: str, name: str) -> str:
    """The resource name of `lausd/grade-marking` or of a name that is one already; empty stays empty."""
    return name if not name or name.startswith(f"{collection}/") else f"{collection}/{name}"


def decide(
    rulesets: Sequence[str],
    case: Case | Facts,
    as_of: datetime.date,
    mode: Mode,
    how: How,
) -> decision_service_pb2.DecideRequest:
    """Asks for decisions about one case."""
    return _asked(decision_service_pb2.DecideRequest(mode=mode_number(mode), case=_case(case)), rulesets, as_of, how)


def decide_batch(
    rulesets: Sequence[str],
    cases: Sequence[Case | Facts],
    as_of: datetime.date,
    mode: Mode,
    how: How,
) -> decision_service_pb2.DecideBatchRequest:
    """Asks for decisions about many cases."""
    return _asked(
        decision_service_pb2.DecideBatchRequest(mode=mode_number(mode), cases=map(_case, cases)), rulesets, as_of, how
    )


def explain(
    rulesets: Sequence[str],
    case: Case | Facts,
    as_of: datetime.date,
    how: How,
) -> decision_service_pb2.ExplainRequest:
    """Asks why."""
    return _asked(decision_service_pb2.ExplainRequest(case=_case(case)), rulesets, as_of, how)


def _asked(message: _Question, rulesets: Sequence[str], as_of: datetime.date, how: How) -> _Question:
    """The question with what every question says: of which rulesets, on which date, and how."""
    message.MergeFrom(
        type(message)(
            rulesets=_rulesets(rulesets),
            as_of=date_message(as_of),
            rules_as_of=date_message(how.get("rules_as_of")),
            absent_is_none=how.get("absent_is_none", False),
            request_id=how.get("request_id") or new_request_id(),
        )
    )
    return message


def list_rulesets(page_size: int, page_token: str, view: RulesetView) -> ruleset_service_pb2.ListRulesetsRequest:
    """Asks for a page of rulesets."""
    return ruleset_service_pb2.ListRulesetsRequest(page_size=page_size, page_token=page_token, view=_view(view))


def get_ruleset(name: str, as_of: datetime.date | None, view: RulesetView) -> ruleset_service_pb2.GetRulesetRequest:
    """Asks for one ruleset."""
    return ruleset_service_pb2.GetRulesetRequest(
        name=resource("rulesets", name), as_of=date_message(as_of), view=_view(view)
    )


def validate_ruleset(ruleset_yaml: str, scenarios_yaml: str) -> ruleset_service_pb2.ValidateRulesetRequest:
    """Asks to check a document."""
    return ruleset_service_pb2.ValidateRulesetRequest(document=_document(ruleset_yaml, scenarios_yaml))


def run_scenarios(name: str) -> ruleset_service_pb2.RunScenariosRequest:
    """Asks to run the scenarios of a ruleset that the server has."""
    return ruleset_service_pb2.RunScenariosRequest(name=resource("rulesets", name))


def run_scenarios_of(ruleset_yaml: str, scenarios_yaml: str) -> ruleset_service_pb2.RunScenariosRequest:
    """Asks to run the scenarios of a document."""
    return ruleset_service_pb2.RunScenariosRequest(document=_document(ruleset_yaml, scenarios_yaml))


def new_request_id() -> str:
    """A random id for one logical call; the transport's retries carry it on."""
    return uuid.uuid4().hex


def facts_json(facts: Facts) -> str:
    """The facts as the text of a JSON object.

    Raises:
        TypeError: for a value that no fact can have, such as a set.
        ValueError: for a number that is not finite.
    """
    if isinstance(facts, bytes):
        return facts.decode("utf-8")
    if isinstance(facts, str):
        return facts
    return json.dumps(facts, default=_plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> object:
    """A value that JSON has no form for, in the form that the contract gives it."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            message = "a fact's number must be finite"
            raise ValueError(message)
        return format(value, "f")  # as text, since a JSON number would pass through a double
    if isinstance(value, datetime.date):  # date-times too
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, Mapping):
        return dict(value)
    message = f"a fact cannot be a {type(value).__name__}"
    raise TypeError(message)


def _duration(value: datetime.timedelta) -> str:
    """ISO 8601, in days and seconds."""
    sign, length = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    seconds = Decimal(length.seconds) + Decimal(length.microseconds).scaleb(-6)
    time = f"T{seconds.normalize():f}S" if seconds else ""
    return f"{sign}P{length.days}D{time}"


def _case(case: Case | Facts) -> decision_pb2.Case:
    case = case if isinstance(case, Case) else Case(case)
    return decision_pb2.Case(
        case_id=case.case_id,
        subject=case.subject,
        school=case.school,
        calendar=resource("calendars", case.calendar),
        facts_json=facts_json(case.facts),
    )


def _rulesets(names: Sequence[str]) -> list[str]:
    return [resource("rulesets", name) for name in names]


def date_message(date: datetime.date | None) -> date_pb2.Date | None:
    return None if date is None else date_pb2.Date(year=date.year, month=date.month, day=date.day)


def mode_number(mode: Mode) -> decision_pb2.Mode.ValueType:
    return decision_pb2.Mode.Value(f"MODE_{mode.name}")


def _view(view: RulesetView) -> ruleset_pb2.RulesetView.ValueType:
    return ruleset_pb2.RulesetView.Value(f"RULESET_VIEW_{view.name}")


def _document(ruleset_yaml: str, scenarios_yaml: str) -> ruleset_service_pb2.RulesetDocument:
    return ruleset_service_pb2.RulesetDocument(ruleset_yaml=ruleset_yaml, scenarios_yaml=scenarios_yaml)
