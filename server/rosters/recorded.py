"""Runs of MODE_RECORD, as the server does them: begun in the log, entered batch by batch before each is answered."""

from __future__ import annotations

import hashlib

import msgspec

from engine.calendars.loading import check_calendar
from rollbook.v1 import decision_pb2
from rollbook.v1.roster_service_pb2 import RosterHeader
from server.callers import Caller
from server.catalogues.served import Named
from server.errors import RefusalError
from server.ids import new_decision_id
from server.replies import ENGINE_VERSION
from server.requests import not_served, ruleset_name
from server.rosters.assignment import Assignment, Recording, Ruled, Written
from server.store.entries import Document, Run
from server.store.log import DecisionLog
from server.store.rosters import Begun, RosterLog

__all__ = ["RecordedRun", "Runs"]

_SOURCES = {
    decision_pb2.RULESET_SOURCE_FOLDER: "folder",
    decision_pb2.RULESET_SOURCE_DATABASE: "database",
}
_to_json = msgspec.json.Encoder(order="deterministic").encode


class RecordedRun:
    """A run that one stream adds to.

    Attributes:
        assignment: what the child process is to do.
    """

    def __init__(self, log: RosterLog, begun: Begun, assignment: Assignment) -> None:
        self._log = log
        self._begun = begun
        self.assignment = assignment

    def add(self, written: Written) -> None:
        """Enters a batch in the log; then it may be answered.

        Raises:
            RefusalError: LOG_UNAVAILABLE; REQUEST_ID_REUSED where another stream has taken the run over.
        """
        self._log.add(self._begun, written)

    def end(self) -> None:
        """Says that all is answered.

        Raises:
            RefusalError: as `add`.
        """
        self._log.end(self._begun)


class Runs:
    """Begins recorded rosters, and goes on with them.

    Args:
        log: the decision log, or None where the server has none.
    """

    def __init__(self, log: DecisionLog | None) -> None:
        self._log = log

    def resumed(self, header: RosterHeader, caller: Caller) -> None:
        """Names in the header the version by which a run that it resumes was begun.

        Raises:
            RefusalError: NOT_SERVED where rosters cannot be recorded; LOG_UNAVAILABLE; REQUEST_ID_REUSED where another
                version is named.
        """
        before = self._rosters().find(caller.tenant, caller.name, header.run_id) if header.run_id else None
        if before is None:
            return
        asked = ruleset_name(header.ruleset, "header.ruleset")
        if before.asked_sha256 != _asked(header) or asked.version not in ("", before.version):
            message = "This run id was used for another question. Give every run an id of its own."
            raise RefusalError("REQUEST_ID_REUSED", message)
        header.ruleset = f"rulesets/{before.ruleset}/versions/{before.version}"

    def begin(self, header: RosterHeader, assignment: Assignment, served: Named, caller: Caller) -> RecordedRun:
        """Begins the run of a header that is good, or resumes it.

        Raises:
            RefusalError: as `resumed`; UNKNOWN_VERSION where calendars or Rollbook have another version than when it
                was begun.
        """
        log = self._rosters()
        (ruled,) = assignment.rulesets
        calendars = _calendars(ruled, served)
        run = Run(
            id=new_decision_id(),
            tenant=caller.tenant,
            caller=caller.name,
            run_id=header.run_id or None,
            asked_sha256=_asked(header),
            ruleset=ruled.id,
            version=ruled.version,
            builds_on=_to_json(dict(served.loaded.checked.built_on)).decode(),
            calendars=_to_json({calendar.name: calendar.version for calendar in calendars}).decode(),
            engine=ENGINE_VERSION,
            as_of=assignment.as_of,
            rules_as_of=ruled.rules_as_of,
            absent_is_none=assignment.absent_is_none,
            source=_SOURCES[served.source],
        )
        begun = log.begin(run, (*served.documents, *calendars))
        if begun.run.versions != run.versions:
            message = "The run was begun with other versions of its calendar or of Rollbook. Begin another run."
            raise RefusalError("UNKNOWN_VERSION", message, metadata={"ruleset": f"rulesets/{ruled.id}"})
        recording = Recording(
            run=begun.run.id,
            folder=str(log.folder_of(begun.run.id)),
            stream=begun.stream,
            case_id=header.case_id_column,
            subject=header.subject_column,
            school=header.school_column,
            known=begun.known,
            about=_about(begun.run),
        )
        return RecordedRun(log, begun, msgspec.structs.replace(assignment, recording=recording))

    def _rosters(self) -> RosterLog:
        if self._log is None:
            message = "This server has no decision log. Set `database_url`, or ask with MODE_TRY."
            not_served("mode-record", "header.mode", message)
        if self._log.rosters.folder is None:
            message = "This server has no folder for recorded rosters. Set `roster_log_folder`, or ask with MODE_TRY."
            not_served("mode-record", "header.mode", message)
        return self._log.rosters


def _asked(header: RosterHeader) -> str:
    """The hash of what a header asks: all but by which version, and in which form it is answered."""
    asked = (
        ruleset_name(header.ruleset, "header.ruleset").id,
        *(day.SerializeToString(deterministic=True).hex() for day in (header.as_of, header.rules_as_of)),
        header.absent_is_none,
        header.calendar.removeprefix("calendars/"),
        *(header.case_id_column, header.subject_column, header.school_column),
        *header.id_columns,
    )
    return hashlib.sha256(_to_json(asked)).hexdigest()


def _calendars(ruled: Ruled, served: Named) -> tuple[Document, ...]:
    """The calendar that the decisions will say."""
    if ruled.calendar is None or not served.loaded.needs_calendar:
        return ()
    calendar, _ = check_calendar(ruled.calendar, "calendar.yaml")
    assert calendar is not None
    return (Document("calendar", calendar.name, calendar.version, ruled.calendar),)


def _about(run: Run) -> dict[str, str]:
    """What every segment says of its run."""
    said = (getattr(run, name) for name in Run.__dataclass_fields__)
    return {name: str(value) for name, value in zip(Run.__dataclass_fields__, said, strict=True)}
