"""Reads the log: one decision, a page of them, the document of a version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from server.ids import first_id_at
from server.store.entries import LoggedRow, Placed, RequestKey, StoredRequest
from server.store.roster_reading import placed
from server.store.roster_tables import roster_decisions
from server.store.scope import Scope
from server.store.tables import decisions, requests, versions

__all__ = ["Filter", "decision_by_id", "decisions_by_id", "document", "page", "stored_request"]

_FIELDS: Final = tuple(name for name in LoggedRow.__dataclass_fields__ if name != "roster_run")
_COLUMNS: Final = [decisions.c[name] for name in _FIELDS]
_AT_ONCE: Final = 500
"""Ids that one statement asks for."""

_MOST_BYTES: Final = 2 * 1024 * 1024
"""Bytes of facts and decisions after which a page ends: facts may be as large as a message."""

_BUFFERED: Final = 8
"""Rows that a driver hands over at a time."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which decisions are meant; what is None or empty does not restrict them.

    Attributes:
        subject, ruleset, outcome, caller: equal to these; the ruleset as `lausd/grade-marking`, the outcome
            `indeterminate` where there is none.
        first: milliseconds since 1970, decided then or later; `before`: decided earlier than this.
        roster_run: made in this recorded roster.
    """

    subject: str = ""
    ruleset: str = ""
    outcome: str = ""
    caller: str = ""
    first: int | None = None
    before: int | None = None
    roster_run: str = ""


def decision_by_id(connection: Connection, scope: Scope, id_: str) -> LoggedRow | Placed | None:
    """The decision of that id, or where it stands, if it is one of those."""
    wanted = select(*_COLUMNS).where(decisions.c.id == id_, *scope.conditions(decisions))
    found = connection.execute(wanted).one_or_none()
    if found is not None:
        return _row(found)
    of_rosters = placed(connection, (*scope.conditions(roster_decisions), roster_decisions.c.id == id_))
    return of_rosters[0] if of_rosters else None


def page(
    connection: Connection,
    scope: Scope,
    wanted: Filter,
    count: int,
    after: str = "",
    *,
    newest_first: bool = True,
) -> list[LoggedRow | Placed]:
    """At most `count` decisions in the order of their ids, which is that of their time; those that follow `after`.

    There are fewer where they are large, but at least one if there is any. Of decisions of recorded rosters it is told
    where they stand.
    """
    order, following = _following(roster_decisions, after, newest_first=newest_first)
    conditions = [*scope.conditions(roster_decisions), *_conditions(wanted, roster_decisions), *following]
    if wanted.roster_run:
        of_run = roster_decisions.c.run == wanted.roster_run
        return [*placed(connection, (*conditions, of_run), order=order, count=count)]
    alone, ended_early = _alone(connection, scope, wanted, count, after, newest_first=newest_first)
    of_rosters = placed(connection, conditions, order=order, count=count)
    found: list[LoggedRow | Placed] = [*alone, *of_rosters]
    found.sort(key=attrgetter("id"), reverse=newest_first)
    if ended_early:  # what follows the last of them comes with the next page
        found = found[: found.index(alone[-1]) + 1]
    return found[:count]


def _alone(
    connection: Connection, scope: Scope, wanted: Filter, count: int, after: str, *, newest_first: bool
) -> tuple[list[LoggedRow], bool]:
    """Decisions that were not made in rosters, and whether there may be more because they are large."""
    order, following = _following(decisions, after, newest_first=newest_first)
    query = select(*_COLUMNS).where(*scope.conditions(decisions), *_conditions(wanted, decisions), *following)
    rows: list[LoggedRow] = []
    held = 0
    limited = query.order_by(order).limit(count)
    with connection.execute(limited, execution_options={"yield_per": _BUFFERED}) as found:
        for one in found:
            rows.append(_row(one))
            held += len(rows[-1].decision) + len(rows[-1].facts)
            if held > _MOST_BYTES:
                return rows, True
    return rows, False


def stored_request(connection: Connection, key: RequestKey) -> StoredRequest | None:
    """The request of that id, if there was one."""
    query = select(requests.c.body, requests.c.reply).where(
        requests.c.tenant == key.tenant, requests.c.caller == key.caller, requests.c.request_id == key.request_id
    )
    found = connection.execute(query).one_or_none()
    return None if found is None else StoredRequest(bytes(found.body), bytes(found.reply))


def decisions_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """The messages of these decisions, by id."""
    found: dict[str, bytes] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(decisions.c.id, decisions.c.decision).where(decisions.c.id.in_(ids[start : start + _AT_ONCE]))
        found.update((row.id, bytes(row.decision)) for row in connection.execute(query))
    return found


def document(connection: Connection, kind: str, name: str, version: str) -> str | None:
    """The YAML of a version, or None where it is not stored."""
    query = select(versions.c.text).where(
        versions.c.kind == kind, versions.c.name == name, versions.c.version == version
    )
    text: str | None = connection.execute(query).scalar_one_or_none()
    return text


def _following(table: Table, after: str, *, newest_first: bool) -> tuple[Any, tuple[Any, ...]]:
    """The order of a table's decisions, and what holds for those that follow `after` in it."""
    id_ = table.c.id
    order = id_.desc() if newest_first else id_.asc()
    if not after:
        return order, ()
    return order, (id_ < after if newest_first else id_ > after,)


def _conditions(wanted: Filter, table: Table) -> Iterator[Any]:
    for name in ("subject", "ruleset", "outcome", "caller"):
        if value := getattr(wanted, name):
            yield table.c[name] == value
    if wanted.first is not None:
        yield table.c.id >= first_id_at(wanted.first)
    if wanted.before is not None:
        yield table.c.id < first_id_at(wanted.before)


def _row(found: Any) -> LoggedRow:
    values: dict[str, Any] = dict(zip(_FIELDS, found, strict=True))
    values["request_id"] = values["request_id"] or ""
    values["decision"] = bytes(values["decision"])
    for name in ("builds_on", "calendars"):
        values[name] = json.loads(values[name])
    return LoggedRow(**values)
