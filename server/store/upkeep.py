"""What is done to the log by its keepers: retention, legal holds, erasing a subject. Each act is audited in the log."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, insert, or_, select, text, tuple_, update

from server.ids import first_id_at, new_decision_id
from server.store.database import Database
from server.store.holding import covers, held, not_released
from server.store.roster_tables import roster_decisions
from server.store.roster_upkeep import RosterKeeper
from server.store.tables import audit, decisions, holds, requests, retention

__all__ = ["Act", "HeldError", "Hold", "Keeper"]

_AT_ONCE: Final = 500
"""Decisions that one transaction deletes, so that those who decide are not held up."""

_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000


class HeldError(Exception):
    """A legal hold covers what was to be erased; the text names it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that is not released; an empty subject or ruleset covers all of them."""

    id: str
    subject: str
    ruleset: str
    reason: str
    placed_at: int


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to the log: when (milliseconds since 1970), by whom, what."""

    at: int
    actor: str
    action: str
    details: dict[str, Any]


class Keeper:
    """Keeps the log of one district.

    Args:
        database: where the log is.
        tenant: the district.
        actor: who acts, as the audit says it.
        rosters: where the segments of recorded rosters are; None where nobody knows.
    """

    def __init__(self, database: Database, tenant: str, actor: str, rosters: Path | None = None) -> None:
        self._database = database
        self._tenant = tenant
        self._actor = actor
        self._rosters = RosterKeeper(database, rosters, tenant, self._audit)

    def set_retention(self, ruleset: str, days: int | None) -> None:
        """Decisions of the ruleset are kept for so many days, or for ever when None."""
        with self._database.writing() as connection:
            mine = (retention.c.tenant == self._tenant, retention.c.ruleset == ruleset)
            connection.execute(delete(retention).where(*mine))
            if days is not None:
                connection.execute(insert(retention).values(tenant=self._tenant, ruleset=ruleset, days=days))
            self._audit(connection, "set-retention", {"ruleset": ruleset, "days": days})

    def retentions(self) -> dict[str, int]:
        """For how many days decisions are kept, by ruleset."""
        query = select(retention.c.ruleset, retention.c.days).where(retention.c.tenant == self._tenant)
        with self._database.reading() as connection:
            return {row.ruleset: row.days for row in connection.execute(query.order_by(retention.c.ruleset))}

    def apply_retention(self, now: int | None = None) -> dict[str, int]:
        """Deletes the decisions whose time is over and that no hold covers.

        Args:
            now: milliseconds since 1970; the clock's when None.

        Returns:
            How many were deleted, by ruleset.

        Raises:
            SegmentsError: when those of a recorded roster cannot be deleted.
        """
        now = _now() if now is None else now
        deleted: dict[str, int] = {}
        for ruleset, days in self.retentions().items():
            cutoff = first_id_at(now - days * _DAY_MILLISECONDS)
            over = (decisions.c.ruleset == ruleset, decisions.c.id < cutoff)
            deleted[ruleset] = sum(len(ids) for ids in self._delete(*over))
            in_rosters = (roster_decisions.c.ruleset == ruleset, roster_decisions.c.id < cutoff)
            deleted[ruleset] += sum(len(ids) for ids in self._rosters.remove(*in_rosters))
            with self._database.writing() as connection:
                said = {"ruleset": ruleset, "days": days, "deleted": deleted[ruleset]}
                self._audit(connection, "apply-retention", said)
        self._rosters.sweep()
        return deleted

    def place_hold(self, *, subject: str, ruleset: str, reason: str) -> str:
        """Has nothing deleted that is of the subject and the ruleset, and gives the id of the hold."""
        id_ = new_decision_id()
        row = {"id": id_, "tenant": self._tenant, "subject": subject, "ruleset": ruleset, "reason": reason}
        with self._database.writing() as connection:
            connection.execute(insert(holds).values(**row, placed_at=_now()))
            said = {"hold": id_, "ruleset": ruleset, "reason": reason} | _of_subject(subject)
            self._audit(connection, "place-hold", said)
        return id_

    def release_hold(self, id_: str) -> bool:
        """Ends a hold; False where there is none of that id that holds."""
        with self._database.writing() as connection:
            mine = (holds.c.id == id_, holds.c.tenant == self._tenant, holds.c.released_at.is_(None))
            if not connection.execute(update(holds).where(*mine).values(released_at=_now())).rowcount:
                return False
            self._audit(connection, "release-hold", {"hold": id_})
        return True

    def holds(self) -> list[Hold]:
        """The holds that are not released, the oldest first."""
        columns = (holds.c.id, holds.c.subject, holds.c.ruleset, holds.c.reason, holds.c.placed_at)
        query = select(*columns).where(holds.c.tenant == self._tenant, holds.c.released_at.is_(None))
        with self._database.reading() as connection:
            return [Hold(*row) for row in connection.execute(query.order_by(holds.c.id))]

    def erase(self, subject: str) -> int:
        """Deletes every decision about a subject, and gives how many they were.

        Raises:
            HeldError: when a hold covers one of them; nothing is deleted then.
            SegmentsError: when those of a recorded roster cannot be deleted.
        """
        mine = or_(
            *(
                exists().where(table.c.tenant == self._tenant, table.c.subject == subject, covers(table))
                for table in (decisions, roster_decisions)
            )
        )
        with self._database.reading() as connection:
            query = select(holds.c.id).where(holds.c.tenant == self._tenant, not_released(), mine)
            found = connection.execute(query).first()
        if found is not None:
            message = f"The legal hold {found.id} covers decisions about this subject."
            raise HeldError(message)
        erased = [id_ for ids in self._delete(decisions.c.subject == subject) for id_ in ids]
        erased += [id_ for ids in self._rosters.remove(roster_decisions.c.subject == subject) for id_ in ids]
        self._rosters.sweep()
        with self._database.writing() as connection:
            released = (holds.c.tenant == self._tenant, holds.c.subject == subject, holds.c.released_at.is_not(None))
            connection.execute(delete(holds).where(*released))
            said = {"deleted": len(erased), "decisions": erased} | _of_subject(subject)
            self._audit(connection, "erase-subject", said)
        if self._database.is_sqlite:
            with self._database.engine.connect() as connection:  # what was deleted stands in the WAL until then
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(erased)

    def acts(self) -> list[Act]:
        """Everything that was done, the newest first."""
        query = select(audit).where(audit.c.tenant == self._tenant).order_by(audit.c.id.desc())
        with self._database.reading() as connection:
            return [Act(row.at, row.actor, row.action, json.loads(row.details)) for row in connection.execute(query)]

    def _delete(self, *wanted: Any) -> Iterator[Sequence[str]]:
        """Deletes what is wanted and not held, some at a time, and gives the ids."""
        columns = (decisions.c.id, decisions.c.caller, decisions.c.request_id)
        mine = (decisions.c.tenant == self._tenant, *wanted, ~held(decisions))
        query = select(*columns).where(*mine).limit(_AT_ONCE)
        while True:
            with self._database.writing() as connection:
                if not self._database.is_sqlite:
                    connection.execute(text("LOCK TABLE holds IN SHARE MODE"))  # none is placed meanwhile
                found = connection.execute(query).all()
                if not found:
                    return
                asked = {(row.caller, row.request_id) for row in found if row.request_id is not None}
                pair = tuple_(requests.c.caller, requests.c.request_id)
                connection.execute(delete(requests).where(requests.c.tenant == self._tenant, pair.in_(asked)))
                ids = [row.id for row in found]
                connection.execute(delete(decisions).where(decisions.c.id.in_(ids)))
            yield ids

    def _audit(self, connection: Connection, action: str, details: dict[str, Any]) -> None:
        row = {"id": new_decision_id(), "tenant": self._tenant, "at": _now(), "actor": self._actor, "action": action}
        connection.execute(insert(audit).values(**row, details=json.dumps(details, sort_keys=True)))


def _of_subject(subject: str) -> dict[str, str]:
    """How the audit names a subject: who has the id can find it, and nobody reads it there."""
    return {"subject_sha256": hashlib.sha256(subject.encode()).hexdigest()} if subject else {}


def _now() -> int:
    return time.time_ns() // 1_000_000
