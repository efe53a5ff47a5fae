"""The decision log: logged decisions, which are meant, and what comes out when one is made again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from rollbook.conversion import FROM_JSON
from rollbook.decisions import Decision, Versions
from rollbook.requests import resource
from rollbook.v1 import decision_log_service_pb2 as pb

__all__ = ["LoggedDecision", "Replay", "ReplayDifference", "RosterRecord", "Wanted"]


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision as it stands in the decision log.

    Attributes:
        decision: as it was answered.
        decided_at: when it was made, UTC.
        tenant: the district that it is about.
        caller: who asked.
        request_id: the id that the caller gave the request; empty where it gave none.
        subject, school: those of the case.
        facts: those that the ruleset declares of those that were sent; decimals are Decimal. Empty in lists, unless
            facts were asked for.
        roster_run: the id of the recorded roster that it was made in; empty for others.
    """

    decision: Decision
    decided_at: datetime.datetime
    tenant: str
    caller: str
    request_id: str
    subject: str
    school: str
    facts: Mapping[str, Any] = field(metadata=FROM_JSON)
    roster_run: str


@dataclass(frozen=True, slots=True)
class RosterRecord:
    """A recorded roster as it stands in the decision log; see RosterRun in the contract for each attribute.

    Attributes:
        roster_run: its id; `run_id` is the one that the caller gave it.
        ended_at: None while it runs, and where it broke off.
        input_sha256: of a roster that has ended, the hash of its cases as they were sent.
    """

    roster_run: str
    run_id: str
    tenant: str
    caller: str
    versions: Versions
    as_of: datetime.date
    rules_as_of: datetime.date
    absent_is_none: bool
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    input_sha256: str
    batch_count: int
    decided_count: int
    rejected_count: int


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """Something that came out otherwise: the path within the decision, and both values as JSON (empty for none)."""

    path: str
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What came out when a decision was made again, by the facts and versions that were recorded.

    Attributes:
        same: whether everything came out as it was recorded.
        differences: what came out otherwise.
        recorded, replayed: the decision of then and of now.
    """

    same: bool
    differences: tuple[ReplayDifference, ...]
    recorded: Decision
    replayed: Decision


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which logged decisions are meant; what is left out does not restrict them.

    Attributes:
        subject, ruleset, outcome, caller: equal to these; the outcome `indeterminate` for those without one.
        decided_from: made at this time or later; with its time zone.
        decided_before: made before this time.
        roster_run: made in this recorded roster.
    """

    subject: str = ""
    ruleset: str = ""
    outcome: str = ""
    caller: str = ""
    decided_from: datetime.datetime | None = None
    decided_before: datetime.datetime | None = None
    roster_run: str = ""

    def message(self) -> pb.DecisionFilter:
        """The filter of the contract.

        Raises:
            ValueError: for a time without a time zone.
        """
        return pb.DecisionFilter(
            subject=self.subject,
            ruleset=resource("rulesets", self.ruleset),
            outcome=self.outcome,
            caller=self.caller,
            decided_from=_timestamp(self.decided_from),
            decided_before=_timestamp(self.decided_before),
            roster_run=self.roster_run,
        )


def _timestamp(moment: datetime.datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        message = "a time needs its time zone, such as datetime.UTC"
        raise ValueError(message)
    made = Timestamp()
    made.FromDatetime(moment)
    return made
