"""The trace that a call belongs to, by the W3C header `traceparent`: log lines that are written meanwhile name it.

https://www.w3.org/TR/trace-context/. The caller's own systems join the lines with theirs; nothing is made up where the
caller sends none, or one that is not as the standard has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from inspect import isgeneratorfunction
from typing import Any, Final

import grpc
from structlog.contextvars import bind_contextvars, unbind_contextvars

__all__ = ["FIELD", "HEADER", "trace_id", "traced"]

HEADER: Final = "traceparent"
FIELD: Final = "trace_id"
"""What log lines call it."""

_FORM: Final = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?")


def trace_id(metadata: Iterable[tuple[str, str | bytes]]) -> str:
    """The id of the trace, 32 hexadecimal digits; empty where there is none, or more than one."""
    sent = [value for name, value in metadata if name == HEADER]
    if len(sent) != 1 or not isinstance(sent[0], str):
        return ""
    found = _FORM.fullmatch(sent[0])
    if found is None or (found[1] == "00" and found[3] is not None):
        return ""
    return found[2]


def traced(behavior: Callable[..., Any]) -> Callable[..., Any]:
    """The same behavior of a method; its log lines name the trace of the call."""
    if isgeneratorfunction(behavior):

        def streaming(requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            bound = _bind(context)
            try:
                yield from behavior(requests, context)
            finally:
                if bound:
                    unbind_contextvars(FIELD)

        return streaming

    def answering(request: Any, context: grpc.ServicerContext) -> Any:
        bound = _bind(context)
        try:
            return behavior(request, context)
        finally:
            if bound:
                unbind_contextvars(FIELD)

    return answering


def _bind(context: grpc.ServicerContext) -> bool:
    # threads are used for one call after another, so what is bound is unbound at its end
    if found := trace_id(context.invocation_metadata()):
        bind_contextvars(**{FIELD: found})
    return bool(found)
