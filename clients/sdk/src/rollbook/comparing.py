"""What is asked when two rulesets are compared over a roster, and what the two clients share of asking it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from rollbook.conversion import convert
from rollbook.decisions import Versions
from rollbook.requests import date_message, new_request_id, resource
from rollbook.rosters import CaseBatch
from rollbook.v1 import roster_service_pb2 as pb

__all__ = [
    "ComparedBatch",
    "ComparedRuleset",
    "ComparisonStarted",
    "HowComparison",
    "batch_request",
    "compared",
    "comparison_started",
    "first_request",
]


@dataclass(frozen=True, slots=True)
class ComparedRuleset:
    """One of two rulesets that are compared: one that the server has, or a draft.

    Attributes:
        name: the ruleset, or a version of it, by id or resource name; empty for a draft.
        ruleset_yaml: the text of a draft, which may build on rulesets that the server has; nothing of it is stored.
        rules_as_of: the date whose version and parameters are used; that of the comparison unless given.
    """

    name: str = ""
    ruleset_yaml: str = ""
    rules_as_of: datetime.date | None = None


class HowComparison(TypedDict, total=False):
    """What may be said about a comparison.

    rules_as_of, absent_is_none: as in `How`.
    calendar: the calendar that school days are counted in; each ruleset's own unless given.
    id_columns: columns of Arrow batches, and names at the top of cases in JSON, that are no facts; examples tell them.
    max_examples: examples of each change, 1 to 100; 5 unless given.
    run_id: the id of the run in the server's log; a random one unless given.
    """

    rules_as_of: datetime.date | None
    absent_is_none: bool
    calendar: str
    id_columns: Iterable[str]
    max_examples: int
    run_id: str | None


@dataclass(frozen=True, slots=True)
class ComparisonStarted:
    """By which versions is compared, and what batches the server takes; see the contract for each attribute."""

    versions_before: Versions
    versions_after: Versions
    max_batch_cases: int
    max_message_bytes: int


@dataclass(frozen=True, slots=True)
class ComparedBatch:
    """The answer to one batch: how many cases are compared so far, and how many of them get another outcome."""

    sequence: int
    case_count: int
    changed_count: int


def first_request(
    before: ComparedRuleset | str, after: ComparedRuleset | str, as_of: datetime.date, how: HowComparison
) -> pb.CompareRulesetsRequest:
    """The first message of a stream."""
    header = pb.ComparisonHeader(
        before=_side(before),
        after=_side(after),
        as_of=date_message(as_of),
        rules_as_of=date_message(how.get("rules_as_of")),
        absent_is_none=how.get("absent_is_none", False),
        run_id=how.get("run_id") or new_request_id(),
        calendar=resource("calendars", how.get("calendar", "")),
        id_columns=how.get("id_columns", ()),
        max_examples=how.get("max_examples", 0),
    )
    return pb.CompareRulesetsRequest(header=header)


def batch_request(batch: CaseBatch) -> pb.CompareRulesetsRequest:
    """The message that sends a batch."""
    return pb.CompareRulesetsRequest(batch=batch.message())


def comparison_started(message: pb.ComparisonStarted) -> ComparisonStarted:
    """What the server says first."""
    return convert(ComparisonStarted, message)


def compared(message: pb.ComparedBatch) -> ComparedBatch:
    """The answer to a batch."""
    return convert(ComparedBatch, message)


def _side(given: ComparedRuleset | str) -> pb.ComparedRuleset:
    side = ComparedRuleset(given) if isinstance(given, str) else given
    message = pb.ComparedRuleset(rules_as_of=date_message(side.rules_as_of))
    if side.ruleset_yaml:
        message.ruleset_yaml = side.ruleset_yaml
    else:
        message.name = resource("rulesets", side.name)
    return message
