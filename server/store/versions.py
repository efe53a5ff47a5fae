"""The lifecycle of versions: draft, submitted, approved, published, retired, each step in one transaction.

A step locks the row and changes it only where it is in the state that the step begins from, so of two callers who take
it at once, through whichever servers, one wins. What is published is numbered by the one row of `publications`: a
publication or retirement that was prepared by looking at what is published says at which number it looked, and does
nothing where something else came in between.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, false, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.errors import RefusalError
from server.ids import new_decision_id
from server.store.database import Database
from server.store.lifecycle_rows import Action, Event, Kind, State, StoredVersion, VersionKey
from server.store.version_tables import lifecycles, publications, version_events

__all__ = ["VersionStore"]

_FIELDS: Final[Mapping[str, Any]] = MappingProxyType(
    {name: lifecycles.c[{"first": "in_force_from", "last": "in_force_until"}.get(name, name)]
     for name in StoredVersion.__dataclass_fields__}
)  # fmt: skip


class _OutdatedError(Exception):
    """Something was published or retired since the caller looked; the transaction is undone."""


class VersionStore:
    """The versions of one database. Safe to be used by many threads.

    Its methods raise what SQLAlchemy raises where the database cannot be reached; of steps nobody knows then whether
    they were done, and they may be repeated.
    """

    def __init__(self, database: Database) -> None:
        """Asks nothing yet."""
        self._database = database

    def create(
        self, key: VersionKey, *, title: str, text: str, scenarios: str, actor: str, comment: str
    ) -> StoredVersion:
        """The version, stored as a draft unless it is known; of one that is a draft the scenarios are replaced."""
        values = {**key._asdict(), "title": title, "text": text, "scenarios": scenarios, "state": "draft"}
        with self._database.writing() as connection:
            dialect = sqlite if self._database.is_sqlite else postgresql
            row = {**values, "created_at": _now(), "created_by": actor}
            made = dialect.insert(lifecycles).values(row).on_conflict_do_nothing().returning(lifecycles.c.version)
            if connection.execute(made).one_or_none() is not None:
                self._tell(connection, key, "created", actor, comment)
            else:
                draft = (*_is(key), lifecycles.c.state == "draft", lifecycles.c.scenarios != scenarios)
                if connection.execute(update(lifecycles).where(*draft).values(scenarios=scenarios)).rowcount:
                    self._tell(connection, key, "changed", actor, comment)
            return _found(connection, key)

    def get(self, key: VersionKey) -> tuple[StoredVersion, tuple[Event, ...]]:
        """The version, and what was done with it, the oldest first.

        Raises:
            RefusalError: UNKNOWN_VERSION.
        """
        with self._database.reading() as connection:
            return _found(connection, key), _events(connection, key)

    def names(self) -> tuple[tuple[Kind, str], ...]:
        """Of what there are versions: kind and name, in their order."""
        query = select(lifecycles.c.kind, lifecycles.c.name).distinct().order_by(lifecycles.c.kind, lifecycles.c.name)
        with self._database.reading() as connection:
            return tuple((row.kind, row.name) for row in connection.execute(query))

    def page(
        self,
        names: Collection[tuple[Kind, str]],
        states: tuple[State, ...],
        count: int,
        after: tuple[str, str, int, str] | None = None,
    ) -> list[StoredVersion]:
        """At most `count` versions, their texts empty: by kind and name, the newest first within a name.

        Args:
            names: of what.
            states: in which states; in any when there are none.
            count: how many.
            after: kind, name, creation time and version of the last one before.
        """
        columns = [column.label(name) for name, column in _FIELDS.items() if name not in ("text", "scenarios")]
        row = lifecycles.c
        wanted = [or_(false(), *(and_(row.kind == kind, row.name == name) for kind, name in names))]
        if states:
            wanted.append(row.state.in_(states))
        if after is not None:
            kind, name, at, version = after
            later = or_(row.created_at < at, and_(row.created_at == at, row.version > version))
            wanted.append(
                or_(row.kind > kind, and_(row.kind == kind, or_(row.name > name, and_(row.name == name, later))))
            )
        query = select(*columns).where(*wanted).order_by(row.kind, row.name, row.created_at.desc(), row.version)
        with self._database.reading() as connection:
            found = connection.execute(query.limit(count)).mappings()
            return [StoredVersion(**one, text="", scenarios="") for one in found]

    def events(self, keys: Sequence[VersionKey]) -> dict[VersionKey, tuple[Event, ...]]:
        """What was done with each of these versions, the oldest first."""
        row = version_events.c
        of = (and_(row.kind == kind, row.name == name) for kind, name in sorted({key[:2] for key in keys}))
        which = (or_(false(), *of), row.version.in_([key.version for key in keys]))
        found: dict[VersionKey, list[Event]] = {key: [] for key in keys}
        with self._database.reading() as connection:
            for one in connection.execute(select(version_events).where(*which).order_by(row.at, row.id)):
                if (key := VersionKey(one.kind, one.name, one.version)) in found:
                    found[key].append(Event(one.action, one.actor, one.at, one.comment))
        return {key: tuple(events) for key, events in found.items()}

    def newest(self, names: Collection[str]) -> dict[str, StoredVersion]:
        """Of each of these rulesets that there are the version that was made last and is not retired, by name."""
        row = lifecycles.c
        which = (row.kind == "ruleset", row.name.in_(names), row.state != "retired")
        query = select(*_labelled()).where(*which).order_by(row.created_at, row.version)
        with self._database.reading() as connection:
            return {found["name"]: StoredVersion(**found) for found in connection.execute(query).mappings()}

    def submit(self, key: VersionKey, actor: str, comment: str) -> StoredVersion:
        """A draft becomes submitted.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE.
        """
        values = {"state": "submitted", "submitted_by": actor}
        return self._step(key, ("draft",), values, "submitted", actor, comment)

    def give_back(self, key: VersionKey, actor: str, comment: str) -> StoredVersion:
        """A submitted or approved version becomes a draft.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE.
        """
        values = {"state": "draft", "submitted_by": None, "approved_by": None}
        return self._step(key, ("submitted", "approved"), values, "returned", actor, comment)

    def approve(self, key: VersionKey, actor: str, comment: str) -> StoredVersion:
        """A submitted version becomes approved, by somebody who never submitted it.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE; FORBIDDEN to whoever submitted it, now or ever before.
        """
        values = {"state": "approved", "approved_by": actor}
        return self._step(key, ("submitted",), values, "approved", actor, comment)

    def publish(
        self, key: VersionKey, actor: str, comment: str, *, first: date | None, last: date | None, number: int
    ) -> StoredVersion | None:
        """An approved version decides from now on; None, and nothing is done, where `number` is not that of now.

        Args:
            key, actor, comment: which, by whom, why.
            first, last: the days on which it is in force, both included.
            number: the number of publications at which it was found that it may be published.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE.
        """
        days = {"in_force_from": first, "in_force_until": last}
        values = {"state": "published", "published_by": actor, "publication": number + 1, **days}
        try:
            return self._step(key, ("approved",), values, "published", actor, comment, number)
        except _OutdatedError:
            return None

    def retire(self, key: VersionKey, actor: str, comment: str, *, number: int) -> StoredVersion | None:
        """A published version decides no more; None, and nothing is done, where `number` is not that of now.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE.
        """
        try:
            return self._step(key, ("published",), {"state": "retired"}, "retired", actor, comment, number)
        except _OutdatedError:
            return None

    def discard(self, key: VersionKey, actor: str, comment: str) -> None:
        """A draft is deleted; what was done with it stays known.

        Raises:
            RefusalError: UNKNOWN_VERSION; WRONG_STATE.
        """
        with self._database.writing() as connection:
            if connection.execute(delete(lifecycles).where(*_is(key), lifecycles.c.state == "draft")).rowcount:
                self._tell(connection, key, "discarded", actor, comment)
            elif not _did_last(connection, key, "discarded", actor):
                raise _wrong_state(_found(connection, key))

    def _step(
        self,
        key: VersionKey,
        begins: tuple[State, ...],
        values: Mapping[str, Any],
        action: Action,
        actor: str,
        comment: str,
        number: int | None = None,
    ) -> StoredVersion:
        """The version after a step; what its last step was already, by the same caller, is not done again."""
        with self._database.writing() as connection:
            found = _found(connection, key, lock=True)
            if found.state not in begins:
                if found.state == values["state"] and _did_last(connection, key, action, actor):
                    return found
                raise _wrong_state(found)
            if action == "approved" and _has_submitted(connection, key, actor):
                raise _own_version()
            if number is not None and not _numbered(connection, number):
                raise _OutdatedError
            connection.execute(update(lifecycles).where(*_is(key), lifecycles.c.state == found.state).values(values))
            self._tell(connection, key, action, actor, comment)
            return _found(connection, key)

    def _tell(self, connection: Connection, key: VersionKey, action: Action, actor: str, comment: str) -> None:
        """Adds an event; the clock may jump, and still it stands after those before."""
        before = _events(connection, key)
        at = max(_now(), before[-1].at + 1 if before else 0)
        row = {"id": new_decision_id(), **key._asdict(), "at": at, "actor": actor, "comment": comment}
        connection.execute(insert(version_events).values({**row, "action": action}))


def _labelled() -> list[Any]:
    return [column.label(name) for name, column in _FIELDS.items()]


def _is(key: VersionKey) -> tuple[Any, ...]:
    return tuple(lifecycles.c[name] == value for name, value in key._asdict().items())


def _found(connection: Connection, key: VersionKey, *, lock: bool = False) -> StoredVersion:
    """The version; with `lock` nobody else takes a step with it until the transaction ends."""
    query = select(*_labelled()).where(*_is(key))
    # SQLite locks as a whole, when a transaction that writes begins
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        place = f"{key.kind}s/{key.name}"
        message = f"There is no such version of the {key.kind}."
        raise RefusalError("UNKNOWN_VERSION", message, metadata={key.kind: place, "version": key.version})
    return StoredVersion(**row)


def _events(connection: Connection, key: VersionKey) -> tuple[Event, ...]:
    of = [version_events.c[name] == value for name, value in key._asdict().items()]
    columns = [version_events.c[name] for name in Event.__dataclass_fields__]
    query = select(*columns).where(*of).order_by(version_events.c.at, version_events.c.id)
    return tuple(Event(*row) for row in connection.execute(query))


def _did_last(connection: Connection, key: VersionKey, action: Action, actor: str) -> bool:
    """Whether the last step was this one, by this caller."""
    events = _events(connection, key)
    return bool(events) and (events[-1].action, events[-1].actor) == (action, actor)


def _has_submitted(connection: Connection, key: VersionKey, actor: str) -> bool:
    """Also before it was returned, or discarded and made again: whoever did it once has an interest in it."""
    return any(event.action == "submitted" and event.actor == actor for event in _events(connection, key))


def _numbered(connection: Connection, number: int) -> bool:
    """Counts a publication or retirement, where the count is `number`."""
    now = (publications.c.id == 1, publications.c.number == number)
    return connection.execute(update(publications).where(*now).values(number=number + 1)).rowcount == 1


def _own_version() -> RefusalError:
    message = (
        "Whoever submitted a version cannot approve it; somebody else must. Callers are told apart by their tokens or "
        "certificates: without these everybody is `anonymous`, and nobody can approve."
    )
    return RefusalError("FORBIDDEN", message, metadata={"role": "approve"})


def _wrong_state(found: StoredVersion) -> RefusalError:
    message = f"The version is {found.state}, and this step does not begin there."
    return RefusalError("WRONG_STATE", message, metadata={"state": found.state})


def _now() -> int:
    return time.time_ns() // 1_000_000
