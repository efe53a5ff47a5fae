"""The W3C header `traceparent`, by which a server's log lines are joined with the caller's own trace."""

from __future__ import annotations

import sys
from typing import Any, Final

__all__ = ["HEADER", "current_traceparent"]

HEADER: Final = "traceparent"

_VERSION: Final = "00"


def current_traceparent() -> str | None:
    """The `traceparent` of OpenTelemetry's current span; None where there is none.

    OpenTelemetry need not be installed: a program that has a span has imported it.
    """
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    span = trace.get_current_span().get_span_context()
    if not span.is_valid:
        return None
    return f"{_VERSION}-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
