"""What is published is read as it stands, with the number by which a change is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from server.store import Database
from server.store.published import Published, PublishedVersion
from tests.server.running import MARKS
from tests.server.store.publishing import publish, retire

OAK = """
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-09-30}
days: {2018-09-14: instructional-day}
"""


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with Database(url) as database:
        yield database


def test_an_empty_database_has_published_nothing(database: Database) -> None:
    assert Published(database).number() == 0
    assert Published(database).published() == ()


def test_what_is_published_with_its_days(database: Database) -> None:
    published = Published(database)
    oak = publish(database, "calendar", "oak", OAK)
    first, last = date(2018, 8, 3), date(2019, 6, 30)
    marks = publish(database, "ruleset", "demo/marks", MARKS, scenarios="ruleset: demo/marks\n", first=first, last=last)
    publish(database, "ruleset", "demo/draft", MARKS, state="draft")
    assert published.number() == 2
    assert published.published() == (
        PublishedVersion("calendar", "oak", oak, OAK, "", None, None, 1),
        PublishedVersion("ruleset", "demo/marks", marks, MARKS, "ruleset: demo/marks\n", first, last, 2),
    )


def test_a_retired_version_is_published_no_more(database: Database) -> None:
    published = Published(database)
    marks = publish(database, "ruleset", "demo/marks", MARKS)
    publish(database, "calendar", "oak", OAK)
    retire(database, "ruleset", "demo/marks", marks)
    assert published.number() == 3
    assert [one.name for one in published.published()] == ["oak"]
    assert published.rulesets() == {"demo/marks"}
