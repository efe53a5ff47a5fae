"""The lifecycle of versions in the database: each step once, by who may take it, in one order; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from server.errors import RefusalError
from server.store import Database
from server.store.lifecycle_rows import StoredVersion, VersionKey
from server.store.version_tables import publications
from server.store.versions import VersionStore

KEY = VersionKey("ruleset", "oak/marks", "a" * 64)
OTHER = VersionKey("ruleset", "oak/marks", "b" * 64)
OAK = VersionKey("calendar", "oak", "c" * 64)
DAYS: dict[str, Any] = {"first": date(2026, 8, 1), "last": None}


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as database:
        yield database


@pytest.fixture
def store(database: Database) -> VersionStore:
    return VersionStore(database)


def draft(store: VersionStore, key: VersionKey = KEY, scenarios: str = "", actor: str = "ana") -> StoredVersion:
    return store.create(key, title="Marks", text="ruleset", scenarios=scenarios, actor=actor, comment="new")


def approved(store: VersionStore, key: VersionKey = KEY) -> None:
    draft(store, key)
    store.submit(key, "ana", "")
    store.approve(key, "ben", "")


def number(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(publications.c.number)).scalar_one())


def refused(step: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(RefusalError) as caught:
        step()
    return caught.value.reason, caught.value.metadata.get("state", "")


def actions(store: VersionStore, key: VersionKey = KEY) -> list[tuple[str, str]]:
    return [(event.action, event.actor) for event in store.events([key])[key]]


def test_a_version_from_draft_to_retired(store: VersionStore, database: Database) -> None:
    made = draft(store)
    assert (made.state, made.title, made.created_by, made.publication) == ("draft", "Marks", "ana", None)
    assert store.submit(KEY, "ana", "please").state == "submitted"
    assert store.approve(KEY, "ben", "good").state == "approved"
    published = store.publish(KEY, "ben", "", **DAYS, number=0)
    assert published is not None
    assert (published.state, published.first, published.last, published.publication) == (
        "published", date(2026, 8, 1), None, 1,
    )  # fmt: skip
    retired = store.retire(KEY, "eve", "wrong", number=1)
    assert retired is not None
    assert (retired.state, retired.publication, number(database)) == ("retired", 1, 2)
    _, events = store.get(KEY)
    assert [(event.action, event.actor, event.comment) for event in events] == [
        ("created", "ana", "new"),
        ("submitted", "ana", "please"),
        ("approved", "ben", "good"),
        ("published", "ben", ""),
        ("retired", "eve", "wrong"),
    ]
    assert [event.at for event in events] == sorted({event.at for event in events}), "each after the one before"


def test_no_step_begins_elsewhere(store: VersionStore) -> None:
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: store.submit(KEY, "cy", ""),
        "return": lambda: store.give_back(KEY, "cy", ""),
        "approve": lambda: store.approve(KEY, "cy", ""),
        "publish": lambda: store.publish(KEY, "cy", "", **DAYS, number=0),
        "retire": lambda: store.retire(KEY, "cy", "", number=1),
        "discard": lambda: store.discard(KEY, "cy", ""),
    }
    assert {refused(step) for step in steps.values()} == {("UNKNOWN_VERSION", "")}
    ways: list[tuple[Callable[[], object], set[str]]] = [
        (lambda: draft(store), {"submit", "discard"}),
        (lambda: store.submit(KEY, "ana", ""), {"return", "approve"}),
        (lambda: store.approve(KEY, "ben", ""), {"return", "publish"}),
        (lambda: store.publish(KEY, "ben", "", **DAYS, number=0), {"retire"}),
        (lambda: store.retire(KEY, "ben", "", number=1), set()),
    ]
    for way, open_ in ways:
        state = way().state  # type: ignore[attr-defined]  # every way gives a version
        for name, step in steps.items():
            if name not in open_:
                assert refused(step) == ("WRONG_STATE", state), name


def test_a_step_that_the_same_caller_took_last_is_answered_as_done(store: VersionStore, database: Database) -> None:
    for _ in range(2):
        assert draft(store).state == "draft"
    for _ in range(2):
        assert store.submit(KEY, "ana", "").state == "submitted"
    assert refused(lambda: store.submit(KEY, "ben", "")) == ("WRONG_STATE", "submitted")
    for _ in range(2):
        assert store.give_back(KEY, "ben", "").state == "draft"
    store.submit(KEY, "ana", "")
    for _ in range(2):
        assert store.approve(KEY, "ben", "").state == "approved"
    for _ in range(2):
        published = store.publish(KEY, "ben", "", **DAYS, number=0)
        assert published is not None
        assert published.publication == 1
    for _ in range(2):
        assert store.retire(KEY, "ben", "", number=1) is not None
    assert [action for action, _ in actions(store)] == [
        "created", "submitted", "returned", "submitted", "approved", "published", "retired",
    ]  # fmt: skip
    assert number(database) == 2
    draft(store, OTHER)
    for _ in range(2):
        store.discard(OTHER, "ana", "")
    assert refused(lambda: store.discard(OTHER, "ben", "")) == ("UNKNOWN_VERSION", "")
    assert actions(store, OTHER) == [("created", "ana"), ("discarded", "ana")]


def test_who_submitted_it_once_never_approves_it(store: VersionStore) -> None:
    draft(store)
    store.submit(KEY, "ana", "")
    assert refused(lambda: store.approve(KEY, "ana", "")) == ("FORBIDDEN", "")
    assert store.get(KEY)[0].state == "submitted", "nothing was done"
    store.give_back(KEY, "ana", "")
    store.submit(KEY, "ben", "")
    assert refused(lambda: store.approve(KEY, "ana", "")) == ("FORBIDDEN", ""), "ana submitted it before"
    store.give_back(KEY, "ben", "")
    store.discard(KEY, "ana", "")
    draft(store, actor="cy")
    store.submit(KEY, "cy", "")
    for name in ("ana", "ben", "cy"):
        assert refused(lambda name=name: store.approve(KEY, name, "")) == ("FORBIDDEN", "")  # type: ignore[misc]
    assert store.approve(KEY, "dee", "").approved_by == "dee"


def test_scenarios_change_only_while_it_is_a_draft(store: VersionStore) -> None:
    draft(store, scenarios="one")
    assert draft(store, scenarios="two", actor="ben").scenarios == "two"
    store.submit(KEY, "ana", "")
    assert draft(store, scenarios="three").scenarios == "two"
    assert store.create(KEY, title="X", text="other", scenarios="", actor="ana", comment="").text == "ruleset"
    assert actions(store) == [("created", "ana"), ("changed", "ben"), ("submitted", "ana")]


def test_what_was_looked_at_is_still_so_when_it_is_published(store: VersionStore, database: Database) -> None:
    approved(store)
    approved(store, OTHER)
    assert store.publish(KEY, "ben", "", **DAYS, number=0) is not None
    assert store.publish(OTHER, "ben", "", **DAYS, number=0) is None
    assert store.get(OTHER)[0].state == "approved"
    assert store.retire(KEY, "ben", "", number=0) is None
    assert (store.get(KEY)[0].state, number(database)) == ("published", 1)
    assert actions(store, OTHER)[-1] == ("approved", "ben")


def test_lists_by_name_the_newest_first(store: VersionStore) -> None:
    made = [draft(store, key) for key in (KEY, OTHER, OAK)]
    names = store.names()
    assert names == (("calendar", "oak"), ("ruleset", "oak/marks"))
    found = store.page(names, (), 10)
    order = sorted(made[:2], key=lambda one: (-one.created_at, one.version))
    assert [one.key for one in found] == [OAK, *(one.key for one in order)]
    assert {one.text for one in found} == {""}
    paged: list[VersionKey] = []
    after = None
    while part := store.page(names, ("draft",), 1, after):
        (one,) = part
        paged.append(one.key)
        after = (one.kind, one.name, one.created_at, one.version)
    assert paged == [one.key for one in found]
    assert store.page(names, ("retired",), 10) == store.page((), (), 10) == []
    assert store.page(names[:1], (), 10)[0].key == OAK


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What steps that are taken at the same time give: a version, None, or the reason of a refusal."""
    barrier = Barrier(len(steps))

    def take(step: Callable[[], object]) -> object:
        barrier.wait(10)
        try:
            return step()
        except RefusalError as error:
            return error.reason

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(take, steps))


@pytest.mark.parametrize("round_", range(5))
def test_of_two_who_approve_at_once_one_wins(store: VersionStore, round_: int) -> None:
    draft(store)
    store.submit(KEY, "ana", "")
    names = [f"{name}-{round_}" for name in ("ben", "cy", "dee", "eve")]
    done = at_once(*(lambda name=name: store.approve(KEY, name, "") for name in names))
    (winner,) = [one for one in done if isinstance(one, StoredVersion)]
    assert [one for one in done if one is not winner] == ["WRONG_STATE"] * 3
    assert actions(store)[-1] == ("approved", winner.approved_by)
    assert len(actions(store)) == 3


def test_of_those_who_publish_at_once_one_is_next(store: VersionStore, database: Database) -> None:
    keys = [VersionKey("ruleset", "oak/marks", f"{digit:064d}") for digit in range(4)]
    for key in keys:
        approved(store, key)
    done = at_once(*(lambda key=key: store.publish(key, "ben", "", **DAYS, number=0) for key in keys))
    assert sum(isinstance(one, StoredVersion) for one in done) == 1
    assert done.count(None) == 3
    assert number(database) == 1
