"""What only a PostgreSQL server can have wrong: a standby, settings that lose commits, its clock, connections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

from server.config import Settings
from server.doctor.findings import Finding, good, warning, wrong
from server.doctor.folders import sized
from server.doctor.machine import workers_of
from server.store.database import Database

__all__ = ["examine"]

_CONNECTIONS_OF_A_PROCESS: Final = 16
"""What one process may open: SQLAlchemy's pool of 5 and 10 more, and the one that writes."""

_SECONDS_APART: Final = 2.0
_SECONDS_FAR_APART: Final = 60.0


def examine(database: Database, settings: Settings) -> Iterator[Finding]:
    """The server, its settings, and the way to it."""
    with database.reading() as connection:
        yield from _server(connection)
        yield _clock(connection)
        yield _connections(connection, settings)
        yield from _way(connection)


def _server(connection: Connection) -> Iterator[Finding]:
    subject = "PostgreSQL"
    size = int(_one(connection, "SELECT pg_database_size(current_database())"))
    yield good(subject, f"version {_shown(connection, 'server_version')}; the database takes {sized(size)}")
    if _one(connection, "SELECT pg_is_in_recovery()"):
        yield wrong(subject, "it is a standby, which takes no decisions", "Name the primary in `database_url`.")
    for setting in ("fsync", "full_page_writes"):
        if _shown(connection, setting) == "off":
            remedy = f"Set `{setting} = on` in postgresql.conf."
            yield wrong(subject, f"`{setting}` is off: a loss of power can lose decisions that were answered", remedy)


def _clock(connection: Connection) -> Finding:
    subject = "clock of PostgreSQL"
    before = time.time()
    there = float(_one(connection, "SELECT extract(epoch FROM clock_timestamp())"))
    after = time.time()
    apart = there - (before + after) / 2
    found = f"{abs(apart):.1f} s {'ahead of' if apart > 0 else 'behind'} this machine's"
    remedy = "Have both keep time (NTP): decisions sort by the clock of the machine that made them."
    if abs(apart) > _SECONDS_FAR_APART + after - before:
        return wrong(subject, found, remedy)
    if abs(apart) > _SECONDS_APART + after - before:
        return warning(subject, found, remedy)
    return good(subject, "it agrees with this machine's")


def _connections(connection: Connection, settings: Settings) -> Finding:
    subject = "connections of PostgreSQL"
    most = int(_shown(connection, "max_connections")) - int(_shown(connection, "superuser_reserved_connections"))
    wanted = workers_of(settings) * _CONNECTIONS_OF_A_PROCESS
    taken = int(_one(connection, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    found = f"{most} at most, {taken} in use; this server may open {wanted}"
    if wanted > most:
        return warning(subject, found, f"Set `max_connections` to {wanted + 10} or more in postgresql.conf.")
    return good(subject, found)


def _way(connection: Connection) -> Iterator[Finding]:
    """Whether facts travel through a network in the clear."""
    subject = "way to PostgreSQL"
    row = connection.exec_driver_sql(
        "SELECT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false), "
        "coalesce(host(inet_server_addr()), '')"
    ).one()
    encrypted, address = bool(row[0]), str(row[1])
    if encrypted:
        yield good(subject, "encrypted")
    elif not address:
        yield good(subject, "a socket of this machine")
    elif address.startswith("127.") or address == "::1":
        yield good(subject, "the loopback address")
    else:
        remedy = "Add `?sslmode=verify-full` to `database_url`, and give the database server a certificate."
        yield warning(subject, f"not encrypted, to {address}: facts of students travel in the clear", remedy)


def _shown(connection: Connection, setting: str) -> str:
    return str(_one(connection, f"SHOW {setting}"))


def _one(connection: Connection, query: str) -> Any:
    return connection.exec_driver_sql(query).scalar_one()
