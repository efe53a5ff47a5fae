"""The one place where exceptions become the status of a call, with details that a program can read.

The error model is that of `rollbook/v1/errors.proto`: one ErrorInfo always; BadRequest where parts of the request are
wrong; RetryInfo exactly where the same call may succeed later. What was sent is never repeated, only where it stood.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Final

import grpc
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from engine.errors import Reason, RollbookError, Violation
from server.logs import places

__all__ = [
    "CODES",
    "DOMAIN",
    "RefusalError",
    "in_request",
    "internal",
    "reason_of",
    "refusal_of",
    "rpc_status",
    "status_of",
    "too_large",
]

DOMAIN: Final = "rollbook"
"""The domain of every ErrorInfo."""

CODES: Final[Mapping[str, Code.ValueType]] = {
    "REQUEST_INVALID": Code.INVALID_ARGUMENT,
    "FACT_INVALID": Code.INVALID_ARGUMENT,
    "FACTS_INCONSISTENT": Code.INVALID_ARGUMENT,
    "TOO_LARGE": Code.INVALID_ARGUMENT,
    "UNKNOWN_RULESET": Code.NOT_FOUND,
    "UNKNOWN_VERSION": Code.NOT_FOUND,
    "UNKNOWN_CALENDAR": Code.NOT_FOUND,
    "UNKNOWN_DECISION": Code.NOT_FOUND,
    "UNKNOWN_RUN": Code.NOT_FOUND,
    "NOT_IN_FORCE": Code.FAILED_PRECONDITION,
    "RULESET_INVALID": Code.FAILED_PRECONDITION,
    "WRONG_STATE": Code.FAILED_PRECONDITION,
    "NOT_PUBLISHABLE": Code.FAILED_PRECONDITION,
    "LIMIT_EXCEEDED": Code.FAILED_PRECONDITION,
    "OVERLOADED": Code.RESOURCE_EXHAUSTED,
    "NOT_READY": Code.UNAVAILABLE,
    "LOG_UNAVAILABLE": Code.UNAVAILABLE,
    "REQUEST_ID_REUSED": Code.ALREADY_EXISTS,
    "UNAUTHENTICATED": Code.UNAUTHENTICATED,
    "FORBIDDEN": Code.PERMISSION_DENIED,
    "NOT_SERVED": Code.UNIMPLEMENTED,
    "DEADLINE_EXCEEDED": Code.DEADLINE_EXCEEDED,
    "INTERNAL": Code.INTERNAL,
}
"""The status code of every reason of `rollbook.v1.ErrorReason`."""

_RETRY_SECONDS: Final[Mapping[str, float]] = {"OVERLOADED": 1.0, "NOT_READY": 1.0, "LOG_UNAVAILABLE": 1.0}
"""When to try again, for the reasons with which the same call may succeed later."""

_MOST_DETAIL_BYTES: Final = 4_000
"""Details travel as metadata, of which clients accept 8 KiB in all, base64 among it; further violations are counted."""

_GRPC_CODES: Final = {code.value[0]: code for code in grpc.StatusCode}

_log = structlog.stdlib.get_logger("server")


class RefusalError(Exception):
    """The server refuses a call, or one case of a batch.

    Attributes:
        reason: a name of `rollbook.v1.ErrorReason` without its prefix.
        message: what is wrong and how to mend it, in plain words and without anything that was sent.
        violations: what is wrong where in the request, with paths from the request's root: `facts.mark.score`.
        metadata: what programs may want to know besides, as the comment of the reason says.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        violations: tuple[Violation, ...] = (),
        *,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.reason = reason
        self.message = message
        self.violations = violations
        self.metadata = dict(metadata or {})
        super().__init__(message)


def too_large(limit: str, allowed: int, given: int | None, what: str, path: str) -> RefusalError:
    """What a request is refused with that is larger than `limit` allows: `what` says so in words, `path` where."""
    metadata = {"limit": limit, "allowed": str(allowed)} | ({} if given is None else {"given": str(given)})
    violations = (Violation(path, f"at most {allowed}", what),) if path else ()
    return RefusalError("TOO_LARGE", f"{what} At most {allowed} are accepted.", violations, metadata=metadata)


def internal(error: BaseException, **known: str) -> RefusalError:
    """What a call is answered with when `error` is a fault of ours; logs it, without its text, under an incident id.

    `known` is what the log line says of the call: never facts, subject, school, or case id.
    """
    incident = uuid.uuid4().hex
    _log.error(
        "fault",
        incident=incident,
        error_type=f"{type(error).__module__}.{type(error).__qualname__}",
        error_places=places(error),
        **known,
    )
    message = f"A fault of the server. Its log tells more about incident {incident}."
    return RefusalError("INTERNAL", message, metadata={"incident": incident})


def status_of(error: Exception, **known: str) -> Status:
    """The status that `error` is answered with. What is not one of our own exceptions is logged as a fault of ours."""
    refusal = refusal_of(error, **known)
    info = ErrorInfo(reason=refusal.reason, domain=DOMAIN, metadata=refusal.metadata)
    details: list[Message] = [info]
    if refusal.violations:
        bad_request, left_out = _bad_request(refusal.violations)
        details.append(bad_request)
        if left_out:
            info.metadata["violations_left_out"] = str(left_out)
    if refusal.reason in _RETRY_SECONDS:
        delay = Duration()
        delay.FromMilliseconds(int(_RETRY_SECONDS[refusal.reason] * 1000))
        details.append(RetryInfo(retry_delay=delay))
    return Status(code=CODES[refusal.reason], message=refusal.message, details=[_packed(detail) for detail in details])


def reason_of(status: Status) -> str:
    """The reason in a status that `status_of` made."""
    info = ErrorInfo()
    status.details[0].Unpack(info)
    return info.reason


def rpc_status(status: Status) -> tuple[grpc.StatusCode, str, tuple[tuple[str, bytes], ...]]:
    """Code, details and trailing metadata by which gRPC carries `status`."""
    return _GRPC_CODES[status.code], status.message, (("grpc-status-details-bin", status.SerializeToString()),)


def refusal_of(error: Exception, **known: str) -> RefusalError:
    """What `error` is refused with. What is not one of our own exceptions is logged as a fault of ours."""
    match error:
        case RefusalError():
            return error
        case RollbookError(reason=Reason.INTERNAL):
            return internal(error, **known)
        case RollbookError():
            message = f"{error.message} {error.remedy}".strip()
            metadata = {"limit": "steps"} if error.reason == Reason.LIMIT_EXCEEDED else {}
            return RefusalError(
                error.reason.value, message, tuple(map(in_request, error.violations)), metadata=metadata
            )
        case _:
            return internal(error, **known)


def in_request(violation: Violation) -> Violation:
    """The violation with its path from the request's root; the engine counts from the root of the facts."""
    if not violation.path or violation.path.startswith("expects["):
        return Violation("facts", violation.expected, violation.message)
    return Violation(f"facts.{violation.path}", violation.expected, violation.message)


def _bad_request(violations: tuple[Violation, ...]) -> tuple[BadRequest, int]:
    """As many violations as fit, and how many were left out."""
    found = BadRequest()
    for number, violation in enumerate(violations):
        expected = f" Expected: {violation.expected}." if violation.expected else ""
        found.field_violations.add(field=violation.path[:200], description=f"{violation.message}{expected}"[:500])
        if number and found.ByteSize() > _MOST_DETAIL_BYTES:
            del found.field_violations[-1]
            return found, len(violations) - number
    return found, 0


def _packed(detail: Message) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(detail)
    return packed
