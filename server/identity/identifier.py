"""Who calls, by API token, JWT, or client certificate."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import grpc
import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.callers import Caller
from server.errors import RefusalError
from server.identity.api_tokens import PREFIX, read_token, secret_fits
from server.identity.certificate_names import certificate_names
from server.identity.identify import TENANT_HEADER, NotIdentifiedError, chosen, for_tenants
from server.identity.remembered import Remembered
from server.metrics import Metrics
from server.store.database import error_name
from server.store.identities import Identities, StoredCaller

if TYPE_CHECKING:
    from server.identity.web_tokens import WebTokens

__all__ = ["Identifier"]

_BEARER: Final = "bearer "
_NONE: Final = "The call has no token (metadata `authorization`: Bearer …)"
_SHAPE: Final = "Metadata `authorization` must be once `Bearer` and a token."

_log = structlog.stdlib.get_logger("server")


class Identifier:
    """Says who calls.

    Args:
        metrics: what verifications are counted in.
        identities: tokens and callers of the database; None where there is none.
        web_tokens: verifies JWT; None where none are taken.
        certificates: whether every connection has shown a client certificate.
        cache_seconds: how long what was verified is remembered.
    """

    def __init__(
        self,
        metrics: Metrics,
        identities: Identities | None,
        web_tokens: WebTokens | None,
        *,
        certificates: bool,
        cache_seconds: float,
    ) -> None:
        self._metrics = metrics
        self._identities = identities
        self._web_tokens = web_tokens
        self._certificates = certificates
        self._remembered = Remembered(cache_seconds)

    def __call__(self, context: grpc.ServicerContext) -> Caller:
        """Who calls, for the district that the call names.

        Raises:
            RefusalError: UNAUTHENTICATED; FORBIDDEN for a district that is not the caller's; NOT_READY where the
                database, or the issuer of JWT, cannot be asked.
        """
        token, tenant = _said(context.invocation_metadata())
        if token:
            key = _key(token)
            callers = self._remembered.get(key)
            if callers is None:
                callers = self._verified("jwt" if not token.startswith(PREFIX) else "token", key, token)
        elif self._certificates:
            names = certificate_names(context.auth_context())
            key = _key("\0".join(names), b"certificate")
            callers = self._remembered.get(key)
            if callers is None:
                callers = self._verified("certificate", key, names)
        else:
            self._count("none", "none")
            raise NotIdentifiedError("none", f"{_NONE}.")
        return chosen(callers, tenant)

    def expects(self, metadata: Iterable[tuple[str, Any]]) -> bool:
        """Whether it is somebody who was identified a moment ago, or has shown a certificate at least."""
        if self._certificates:
            return True
        try:
            token, _ = _said(metadata)
        except NotIdentifiedError:
            return False
        return bool(token) and self._remembered.get(_key(token)) is not None

    def close(self) -> None:
        """Ends the connections to the database."""
        if self._identities is not None:
            self._identities.close()

    def _verified(self, kind: str, key: bytes, shown: str | tuple[str, ...]) -> Mapping[str, Caller]:
        """The caller that shows this, verified anew and remembered."""
        try:
            if isinstance(shown, tuple):
                caller, seconds = self._of_certificate(shown), float("inf")
            else:
                caller, seconds = self._of_token(shown) if kind == "token" else self._of_web_token(shown)
        except NotIdentifiedError as error:
            self._count(kind, error.why)
            raise
        except SQLAlchemyError as error:
            self._count(kind, "unavailable")
            _log.warning("callers_not_read", error=error_name(error))
            message = "The database with the callers cannot be read now; try again."
            raise RefusalError("NOT_READY", message) from None
        self._count(kind, "verified")
        callers = for_tenants(caller)
        self._remembered.add(key, callers, seconds)
        return callers

    def _of_token(self, text: str) -> tuple[Caller, float]:
        token = read_token(text)
        if token is None or self._identities is None:
            raise NotIdentifiedError("malformed", "This is no token.")
        stored = self._identities.token(token.id)
        if stored is None or not secret_fits(token, stored.secret_sha256):
            raise NotIdentifiedError("unknown", "There is no such token.")
        name = stored.caller.name
        if stored.revoked_at is not None:
            raise NotIdentifiedError("revoked", "The token was revoked.", name)
        seconds = stored.expires_at / 1000 - time.time()
        if seconds <= 0:
            raise NotIdentifiedError("expired", "The token has expired; use a new one.", name)
        return _enabled(stored.caller), seconds

    def _of_web_token(self, text: str) -> tuple[Caller, float]:
        if self._web_tokens is None:
            raise NotIdentifiedError("malformed", "This is no token that is taken here.")
        return self._web_tokens.caller(text)

    def _of_certificate(self, names: tuple[str, ...]) -> Caller:
        found = () if self._identities is None else self._identities.of_certificate(names)
        if not found:
            message = f"{_NONE}, and its client certificate is no caller's."
            raise NotIdentifiedError("unknown", message)
        if len(found) > 1:
            raise NotIdentifiedError("ambiguous", "The client certificate is that of several callers.")
        return _enabled(found[0])

    def _count(self, kind: str, result: str) -> None:
        self._metrics.identifications.labels(kind, result).inc()


def _said(metadata: Iterable[tuple[str, Any]]) -> tuple[str, str]:
    """The token and the district that a call names; empty where it names none.

    Raises:
        NotIdentifiedError: where something else stands in their place.
    """
    token = tenant = None
    for key, value in metadata:
        if key == "authorization":
            if token is not None or not isinstance(value, str) or value[: len(_BEARER)].lower() != _BEARER:
                raise NotIdentifiedError("malformed", _SHAPE)
            token = value[len(_BEARER) :].strip()
        elif key == TENANT_HEADER:
            if tenant is not None or not isinstance(value, str):
                raise NotIdentifiedError("malformed", f"Metadata `{TENANT_HEADER}` names one district.")
            tenant = value
    if token == "":
        raise NotIdentifiedError("malformed", _SHAPE)
    return token or "", tenant or ""


def _key(shown: str, kind: bytes = b"token") -> bytes:
    return hashlib.sha256(kind + shown.encode()).digest()


def _enabled(stored: StoredCaller) -> Caller:
    if stored.disabled_at is not None:
        raise NotIdentifiedError("disabled", "The caller is disabled.", stored.name)
    tenants = stored.tenants
    return Caller(stored.name, tenants, tenants[0] if len(tenants) == 1 else "", stored.grants)
