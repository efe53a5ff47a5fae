"""What requests about versions ask, checked; and the refusals that several calls share."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, Literal, NoReturn

from google.type.date_pb2 import Date

from engine.errors import Violation
from engine.rulesets.yaml_source import MAX_BYTES
from rollbook.v1 import version_service_pb2 as pb
from server.callers import Caller, Role
from server.errors import RefusalError, too_large
from server.requests import invalid, read_date
from server.store.lifecycle_rows import Event, State, StoredVersion
from server.versions.asked import Finding
from server.versions.messages import STATES
from server.versions.names import resource

__all__ = [
    "READERS",
    "check_comment",
    "check_done",
    "check_sizes",
    "given_day",
    "may_see",
    "overtaken",
    "page_after",
    "page_size",
    "page_token",
    "refused_for",
    "states_of",
]

READERS: Final[tuple[Role, ...]] = ("edit", "approve", "administer")
"""The roles of which one lets a caller read the versions of a ruleset."""

_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 500
_MOST_OF_COMMENT: Final = 2_000


def check_sizes(request: pb.CreateVersionRequest) -> None:
    """Passes where neither document is too large, and the comment is one.

    Raises:
        RefusalError: TOO_LARGE; REQUEST_INVALID.
    """
    for field in ("source_yaml", "scenarios_yaml"):
        if (size := len(getattr(request, field))) > MAX_BYTES:
            raise too_large("document-characters", MAX_BYTES, size, "The document is too large.", field)
    check_comment(request.comment)


def check_comment(comment: str) -> None:
    """Passes where it is no longer than a comment may be.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if len(comment) > _MOST_OF_COMMENT or "\0" in comment:
        expected = f"at most {_MOST_OF_COMMENT} characters, none of code 0"
        invalid((Violation("comment", expected, "This cannot be kept as a comment."),))


def given_day(request: Any, field: Literal["in_force_from", "in_force_until"]) -> date | None:
    """The day in a field of the request; None where it is left out.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    day: Date = getattr(request, field)
    return read_date(day, field) if request.HasField(field) else None


def page_size(asked: int) -> int:
    """How many versions a page has.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if asked < 0:
        invalid((Violation("page_size", "1 to 500, or left out", "A page has no negative size."),))
    return min(asked or _USUAL_PAGE, _LARGEST_PAGE)


def states_of(asked: Sequence[int]) -> tuple[State, ...]:
    """The states that are asked for.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if any(number not in STATES for number in asked):
        invalid((Violation("states", "states of versions", "There is no such state."),))
    return tuple(STATES[number] for number in asked)


def page_token(last: StoredVersion) -> str:
    """What asks for the page after the version `last`."""
    place = json.dumps([last.kind, last.name, last.created_at, last.version])
    return base64.urlsafe_b64encode(place.encode()).decode()


def page_after(token: str) -> tuple[str, str, int, str] | None:
    """Kind, name, creation time and version of the last one before the page; None for the first page.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if not token:
        return None
    found = _place(token)
    if found is None:
        invalid((Violation("page_token", "a next_page_token", "This is no page token."),))
    return found


def _place(token: str) -> tuple[str, str, int, str] | None:
    try:
        kind, name, at, version = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    texts = f"{kind}{name}{version}"
    if not isinstance(at, int) or not 0 <= at < 1 << 63 or len(texts) > _MOST_OF_COMMENT or not texts.isprintable():
        return None
    return str(kind), str(name), at, str(version)


def may_see(caller: Caller, ruleset: str) -> bool:
    """Whether the caller may read the versions of what this pattern matches."""
    return any(caller.may(role, ruleset) for role in READERS)


def refused_for(reason: str, message: str, findings: Iterable[Finding], about: StoredVersion) -> NoReturn:
    """Refuses for what was found."""
    violations = tuple(Violation(one.place, "", one.message) for one in findings)
    raise RefusalError(reason, message, violations, metadata={"version": resource(*about.key)})


def check_done(
    version: StoredVersion,
    events: Sequence[Event],
    caller: Caller,
    action: Literal["published", "retired"],
    first: date | None = None,
    last: date | None = None,
) -> None:
    """Passes where this step was the last one, and this caller's, for the same days.

    Raises:
        RefusalError: WRONG_STATE.
    """
    same_days = first in (None, version.first) and last in (None, version.last)
    if version.state != action or (events[-1].action, events[-1].actor) != (action, caller.name) or not same_days:
        message = f"The version is {version.state}, and this step does not begin there."
        raise RefusalError("WRONG_STATE", message, metadata={"state": version.state})


def overtaken() -> RefusalError:
    """What is answered where others publish faster than it can be looked at what that means."""
    return RefusalError("OVERLOADED", "Other versions are being published at this moment; try again.")
