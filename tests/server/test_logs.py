"""Log lines say what happened, never what an exception's text says."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from server.logs import configure_logs

SENTINEL = "Quillfeather"


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


def test_json_lines(lines: io.StringIO) -> None:
    configure_logs("json", "info", lines)
    structlog.stdlib.get_logger("server").info("serving", port=7)
    line = json.loads(lines.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "serving", "level": "info", "port": 7}


def test_text_lines_and_level(lines: io.StringIO) -> None:
    configure_logs("text", "warning", lines)
    log = structlog.stdlib.get_logger("server")
    log.info("not written")
    log.warning("careful", port=7)
    assert "careful" in lines.getvalue()
    assert "not written" not in lines.getvalue()


@pytest.mark.parametrize("form", ["json", "text"])
def test_exceptions_are_written_by_type_and_place(lines: io.StringIO, form: str) -> None:
    configure_logs(form, "info", lines)  # type: ignore[arg-type]  # a parameter of the test
    try:
        int(SENTINEL)
    except ValueError as error:
        structlog.stdlib.get_logger("server").error("fault", exc_info=error)
        structlog.stdlib.get_logger("server").exception("fault")
        logging.getLogger("grpc._server").exception(f"Exception calling application: {error}")  # noqa: G004, TRY401 - as gRPC logs it
    assert lines.getvalue().count("ValueError") == 3
    assert lines.getvalue().count("test_logs.py") == 3
    assert SENTINEL not in lines.getvalue()
