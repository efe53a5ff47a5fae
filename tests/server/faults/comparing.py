"""What callers received, compared with what is in the log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

import rollbook
from server.ids import milliseconds_of
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter, Scope
from server.store.entries import LoggedRow
from tests.server.supervisor.load import FACTS

__all__ = ["ANSWERS", "TIMES", "asked_again", "compare", "logged"]

TIMES = int(os.environ.get("ROLLBOOK_TEST_KILLS", "20"))
"""How often each fault happens; say more for a longer test."""

ANSWERS = 130
"""Decisions that are received between two faults, at least."""


def logged(url: str) -> list[LoggedRow]:
    """All that is in the log, by id, read by a connection of its own."""
    log = DecisionLog(Database(url), Metrics(), seconds=10)
    found: list[LoggedRow] = []
    after = ""
    while page := log.page(Scope(("default",)), Filter(), 500, after, newest_first=False):
        after = page[-1].id
        found += [row for row in page if isinstance(row, LoggedRow)]
    log.close()
    return found


def compare(received: Sequence[rollbook.Decision], url: str, *, answers: int = ANSWERS * TIMES) -> list[LoggedRow]:
    """Passes where every decision that was received is in the log, once and as it was received; gives the log."""
    rows = logged(url)
    by_id = {row.id: row for row in rows}
    ids = [decision.decision_id for decision in received]
    assert len(set(ids)) == len(ids) >= answers
    assert set(ids) <= by_id.keys(), "nothing is answered that is not in the log"
    requests = [row.request_id for row in rows]
    assert len(set(requests)) == len(requests), "no question is in the log twice"
    assert all(row.decided_at == milliseconds_of(row.id) for row in rows)
    assert all(by_id[decision.decision_id].outcome == decision.outcome for decision in received)
    return rows


def asked_again(target: str, received: Sequence[rollbook.Decision], rows: Sequence[LoggedRow], count: int = 40) -> None:
    """Passes where a question that is sent again under its id gets what was decided then, and the log grows by none."""
    by_id = {row.id: row for row in rows}
    step = max(len(received) // count, 1)
    with rollbook.Client(target) as client:
        for decision in received[::step]:
            row = by_id[decision.decision_id]
            case = rollbook.Case(FACTS, subject=row.subject)
            again = client.decide(
                row.ruleset,
                case,
                as_of=date(2018, 9, 14),
                mode=rollbook.Mode.RECORD,
                request_id=row.request_id,
            )
            assert again == decision
