"""Who calls, asked once for each call and before its message is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

import grpc

from server.callers import ANYONE, Caller
from server.errors import RefusalError

__all__ = [
    "TENANT_HEADER",
    "Anyone",
    "Identify",
    "NotIdentifiedError",
    "chosen",
    "for_tenants",
    "header",
    "require_tenant",
]

TENANT_HEADER: Final = "rollbook-tenant"
"""The metadata that names the district that a call is for."""

_Metadata = Iterable[tuple[str, Any]]


class NotIdentifiedError(RefusalError):
    """The call does not show who calls: UNAUTHENTICATED.

    Attributes:
        why: one word for the log and the metrics, such as `expired`.
        caller: who it claims to be, where that much is certain; else empty.
    """

    def __init__(self, why: str, message: str, caller: str = "") -> None:
        super().__init__("UNAUTHENTICATED", message)
        self.why = why
        self.caller = caller


class Identify(Protocol):
    """Says who calls. Safe to be used by many threads."""

    def __call__(self, context: grpc.ServicerContext) -> Caller:
        """Who calls, for the district that the call names.

        Raises:
            RefusalError: UNAUTHENTICATED; FORBIDDEN for a district that is not the caller's; NOT_READY where it cannot
                be found out now.
        """

    def expects(self, metadata: _Metadata) -> bool:
        """Whether a call with this metadata is likely to be identified; quick, and asked before its message is read."""

    def close(self) -> None:
        """Lets go of what it asks."""


class Anyone:
    """Takes everybody for the same caller; for a server that listens on this machine only."""

    def __init__(self) -> None:
        self._callers = for_tenants(ANYONE)

    def __call__(self, context: grpc.ServicerContext) -> Caller:
        """The one caller."""
        return chosen(self._callers, header(context.invocation_metadata(), TENANT_HEADER))

    def expects(self, _metadata: _Metadata) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Nothing to let go of."""


def header(metadata: _Metadata, name: str) -> str:
    """The value of that name in the metadata of a call, the first if there are several; empty where there is none."""
    for key, value in metadata:
        if key == name:
            return value if isinstance(value, str) else ""
    return ""


def for_tenants(caller: Caller) -> Mapping[str, Caller]:
    """The caller as it is for each of its districts, and by the empty name as it is where a call names none.

    With a district named it reads of that one only. With several and none named it reads of all and records for none.
    """
    by_tenant = {tenant: replace(caller, tenant=tenant, tenants=(tenant,)) for tenant in caller.tenants}
    return by_tenant | {"": replace(caller, tenant=caller.tenants[0] if len(caller.tenants) == 1 else "")}


def chosen(callers: Mapping[str, Caller], tenant: str) -> Caller:
    """The caller for the district that a call names.

    Raises:
        RefusalError: FORBIDDEN, where it is none of the caller's.
    """
    caller = callers.get(tenant)
    if caller is None:
        message = f"The call is for a district (metadata {TENANT_HEADER}) that is none of the caller's."
        raise RefusalError("FORBIDDEN", message, metadata={"metadata": TENANT_HEADER})
    return caller


def require_tenant(caller: Caller) -> None:
    """Passes where it is clear which district's decisions are to be recorded.

    Raises:
        RefusalError: REQUEST_INVALID.
    """
    if not caller.tenant:
        message = f"The caller has several districts; metadata {TENANT_HEADER} must say for which one this is."
        raise RefusalError("REQUEST_INVALID", message)
