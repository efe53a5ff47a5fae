"""What a request of the decision log asks, checked: which decisions, which id, which page."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from engine.errors import Violation
from rollbook.v1 import decision_log_service_pb2 as pb
from server.requests import invalid, ruleset_name
from server.store import Filter

__all__ = ["filter_of", "id_of", "page_size", "page_start", "page_token"]

_USUAL_PAGE: Final = 50
_LARGEST_PAGE: Final = 500
_MOST_CHARACTERS: Final = 200
_WHAT: Final = {"roster_run": "run", "filter.roster_run": "run"}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def filter_of(asked: pb.DecisionFilter) -> Filter:
    """Which decisions are meant.

    Raises:
        RefusalError: REQUEST_INVALID for what cannot be looked for.
    """
    wrong = [
        Violation(
            f"filter.{name}", f"at most {_MOST_CHARACTERS} characters, none of code 0", "This cannot be looked for."
        )
        for name in ("subject", "outcome", "caller")
        if len(getattr(asked, name)) > _MOST_CHARACTERS or "\0" in getattr(asked, name)
    ]
    if wrong:
        invalid(wrong)
    name = ruleset_name(asked.ruleset, "filter.ruleset") if asked.ruleset else None
    if name is not None and name.version:
        invalid((Violation("filter.ruleset", "rulesets/{district}/{ruleset}", "A version cannot be asked for here."),))
    return Filter(
        subject=asked.subject,
        ruleset="" if name is None else name.id,
        outcome=asked.outcome,
        caller=asked.caller,
        first=_milliseconds(asked.decided_from) if asked.HasField("decided_from") else None,
        before=_milliseconds(asked.decided_before) if asked.HasField("decided_before") else None,
        roster_run=id_of(asked.roster_run, "filter.roster_run") if asked.roster_run else "",
    )


def _milliseconds(at: Timestamp) -> int:
    """The first millisecond that is not before that time."""
    return at.seconds * 1000 - (-at.nanos // 1_000_000)


def page_size(asked: int) -> int:
    """How many a page has at most.

    Raises:
        RefusalError: REQUEST_INVALID for a negative number.
    """
    if asked < 0:
        invalid((Violation("page_size", "1 to 500, or left out", "A page has no negative size."),))
    return min(asked or _USUAL_PAGE, _LARGEST_PAGE)


def id_of(text: str, field: str) -> str:
    """The id of a decision or a run.

    Raises:
        RefusalError: REQUEST_INVALID when it is none.
    """
    if _ID.fullmatch(text) is None:
        invalid((Violation(field, f"the id of a {_WHAT.get(field, 'decision')}", "This is no id."),))
    return text


def page_token(id_: str, wanted: Filter) -> str:
    """What asks for the page after this id."""
    return base64.urlsafe_b64encode(f"{id_} {_hash(wanted)}".encode()).decode()


def page_start(token: str, wanted: Filter) -> str:
    """The id after which the page begins; empty for the first page.

    Raises:
        RefusalError: REQUEST_INVALID for what is no token, or one of another filter.
    """
    if not token:
        return ""
    try:
        id_, _, of = base64.b64decode(token, altchars=b"-_", validate=True).decode().partition(" ")
    except ValueError:  # also binascii.Error and UnicodeError
        id_ = of = ""
    if _ID.fullmatch(id_) is None:
        invalid((Violation("page_token", "a next_page_token", "This is no page token."),))
    if of != _hash(wanted):
        invalid((Violation("page_token", "a next_page_token of the same filter", "The filter is another."),))
    return id_


def _hash(wanted: Filter) -> str:
    return hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]
