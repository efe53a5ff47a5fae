"""Retention, legal holds and erasing, on both databases: what goes, what stays, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.ids import first_id_at
from server.store import Database, DecisionLog, Filter, Scope
from server.store.entries import RequestKey
from server.store.upkeep import HeldError, Keeper
from tests.server.store.entries import entry, row

DAY = 24 * 60 * 60 * 1000
NOW = 1_700_000_000_000


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as database:
        yield database


@pytest.fixture
def keeper(database: Database) -> Keeper:
    return Keeper(database, "default", "clerk")


def id_of(days_ago: float, number: int = 1) -> str:
    return first_id_at(int(NOW - days_ago * DAY))[:-4] + f"{number:04}"


def left(log: DecisionLog, *tenants: str) -> list[str]:
    return sorted(one.id for one in log.page(Scope(tenants or ("default",)), Filter(), 5000))


def test_decisions_go_when_their_time_is_over(log: DecisionLog, keeper: Keeper) -> None:
    old, young, other = row(id=id_of(31)), row(id=id_of(29)), row(id=id_of(31, 2), ruleset="demo/other")
    elsewhere = row(id=id_of(31, 3), tenant="oak")
    log.record(entry(old, young, other, request_id="r-1"))
    log.record(entry(elsewhere, request_id="r-1"))
    assert keeper.apply_retention(NOW) == {}, "without a rule decisions are kept for ever"
    keeper.set_retention("demo/marks", 400)
    keeper.set_retention("demo/marks", 30)
    assert keeper.retentions() == {"demo/marks": 30}
    assert keeper.apply_retention(NOW) == {"demo/marks": 1}
    assert left(log, "default", "oak") == sorted([young.id, other.id, elsewhere.id])
    assert log.stored_request(RequestKey("default", "anonymous", "r-1")) is None
    assert log.stored_request(RequestKey("oak", "anonymous", "r-1")) is not None
    keeper.set_retention("demo/marks", None)
    assert keeper.retentions() == {}
    assert [(act.actor, act.action) for act in keeper.acts()][-1] == ("clerk", "set-retention")
    applied = next(act for act in keeper.acts() if act.action == "apply-retention")
    assert applied.details == {"ruleset": "demo/marks", "days": 30, "deleted": 1}


def test_many_go_some_at_a_time(log: DecisionLog, keeper: Keeper) -> None:
    log.record(entry(*(row(id=id_of(31, number)) for number in range(1203))))
    keeper.set_retention("demo/marks", 30)
    assert keeper.apply_retention(NOW) == {"demo/marks": 1203}
    assert left(log) == []


@pytest.mark.parametrize("held", [("s-1", ""), ("", "demo/marks"), ("s-1", "demo/marks"), ("", "")])
def test_what_is_held_stays_until_it_is_released(log: DecisionLog, keeper: Keeper, held: tuple[str, str]) -> None:
    log.record(entry(row(id=id_of(31)), request_id="r-1"))
    hold = keeper.place_hold(subject=held[0], ruleset=held[1], reason="Case 12-345")
    keeper.set_retention("demo/marks", 30)
    assert keeper.apply_retention(NOW) == {"demo/marks": 0}
    with pytest.raises(HeldError, match=hold):
        keeper.erase("s-1")
    assert len(left(log)) == 1
    assert [(one.id, one.subject, one.ruleset, one.reason) for one in keeper.holds()] == [(hold, *held, "Case 12-345")]
    assert keeper.release_hold(hold)
    assert not keeper.release_hold(hold)
    assert keeper.holds() == []
    assert keeper.erase("s-1") == 1


def test_a_hold_is_for_what_it_names_and_for_its_district(log: DecisionLog, database: Database, keeper: Keeper) -> None:
    log.record(entry(row(id=id_of(31), subject="s-2")))
    keeper.place_hold(subject="s-1", ruleset="", reason="another student")
    keeper.place_hold(subject="", ruleset="demo/other", reason="another ruleset")
    Keeper(database, "oak", "clerk").place_hold(subject="", ruleset="", reason="another district")
    assert keeper.erase("s-2") == 1


def test_a_subject_is_erased_and_nothing_tells_of_it(
    log: DecisionLog, keeper: Keeper, database: Database, tmp_path: Path
) -> None:
    secret = "Quillfeather"
    gone = [row(subject=secret, facts=f'{{"of":"{secret}{number}"}}') for number in range(3)]
    kept = [row(subject="s-2"), row(subject="")]
    log.record(entry(*gone, request_id="r-1"))
    log.record(entry(kept[0], kept[1]))
    keeper.release_hold(keeper.place_hold(subject=secret, ruleset="", reason="over"))
    assert keeper.erase(secret) == 3
    assert left(log) == sorted(one.id for one in kept)
    assert log.stored_request(RequestKey("default", "anonymous", "r-1")) is None
    act = keeper.acts()[0]
    assert (act.action, act.details["deleted"], sorted(act.details["decisions"])) == (
        "erase-subject",
        3,
        sorted(one.id for one in gone),
    )
    assert secret not in str(keeper.acts())
    if database.is_sqlite:
        log.close()
        assert not [file for file in tmp_path.iterdir() if secret.encode() in file.read_bytes()]
    assert keeper.erase(secret) == 0
