"""Recorded rosters as messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from rollbook.v1 import decision_pb2
from rollbook.v1.decision_log_pb2 import RosterRun
from server.citations import date_message
from server.store.rosters import RunRow

__all__ = ["SOURCES", "moment", "run_message"]

SOURCES: Final[Mapping[str, decision_pb2.RulesetSource.ValueType]] = {
    "folder": decision_pb2.RULESET_SOURCE_FOLDER,
    "database": decision_pb2.RULESET_SOURCE_DATABASE,
}
"""Where a ruleset was read from, as runs have it."""


def run_message(row: RunRow) -> RosterRun:
    """A run, and how far it has come."""
    run, source = row.run, SOURCES[row.run.source]
    others = sorted(json.loads(run.builds_on).items())
    rulesets = [
        decision_pb2.RulesetVersion(ruleset=f"rulesets/{id_}", version=version, source=source)
        for id_, version in ((run.ruleset, run.version), *others)
    ]
    calendars = [
        decision_pb2.CalendarVersion(calendar=f"calendars/{name}", version=version)
        for name, version in json.loads(run.calendars).items()
    ]
    return RosterRun(
        roster_run=run.id,
        run_id=run.run_id or "",
        tenant=run.tenant,
        caller=run.caller,
        versions=decision_pb2.Versions(rulesets=rulesets, calendars=calendars, engine=run.engine),
        as_of=date_message(run.as_of),
        rules_as_of=date_message(run.rules_as_of),
        absent_is_none=run.absent_is_none,
        started_at=moment(row.started_at),
        ended_at=None if row.ended_at is None else moment(row.ended_at),
        input_sha256=row.input_sha256 or "",
        batch_count=row.batches,
        decided_count=row.decided,
        rejected_count=row.rejected,
    )


def moment(milliseconds: int) -> Timestamp:
    """A time of the log."""
    return Timestamp(seconds=milliseconds // 1000, nanos=milliseconds % 1000 * 1_000_000)
