"""What a request asks, checked: rulesets by name, dates, mode, and the case; what is wrong is said by field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NoReturn, Protocol

from google.type.date_pb2 import Date

from engine.errors import Violation
from rollbook.v1 import decision_pb2
from server.errors import RefusalError, too_large
from server.facts import plain_facts

__all__ = [
    "MOST_RULESETS",
    "Asked",
    "Question",
    "RulesetName",
    "check_request_id",
    "facts_of",
    "invalid",
    "named_rulesets",
    "not_served",
    "question",
    "read_date",
    "recorded",
    "ruleset_name",
    "safe_request_id",
]

MOST_RULESETS: Final = 20
"""Rulesets that one call may ask."""

_MOST_CHARACTERS: Final = 200
"""Characters of a case id, a subject, a school."""

_RULESET_NAME = re.compile(
    r"rulesets/(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*)(?:/versions/(?P<version>[0-9a-f]{64}))?"
)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Asked(Protocol):
    """What DecideRequest, DecideBatchRequest and ExplainRequest have in common."""

    @property
    def rulesets(self) -> Sequence[str]:
        """Resource names."""

    @property
    def as_of(self) -> Date:
        """The date of the decision."""

    @property
    def rules_as_of(self) -> Date:
        """The date whose versions are used."""

    @property
    def absent_is_none(self) -> bool:
        """Whether facts left out count as none."""

    @property
    def request_id(self) -> str:
        """The caller's id of the question."""

    def HasField(self, field_name: Any, /) -> bool:  # noqa: N802 - protobuf's name
        """Whether a field was set."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a case, or about each case of a batch.

    Attributes:
        rulesets: ids (`lausd/grade-marking`), none twice, in the order of the request.
        as_of, rules_as_of: the decision's date, and that of the versions and parameters.
        absent_is_none: whether facts left out count as none where they declare what none means.
    """

    rulesets: tuple[str, ...]
    as_of: date
    rules_as_of: date
    absent_is_none: bool


@dataclass(frozen=True, slots=True)
class RulesetName:
    """A resource name, read: `id` is `district/name`, `version` empty where none is named."""

    id: str
    version: str


def question(request: Asked) -> Question:
    """What `request` asks.

    Raises:
        RefusalError: REQUEST_INVALID with every field that is wrong; TOO_LARGE for too many rulesets; NOT_SERVED for a
            named version.
    """
    wrong: list[Violation] = []
    as_of = _date(request.as_of, "as_of", wrong)
    rules_as_of = _date(request.rules_as_of, "rules_as_of", wrong) if request.HasField("rules_as_of") else as_of
    wrong += _request_id(request.request_id)
    rulesets = _rulesets(request.rulesets, wrong)
    if wrong or as_of is None or rules_as_of is None:
        invalid(wrong)
    return Question(rulesets, as_of, rules_as_of, request.absent_is_none)


def check_request_id(request_id: str) -> None:
    """Passes where it is one, or empty.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if request_id and (wrong := _request_id(request_id)):
        invalid(wrong)


def invalid(wrong: Iterable[Violation]) -> NoReturn:
    """Refuses the request for what is wrong with it."""
    raise RefusalError("REQUEST_INVALID", "The request is not well formed.", tuple(wrong))


def recorded(mode: decision_pb2.Mode.ValueType, field: str = "mode") -> bool:
    """Whether the decision is to be recorded: True for MODE_RECORD, False for MODE_TRY.

    Raises:
        RefusalError: REQUEST_INVALID for anything else.
    """
    if mode == decision_pb2.MODE_TRY:
        return False
    if mode == decision_pb2.MODE_RECORD:
        return True
    invalid((Violation(field, "MODE_RECORD or MODE_TRY", "Whether the decision is recorded must be said."),))


def facts_of(case: decision_pb2.Case, most_levels: int) -> str | dict[str, Any]:
    """The facts of `case`: its JSON text, or plain values. With neither form set there are none.

    Raises:
        RefusalError: REQUEST_INVALID for an id that is too long; what `plain_facts` raises.
    """
    if (
        len(case.case_id) > _MOST_CHARACTERS
        or len(case.subject) > _MOST_CHARACTERS
        or len(case.school) > _MOST_CHARACTERS
    ):
        fields = [field for field in ("case_id", "subject", "school") if len(getattr(case, field)) > _MOST_CHARACTERS]
        expected = f"at most {_MOST_CHARACTERS} characters"
        invalid(Violation(f"case.{field}", expected, "The id is too long.") for field in fields)
    if text := case.facts_json:
        return text
    if case.HasField("facts_struct"):
        return plain_facts(case.facts_struct, most_levels)
    if case.HasField("facts_json"):
        return ""  # no JSON; whoever reads the facts says so
    return {}


def not_served(feature: str, field: str, message: str) -> NoReturn:
    """Refuses what this version does not do, rather than ignore it."""
    raise RefusalError("NOT_SERVED", message, (Violation(field, "", message),), metadata={"feature": feature})


def ruleset_name(name: str, field: str) -> RulesetName:
    """Reads a resource name.

    Raises:
        RefusalError: REQUEST_INVALID when it is none.
    """
    found = _name(name)
    if found is None:
        invalid((Violation(field, _NAME_EXPECTED, "This is no name of a ruleset."),))
    return RulesetName(found["id"], found["version"] or "")


def named_rulesets(names: Iterable[str]) -> tuple[str, ...]:
    """The ids of the rulesets that are named, without their versions; what is no name is left out."""
    return tuple([id_ for name in islice(names, MOST_RULESETS) if (id_ := _id_in(name))])


@lru_cache(maxsize=1000)
def _id_in(name: str) -> str:
    """The id in a name; empty where it is none."""
    found = _RULESET_NAME.fullmatch(name)
    return "" if found is None else str(found["id"])


def read_date(day: Date, field: str) -> date:
    """The date.

    Raises:
        RefusalError: REQUEST_INVALID when year, month or day is missing or out of range.
    """
    wrong: list[Violation] = []
    found = _date(day, field, wrong)
    if found is None:
        invalid(wrong)
    return found


def safe_request_id(request_id: str) -> str:
    """The request id if it is one, so that it can stand in a log line; else empty."""
    return request_id if _REQUEST_ID.fullmatch(request_id) else ""


_NAME_EXPECTED: Final = "rulesets/{district}/{ruleset} in lower-case letters, digits and hyphens"


def _name(name: str) -> re.Match[str] | None:
    """A resource name read, unless it is longer than one can be: errors repeat the name of what they do not know."""
    return _RULESET_NAME.fullmatch(name) if len(name) <= 2 * _MOST_CHARACTERS else None


def _request_id(request_id: str) -> list[Violation]:
    if not request_id or _REQUEST_ID.fullmatch(request_id) is not None:
        return []
    expected = "1 to 64 letters, digits, hyphens or underscores"
    return [Violation("request_id", expected, "This is no request id.")]


def _rulesets(names: Sequence[str], wrong: list[Violation]) -> tuple[str, ...]:
    count = len(names)
    if count == 1 and (found := _name(names[0])) is not None and found["version"] is None:
        return (found["id"],)
    if not count:
        wrong.append(Violation("rulesets", _NAME_EXPECTED, "At least one ruleset must be named."))
    if count > MOST_RULESETS:
        raise too_large("rulesets", MOST_RULESETS, count, "Too many rulesets.", "rulesets")
    ids: list[str] = []
    for index, name in enumerate(names):
        field = f"rulesets[{index}]"
        found = _name(name)
        if found is None:
            wrong.append(Violation(field, _NAME_EXPECTED, "This is no name of a ruleset."))
        elif found["version"]:
            not_served("pinned-version", field, "Versions cannot be named yet; name the ruleset alone.")
        elif found["id"] in ids:
            wrong.append(Violation(field, "each ruleset once", "The ruleset is named twice."))
        else:
            ids.append(found["id"])
    return tuple(ids)


def _date(day: Date, field: str, wrong: list[Violation]) -> date | None:
    try:
        return date(day.year, day.month, day.day)
    except ValueError:
        wrong.append(Violation(field, "a date: year, month and day", "The date is left out, or there is no such day."))
        return None
