"""Log lines: JSON in production, readable on a terminal, and never a fact of a case.

What a caller sent never gets here: errors are logged by their type and the places in the code that they passed, without
their text, since the text may quote a value. The same holds for lines of libraries that come with an exception.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

__all__ = ["configure_logs", "places"]

_HIDDEN: Final = "[hidden]"
_SECRETS: Final = re.compile(r"rbk_[0-9a-f]{16}_[0-9a-f]+|eyJ[\w-]+\.[\w-]+\.[\w-]*|(?i:bearer)\s+[^\s'\",)]{8,}")
"""API tokens, JWT, and whatever follows `Bearer`."""


def configure_logs(
    form: Literal["auto", "json", "text"] = "auto",
    level: str = "info",
    stream: TextIO | None = None,
    worker: int | None = None,
) -> None:
    """Sends the log lines of structlog and of the standard library to `stream` (standard error).

    Those of a worker say its number, since all workers write to the same place.
    """
    stream = sys.stderr if stream is None else stream
    as_text = form == "text" or (form == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_texts_of_errors,
        _without_secrets,
    ]
    if worker is not None:
        shared.append(_of_worker(worker))
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _foreign, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.getLogger("alembic").setLevel("WARNING")  # it tells what plugins it has
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def places(error: BaseException) -> list[str]:
    """Where `error` passed through, outermost first, as `module.py:line function`; no source text and no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames]


def _without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leaves out what lets somebody in, wherever it stands. We log none; a library may."""
    return {key: _HIDDEN if key.lower() == "authorization" else _hidden(value) for key, value in event.items()}


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRETS.sub(_HIDDEN, value)
    if isinstance(value, list | tuple):
        return [_hidden(one) for one in value]
    return {key: _hidden(one) for key, one in value.items()} if isinstance(value, dict) else value


def _of_worker(number: int) -> structlog.typing.Processor:
    def of_worker(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Says which worker writes the line."""
        event["worker"] = number
        return event

    return of_worker


def _without_texts_of_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Writes an exception as its type and places."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error_type"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["error_places"] = places(error)
    return event


def _foreign(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops the text of a library's line that reports an exception: it tends to quote the exception's own text."""
    record: logging.LogRecord = event["_record"]
    if record.exc_info:
        event["event"] = "an exception in a library"
        event["exc_info"] = record.exc_info
    return event
