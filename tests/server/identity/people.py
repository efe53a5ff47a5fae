"""Callers for tests: with tokens, certificates and JWT."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc

from server.identity.api_tokens import new_token
from server.identity.grants import grants_of
from server.store import Database
from server.store.identities import Administrator

__all__ = ["HOUR", "add_token", "administrator", "as_caller", "bearer", "ids_of_tokens"]

HOUR = 3600.0
Metadata = tuple[tuple[str, str], ...]


@contextmanager
def administrator(url: str) -> Iterator[Administrator]:
    """Who changes callers in the database at `url`."""
    with Database(url) as database:
        yield Administrator(database, "tester")


def add_token(
    url: str,
    name: str,
    roles: Sequence[str],
    tenants: Sequence[str] = ("oak",),
    *,
    valid: float = HOUR,
    certificate: str | None = None,
) -> str:
    """Adds a caller with a token that is valid for so many seconds, and gives the token."""
    token = new_token()
    with administrator(url) as changing:
        changing.add_caller(name, tenants, grants_of(roles), certificate)
        changing.add_token(token.id, token.secret_sha256, name, int((time.time() + valid) * 1000))
    return token.text


def ids_of_tokens(token: str) -> str:
    """The id in a token."""
    return token.split("_")[1]


def bearer(token: str, tenant: str = "") -> Metadata:
    """Metadata with the token."""
    return (("authorization", f"Bearer {token}"), *((("rollbook-tenant", tenant),) if tenant else ()))


class _Adding(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[type-arg]  # a generic class in its stubs only
    grpc.UnaryStreamClientInterceptor,  # type: ignore[type-arg]  # likewise
    grpc.StreamStreamClientInterceptor,  # type: ignore[type-arg]  # likewise
):
    def __init__(self, metadata: Metadata) -> None:
        self._metadata = metadata

    def _add(self, continuation: Any, details: Any, request: Any) -> Any:
        return continuation(details._replace(metadata=[*(details.metadata or ()), *self._metadata]), request)

    intercept_unary_unary: Any = _add
    intercept_unary_stream: Any = _add
    intercept_stream_stream: Any = _add


def as_caller(channel: grpc.Channel, token: str, tenant: str = "") -> grpc.Channel:
    """The channel, with the token at every call."""
    return grpc.intercept_channel(channel, _Adding(bearer(token, tenant)))
