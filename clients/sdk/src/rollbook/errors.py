"""The errors of the service as exceptions: one class per thing that a caller can do about it.

The reasons are described in `protos/rollbook/v1/errors.proto`. A reason that is newer than this client becomes the
class of its status code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

__all__ = [
    "DeadlineExceededError",
    "FactError",
    "ForbiddenError",
    "InternalError",
    "InvalidRequestError",
    "LimitExceededError",
    "NotFoundError",
    "NotInForceError",
    "NotPublishableError",
    "NotServedError",
    "OverloadedError",
    "RequestIdReusedError",
    "RollbookError",
    "RulesetInvalidError",
    "TooLargeError",
    "UnauthenticatedError",
    "UnavailableError",
    "Violation",
    "WrongStateError",
    "from_rpc_error",
    "from_status",
]

DOMAIN = "rollbook"
_DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True)
class Violation:
    """A place in the request that is wrong: its path (`facts.mark.score`) and what was expected there."""

    path: str
    expected: str


class RollbookError(Exception):
    """A call, or one case of a batch, was refused.

    Attributes:
        reason: the contract's reason, such as `FACT_INVALID`; empty for errors of the transport.
        code: the gRPC status code.
        message: what happened, in words; never contains facts.
        violations: the places in the request that are wrong.
        retry_after: how long to wait before trying again; None where trying again cannot help.
        metadata: what the reason tells besides, such as `ruleset` or `limit`.
    """

    def __init__(
        self,
        message: str,
        *,
        code: grpc.StatusCode,
        reason: str = "",
        violations: tuple[Violation, ...] = (),
        retry_after: timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason
        self.violations = violations
        self.retry_after = retry_after
        self.metadata = dict(metadata or {})

    def __str__(self) -> str:
        places = "".join(f"\n  {violation.path}: {violation.expected}" for violation in self.violations)
        return f"{self.reason or self.code.name}: {self.message}{places}"


class InvalidRequestError(RollbookError):
    """The request is wrong; `violations` say where."""


class FactError(InvalidRequestError):
    """A fact has the wrong name, type or value, or facts contradict each other."""


class TooLargeError(InvalidRequestError):
    """The request holds more than the server takes."""


class NotFoundError(RollbookError):
    """There is no such ruleset, version or calendar."""


class NotInForceError(RollbookError):
    """The ruleset has no version in force on the date."""


class RulesetInvalidError(RollbookError):
    """The ruleset has errors, and no good version of it is served."""


class LimitExceededError(RollbookError):
    """The work would take more steps, time or memory than one call may."""


class WrongStateError(RollbookError):
    """The version is not in the state that the step begins from."""


class NotPublishableError(RollbookError):
    """The version cannot be published: its check or a scenario fails, or it lacks a fact that is still declared."""


class OverloadedError(RollbookError):
    """The server has as many calls as it takes; try again after `retry_after`."""


class UnavailableError(RollbookError):
    """The server cannot be reached, is starting or stopping, or cannot record; retries did not help either."""


class RequestIdReusedError(RollbookError):
    """The request id was used for another question."""


class UnauthenticatedError(RollbookError):
    """There is no valid token or certificate."""


class ForbiddenError(RollbookError):
    """The caller may not do this."""


class NotServedError(RollbookError):
    """The server does not serve what the request asks for."""


class DeadlineExceededError(RollbookError):
    """There was no answer in time."""


class InternalError(RollbookError):
    """A fault of the server."""


_BY_REASON: Final[Mapping[str, type[RollbookError]]] = {
    "REQUEST_INVALID": InvalidRequestError,
    "FACT_INVALID": FactError,
    "FACTS_INCONSISTENT": FactError,
    "TOO_LARGE": TooLargeError,
    "UNKNOWN_RULESET": NotFoundError,
    "UNKNOWN_VERSION": NotFoundError,
    "UNKNOWN_CALENDAR": NotFoundError,
    "UNKNOWN_DECISION": NotFoundError,
    "UNKNOWN_RUN": NotFoundError,
    "NOT_IN_FORCE": NotInForceError,
    "RULESET_INVALID": RulesetInvalidError,
    "WRONG_STATE": WrongStateError,
    "NOT_PUBLISHABLE": NotPublishableError,
    "LIMIT_EXCEEDED": LimitExceededError,
    "OVERLOADED": OverloadedError,
    "NOT_READY": UnavailableError,
    "LOG_UNAVAILABLE": UnavailableError,
    "REQUEST_ID_REUSED": RequestIdReusedError,
    "UNAUTHENTICATED": UnauthenticatedError,
    "FORBIDDEN": ForbiddenError,
    "NOT_SERVED": NotServedError,
    "DEADLINE_EXCEEDED": DeadlineExceededError,
    "INTERNAL": InternalError,
}
_BY_CODE: Final[Mapping[grpc.StatusCode, type[RollbookError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: OverloadedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.CANCELLED: UnavailableError,
    grpc.StatusCode.ALREADY_EXISTS: RequestIdReusedError,
    grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
    grpc.StatusCode.PERMISSION_DENIED: ForbiddenError,
    grpc.StatusCode.UNIMPLEMENTED: NotServedError,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
    grpc.StatusCode.INTERNAL: InternalError,
    grpc.StatusCode.UNKNOWN: InternalError,
}
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def from_status(status: status_pb2.Status) -> RollbookError:
    """The exception that a google.rpc.Status stands for."""
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    info = error_details_pb2.ErrorInfo()
    request = error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    retry_after: timedelta | None = None
    for detail in status.details:
        if detail.Unpack(retry):
            retry_after = retry.retry_delay.ToTimedelta()
        elif not detail.Unpack(info):
            detail.Unpack(request)
    reason = info.reason if info.domain == DOMAIN else ""
    return _class_of(reason, code)(
        status.message,
        code=code,
        reason=reason,
        violations=tuple(Violation(place.field, place.description) for place in request.field_violations),
        retry_after=retry_after,
        metadata=info.metadata,
    )


def from_rpc_error(error: grpc.RpcError) -> RollbookError:
    """The exception that a failed call stands for, by the status in its trailing metadata or by its code alone."""
    assert isinstance(error, grpc.Call | grpc.aio.AioRpcError)
    trailers = cast("Iterable[tuple[str, str | bytes]]", error.trailing_metadata() or ())
    for key, value in trailers:
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                return from_status(status_pb2.Status.FromString(value))
            except DecodeError:
                break  # not ours; the code tells enough
    return _from_transport(error.code(), error.details() or "")


def _from_transport(code: grpc.StatusCode, details: str) -> RollbookError:
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in details:
        return TooLargeError(details, code=code)  # the transport's own limit, met before the service is
    return _class_of("", code)(details or code.name, code=code)


def _class_of(reason: str, code: grpc.StatusCode) -> type[RollbookError]:
    return _BY_REASON.get(reason) or _BY_CODE.get(code, RollbookError)
