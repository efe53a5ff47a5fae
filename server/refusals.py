"""Calls that are refused: their status, one line in the log, and a count."""

from __future__ import annotations

from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.message import DecodeError

from server.callers import Caller
from server.errors import RefusalError, reason_of, rpc_status, status_of
from server.identity.identify import NotIdentifiedError
from server.metrics import Metrics
from server.requests import safe_request_id

__all__ = ["ClientGoneError", "Refuser"]

_log = structlog.stdlib.get_logger("server")


class ClientGoneError(Exception):
    """The caller has hung up: nobody waits for the answer any more."""


class Refuser:
    """Refuses calls.

    Args:
        metrics: what they are counted in.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(
        self, error: Exception, method: str, request: Any, context: grpc.ServicerContext, caller: Caller | None
    ) -> NoReturn:
        """Ends the call with the status that `error` means."""
        if isinstance(error, ClientGoneError | grpc.RpcError):  # the latter where no message came
            self._metrics.refusals.labels(method, "CLIENT_GONE").inc()
            context.abort(grpc.StatusCode.CANCELLED, "The caller has hung up.")
        if isinstance(error, DecodeError | StopIteration):
            error = RefusalError("REQUEST_INVALID", "The request is no message of the method's type.")
        request_id = safe_request_id(getattr(request, "request_id", ""))
        status = status_of(error, method=method, request_id=request_id)
        reason = reason_of(status)
        self._metrics.refusals.labels(method, reason).inc()
        if reason != "INTERNAL":
            _log_refusal(error, context, caller, method=method, reason=reason, request_id=request_id)
        code, details, metadata = rpc_status(status)
        context.set_trailing_metadata(metadata)
        context.abort(code, details)


def _log_refusal(error: Exception, context: grpc.ServicerContext, caller: Caller | None, **known: str) -> None:
    """One line for a refusal: who, never what was sent. What concerns identity is told even where little is logged."""
    if isinstance(error, NotIdentifiedError):
        _log.warning("refused", **known, caller=error.caller, why=error.why, peer=context.peer())
        return
    name = "" if caller is None else caller.name
    if known["reason"] == "FORBIDDEN":
        _log.warning("refused", **known, caller=name, peer=context.peer(), role=_role_in(error))
    else:
        _log.info("refused", **known, caller=name)


def _role_in(error: Exception) -> str:
    return error.metadata.get("role", "") if isinstance(error, RefusalError) else ""
