"""Callers and their tokens in the database: read by servers, and changed by those who administer them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from server.callers import Grant
from server.ids import new_decision_id
from server.store.database import Database
from server.store.identity_tables import callers, tokens
from server.store.tables import audit

__all__ = ["Administrator", "Identities", "IdentityError", "StoredCaller", "StoredToken"]

_CALLER: Final = (
    callers.c.name,
    callers.c.tenants,
    callers.c.grants,
    callers.c.certificate,
    callers.c.created_at,
    callers.c.disabled_at,
)
_TOKEN: Final = (
    tokens.c.id,
    tokens.c.secret_sha256,
    tokens.c.created_at.label("made_at"),
    tokens.c.expires_at,
    tokens.c.revoked_at,
    tokens.c.note,
)


class IdentityError(Exception):
    """What was to be done to a caller or token cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class StoredCaller:
    """A caller; times in milliseconds since 1970.

    Attributes:
        name: the name that its decisions are logged under.
        tenants: its districts.
        grants: what it may do.
        certificate: the name in its client certificate; None where it has none.
        disabled_at: when it was disabled; None for one that may call.
    """

    name: str
    tenants: tuple[str, ...]
    grants: tuple[Grant, ...]
    certificate: str | None
    created_at: int
    disabled_at: int | None


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as it is stored: without its secret. Times in milliseconds since 1970."""

    id: str
    secret_sha256: bytes = field(repr=False)
    created_at: int
    expires_at: int
    revoked_at: int | None
    note: str
    caller: StoredCaller


class Identities:
    """Reads callers and tokens; its methods raise what SQLAlchemy raises where the database cannot be reached."""

    def __init__(self, database: Database) -> None:
        """Asks nothing yet."""
        self._database = database

    def close(self) -> None:
        """Ends the connections."""
        self._database.close()

    def token(self, id_: str) -> StoredToken | None:
        """The token of that id with its caller."""
        found = self._tokens(tokens.c.id == id_)
        return found[0] if found else None

    def tokens(self, caller: str = "") -> list[StoredToken]:
        """The tokens of a caller, or of all; the oldest first."""
        return self._tokens(*([tokens.c.caller == caller] if caller else []))

    def caller(self, name: str) -> StoredCaller | None:
        """The caller of that name."""
        found = self._callers(callers.c.name == name)
        return found[0] if found else None

    def callers(self) -> list[StoredCaller]:
        """All callers, by name."""
        return self._callers()

    def of_certificate(self, names: Sequence[str]) -> list[StoredCaller]:
        """The callers whose certificate has one of these names."""
        return self._callers(callers.c.certificate.in_(names))

    def _callers(self, *where: Any) -> list[StoredCaller]:
        with self._database.reading() as connection:
            found = connection.execute(select(*_CALLER).where(*where).order_by(callers.c.name)).all()
        return [_caller(row) for row in found]

    def _tokens(self, *where: Any) -> list[StoredToken]:
        query = select(*_TOKEN, *_CALLER).join(callers, callers.c.name == tokens.c.caller).where(*where)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(tokens.c.created_at, tokens.c.id)).all()
        return [
            StoredToken(
                row.id, bytes(row.secret_sha256), row.made_at, row.expires_at, row.revoked_at, row.note, _caller(row)
            )
            for row in found
        ]


class Administrator:
    """Changes callers and tokens. Each act stands in the audit, which no secret is part of.

    Args:
        database: where they are.
        actor: who acts, as the audit says it.
    """

    def __init__(self, database: Database, actor: str) -> None:
        self._database = database
        self._actor = actor

    def add_caller(
        self, name: str, tenants: Sequence[str], grants: Sequence[Grant], certificate: str | None = None
    ) -> None:
        """Adds a caller.

        Raises:
            IdentityError: when there is one of that name or certificate.
        """
        row = {"name": name, "tenants": json.dumps(list(tenants)), "grants": _grants(grants)}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(callers).values(**row, certificate=certificate, created_at=_now()))
                self._audit(connection, "add-caller", _said(name, tenants, grants, certificate))
        except IntegrityError:
            message = f"There is a caller {name} already, or one with this certificate."
            raise IdentityError(message) from None

    def change_caller(
        self,
        name: str,
        *,
        tenants: Sequence[str] | None = None,
        grants: Sequence[Grant] | None = None,
        certificate: str | None = None,
    ) -> None:
        """Changes what is given; an empty certificate takes away the one that it has.

        Raises:
            IdentityError: when there is no such caller, or another with this certificate.
        """
        values: dict[str, Any] = {}
        if tenants is not None:
            values["tenants"] = json.dumps(list(tenants))
        if grants is not None:
            values["grants"] = _grants(grants)
        if certificate is not None:
            values["certificate"] = certificate or None
        try:
            with self._database.writing() as connection:
                self._update(connection, name, values)
                self._audit(connection, "change-caller", _said(name, tenants, grants, certificate))
        except IntegrityError:
            message = "There is another caller with this certificate."
            raise IdentityError(message) from None

    def disable_caller(self, name: str, *, disabled: bool = True) -> None:
        """Takes from a caller, with all its tokens, that it may call; or gives it back.

        Raises:
            IdentityError: when there is no such caller.
        """
        with self._database.writing() as connection:
            self._update(connection, name, {"disabled_at": _now() if disabled else None})
            self._audit(connection, "disable-caller" if disabled else "enable-caller", {"caller": name})

    def add_token(self, id_: str, secret_sha256: bytes, caller: str, expires_at: int, note: str = "") -> None:
        """Adds a token for a caller; `expires_at` in milliseconds since 1970.

        Raises:
            IdentityError: when there is no such caller.
        """
        with self._database.writing() as connection:
            if connection.execute(select(callers.c.name).where(callers.c.name == caller)).one_or_none() is None:
                raise _no_caller(caller)
            row = {"id": id_, "secret_sha256": secret_sha256, "caller": caller, "note": note}
            connection.execute(insert(tokens).values(**row, created_at=_now(), expires_at=expires_at))
            self._audit(connection, "create-token", {"token": id_, "caller": caller, "expires_at": expires_at})

    def revoke_token(self, id_: str) -> bool:
        """Has a token be worth nothing; False where there is none of that id that was not revoked before."""
        with self._database.writing() as connection:
            mine = (tokens.c.id == id_, tokens.c.revoked_at.is_(None))
            if not connection.execute(update(tokens).where(*mine).values(revoked_at=_now())).rowcount:
                return False
            self._audit(connection, "revoke-token", {"token": id_})
        return True

    def _update(self, connection: Connection, name: str, values: dict[str, Any]) -> None:
        if (
            not values
            or not connection.execute(update(callers).where(callers.c.name == name).values(**values)).rowcount
        ):
            raise _no_caller(name) if values else IdentityError("Nothing was said to change.")

    def _audit(self, connection: Connection, action: str, details: dict[str, Any]) -> None:
        row = {"id": new_decision_id(), "tenant": "", "at": _now(), "actor": self._actor, "action": action}
        connection.execute(insert(audit).values(**row, details=json.dumps(details)))


def _caller(row: Row[Any]) -> StoredCaller:
    grants = tuple(Grant(one["role"], tuple(one["rulesets"])) for one in json.loads(row.grants))
    tenants = tuple(json.loads(row.tenants))
    return StoredCaller(row.name, tenants, grants, row.certificate, row.created_at, row.disabled_at)


def _grants(grants: Iterable[Grant]) -> str:
    return json.dumps([{"role": grant.role, "rulesets": list(grant.rulesets)} for grant in grants])


def _said(
    name: str, tenants: Sequence[str] | None, grants: Sequence[Grant] | None, certificate: str | None
) -> dict[str, Any]:
    """What the audit says of an act: what was given."""
    said = {
        "tenants": None if tenants is None else list(tenants),
        "grants": None if grants is None else json.loads(_grants(grants)),
        "certificate": certificate,
    }
    return {"caller": name} | {key: value for key, value in said.items() if value is not None}


def _no_caller(name: str) -> IdentityError:
    return IdentityError(f"There is no caller {name}.")


def _now() -> int:
    return time.time_ns() // 1_000_000
