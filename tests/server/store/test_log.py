"""What a log promises, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from server.errors import RefusalError
from server.ids import first_id_at, milliseconds_of, new_decision_id
from server.metrics import Metrics
from server.store import Database, DecisionLog, Filter, LoggedRow, Row, Scope
from server.store.entries import RequestKey, StoredRequest
from tests.server.store.entries import RULESET, entry, row

SCOPE = Scope(("default",))


def newest_first(*rows: Row) -> list[str]:
    return sorted((row.id for row in rows), reverse=True)


def test_a_decision_is_found_again_as_it_was(log: DecisionLog) -> None:
    written = row(subject="s 'x' %s ?", request_id=None)
    assert log.record(entry(written, request_id="r-1", documents=(RULESET,)))
    assert log.get(SCOPE, written.id) == LoggedRow(
        id=written.id,
        tenant="default",
        caller="anonymous",
        request_id="r-1",
        subject="s 'x' %s ?",
        school="",
        ruleset="demo/marks",
        version="a" * 64,
        builds_on={},
        calendars={"westlake": "b"},
        engine="0.1.0",
        as_of=date(2018, 9, 14),
        rules_as_of=date(2018, 9, 14),
        absent_is_none=False,
        facts=written.facts,
        outcome="assign",
        decision=written.decision,
        decided_at=written.decided_at,
    )
    assert log.document("ruleset", "demo/marks", "a" * 64) == RULESET.text
    assert log.document("ruleset", "demo/marks", "b" * 64) is None
    assert log.get(SCOPE, new_decision_id()) is None
    assert log.get(Scope(("another",)), written.id) is None, "it is another district's"


def test_an_entry_is_there_when_another_process_looks(log: DecisionLog, url: str) -> None:
    written = [row() for _ in range(3)]
    log.record(entry(*written))
    other = DecisionLog(Database(url), Metrics(), seconds=10)
    assert [found.id for found in other.page(SCOPE, Filter(), 10)] == sorted((one.id for one in written), reverse=True)
    other.close()


def test_a_request_is_logged_once(log: DecisionLog) -> None:
    first, again, others = row(), row(), row(caller="another")
    assert log.record(entry(first, request_id="r-1"))
    assert not log.record(entry(again, request_id="r-1", body=b"another"))
    assert log.record(entry(others, request_id="r-1")), "ids are a caller's own"
    assert log.record(entry(row())), "without an id every call is new"
    assert log.stored_request(RequestKey("default", "anonymous", "r-1")) == StoredRequest(b"body", b"reply")
    assert log.stored_request(RequestKey("default", "anonymous", "r-2")) is None
    assert log.get(SCOPE, again.id) is None
    assert log.decisions([first.id, again.id]) == {first.id: first.decision}


def test_a_request_is_logged_once_across_servers_and_threads(log: DecisionLog, url: str) -> None:
    other = DecisionLog(Database(url), Metrics(), seconds=10, in_flight=lambda: 8)
    ids = [f"r-{number % 10}" for number in range(100)]
    with ThreadPoolExecutor(16) as threads:
        fresh = list(
            threads.map(
                lambda one: (other if one[0] % 2 else log).record(entry(row(), row(), request_id=one[1])),
                enumerate(ids),
            )
        )
    assert sum(fresh) == 10
    found = log.page(SCOPE, Filter(), 1000)
    assert sorted(one.request_id for one in found if isinstance(one, LoggedRow)) == sorted([*set(ids), *set(ids)])
    other.close()


def test_documents_are_stored_once_and_known_after(log: DecisionLog) -> None:
    assert log.unstored((RULESET,)) == (RULESET,)
    log.record(entry(row(), documents=(RULESET,)))
    assert log.unstored((RULESET,)) == ()
    log.record(entry(row(), documents=(RULESET,)))


def test_pages_follow_each_other_by_time(log: DecisionLog) -> None:
    ids = [first_id_at(1_600_000_000_000 + number // 2)[:-2] + f"{number:02}" for number in range(9)]
    log.record(entry(*(row(id=id_) for id_ in reversed(ids))))
    newest, after = [], ""
    while found := log.page(SCOPE, Filter(), 4, after):
        newest += [one.id for one in found]
        after = newest[-1]
    assert newest == ids[::-1]
    assert [one.id for one in log.page(SCOPE, Filter(), 4, ids[2], newest_first=False)] == ids[3:7]
    some = Filter(first=milliseconds_of(ids[2]), before=milliseconds_of(ids[6]))
    assert [one.id for one in log.page(SCOPE, some, 10)] == ids[2:6][::-1]


@pytest.mark.parametrize(
    "one",
    [{"subject": "s-2"}, {"ruleset": "demo/other"}, {"outcome": "withhold"}, {"caller": "sis"}, {"tenant": "oak"}],
)
def test_lists_have_what_is_asked_for(log: DecisionLog, one: dict[str, Any]) -> None:
    wanted, others = row(**one), row()
    log.record(entry(wanted, others))
    scope = Scope(("oak",)) if "tenant" in one else SCOPE
    found = log.page(scope, Filter(**{name: value for name, value in one.items() if name != "tenant"}), 10)
    assert [each.id for each in found] == [wanted.id]
    assert [each.id for each in log.page(Scope(("default", "oak")), Filter(), 10)] == sorted(
        (others.id, wanted.id), reverse=True
    )


def test_an_entry_that_cannot_be_written_does_not_fail_its_neighbours(log: DecisionLog) -> None:
    twice = row()
    log.record(entry(twice))
    both = [entry(twice), entry(row())]
    log._commits._in_flight = lambda: 2

    def tried(one: Any) -> object:
        try:
            return log.record(one)
        except RefusalError as error:
            return error.reason

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(tried, both)) == ["LOG_UNAVAILABLE", True]
    assert log.get(SCOPE, both[1].rows[0].id) is not None


def test_who_waits_for_too_long_is_told(url: str) -> None:
    log = DecisionLog(Database(url), Metrics(), seconds=0.1)
    with Database(url) as database, database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM versions")  # holds SQLite's lock
        if not database.is_sqlite:
            connection.exec_driver_sql("LOCK TABLE decisions")
        for _ in range(2):
            with pytest.raises(RefusalError) as caught:
                log.record(entry(row()))
            assert caught.value.reason == "LOG_UNAVAILABLE"
    assert log.record(entry(row())), "it recovers by itself"
    log.close()
