"""Who may call: the server may listen as it is told to, and somebody may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from server.config import Settings, SettingsError
from server.doctor.findings import Finding, good, warning, wrong
from server.identity.listening import check_identity
from server.store.database import Database
from server.store.identity_tables import callers as callers_table

__all__ = ["callers"]

_SUBJECT: Final = "callers"


def callers(settings: Settings) -> Iterator[Finding]:
    """Whether the server may listen where it is told to, and whether it knows anybody."""
    try:
        check_identity(settings)
    except SettingsError as error:
        yield wrong(_SUBJECT, str(error).removesuffix("."), "The server does not start before this is mended.")
        return
    if settings.identity == "none":
        yield good(_SUBJECT, f"everybody of this machine ({settings.address}); nobody else can reach the server")
        return
    known = _known(settings)
    by = [f"{known} in the database"] if known is not None else []
    by += [f"those with a JWT of {settings.jwt_issuer}"] if settings.jwt_issuer is not None else []
    if not known and settings.jwt_issuer is None:
        remedy = "`rollbook caller add` adds one, `rollbook token create` gives it a token."
        yield warning(_SUBJECT, "none is known: every call is refused with UNAUTHENTICATED", remedy)
    else:
        yield good(_SUBJECT, " and ".join(by))


def _known(settings: Settings) -> int | None:
    """How many callers stand in the database; None where there is none, or it cannot be asked."""
    if settings.database_url is None:
        return None
    try:
        with Database(settings.database_url.get_secret_value()) as database, database.reading() as connection:
            query = select(func.count()).select_from(callers_table).where(callers_table.c.disabled_at.is_(None))
            return int(connection.execute(query).scalar_one())
    except (SettingsError, DBAPIError):
        return None  # the look at the database tells it
