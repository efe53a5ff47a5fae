"""Entries of the log as tests need them."""

from __future__ import annotations

from typing import Any

from server.ids import milliseconds_of, new_decision_id
from server.store import Document, Entry, Row
from server.store.entries import RequestKey

__all__ = ["RULESET", "entry", "row"]

RULESET = Document("ruleset", "demo/marks", "a" * 64, "ruleset: demo/marks\n")


def row(**more: Any) -> Row:
    """A decision about nothing in particular."""
    id_ = str(more.pop("id", new_decision_id()))
    usual = Row(
        id=id_,
        tenant="default",
        caller="anonymous",
        request_id=None,
        subject="s-1",
        school="",
        ruleset="demo/marks",
        version="a" * 64,
        builds_on="{}",
        calendars='{"westlake":"b"}',
        engine="0.1.0",
        as_of="2018-09-14",
        rules_as_of="2018-09-14",
        absent_is_none=False,
        facts='{"name":"Zoë \\u0000"}',
        outcome="assign",
        rules='["too-few-days"]',
        decision=b"\x00decision\xff",
        decided_at=milliseconds_of(id_),
    )
    return usual._replace(**more)


def entry(*rows: Row, request_id: str | None = None, body: bytes = b"body", **more: Any) -> Entry:
    """An entry with these rows."""
    key = None if request_id is None else RequestKey(rows[0].tenant, rows[0].caller, request_id)
    return Entry(key, body, b"reply", tuple(one._replace(request_id=request_id) for one in rows), **more)
