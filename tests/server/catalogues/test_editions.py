"""Published versions are made ready once, beside what is in force with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, cast

import pytest

from engine.inference import Inference
from engine.loading import LoadedRuleset
from rollbook.v1.decision_pb2 import RULESET_SOURCE_DATABASE
from server.catalogues.editions import Editions, Network
from server.catalogues.served import Edition, Served
from server.store.published import PublishedVersion
from tests.server.published import REPORT, calendar, marks
from tests.server.store.publishing import version_of

MAY = date(2019, 5, 1)


def version(text: str, number: int, id_: str = "demo/marks", kind: Any = "ruleset", **days: date) -> PublishedVersion:
    first, last = days.get("first"), days.get("last")
    return PublishedVersion(kind, id_, version_of(kind, text), text, "", first, last, number)


class Counting(Inference):
    """Counts the networks that are built."""

    def __init__(self) -> None:
        super().__init__()
        self.built = 0

    def fill(self, rules: Any) -> Any:
        self.built += 1
        return super().fill(rules)


def made(one: PublishedVersion, loaded: LoadedRuleset) -> Served:
    first, last = one.first or date.min, one.last or date.max
    return Served(loaded, RULESET_SOURCE_DATABASE, first, last, {}, (), cast("Any", None))


def editions(
    *published: PublishedVersion, rehearse: Callable[[Sequence[Network]], None] = lambda _: None
) -> tuple[tuple[Edition, ...], Counting]:
    inference = Counting()
    found, _ = Editions(inference, made, rehearse).of(published)
    return found, inference


def minimum(edition: Edition, id_: str = "demo/marks") -> str:
    return edition.library.rulesets[id_].text.partition("2018-08-03: ")[2].partition("}")[0]


def test_versions_share_what_does_not_differ() -> None:
    """Three editions of one ruleset beside a calendar that changes twice: one network."""
    days = [calendar("14"), calendar("15"), calendar("16")]
    calendars = [version(text, n, "oak", "calendar", first=date(2019, n, 1)) for n, text in enumerate(days, 2)]
    found, inference = editions(version(marks(15), 1), *calendars)
    assert len(found) == 4
    assert inference.built == 1
    assert len({id(edition.served["demo/marks"]) for edition in found}) == 1
    assert [len(edition.library.calendars.loaded) for edition in found] == [0, 1, 1, 1]


def test_a_version_that_no_day_uses_has_no_network() -> None:
    found, inference = editions(version(marks(15), 1, first=MAY), version(marks(2), 2))
    assert [minimum(edition) for edition in found] == ["2"]
    assert inference.built == 1


def test_a_ruleset_builds_on_what_is_in_force_the_same_day() -> None:
    found, _ = editions(version(REPORT, 1, "demo/report"), version(marks(15), 2), version(marks(2), 3, first=MAY))
    report = [edition.library.rulesets["demo/report"] for edition in found]
    assert [one.built_on["demo/marks"] for one in report] == [marks(15), marks(2)]
    assert report[0].checked.version == report[1].checked.version


def test_what_lacks_its_neighbour_decides_not_and_nothing_else_does_in_its_place() -> None:
    older = version(marks(9, "demo/report"), 1, "demo/report")
    found, _ = editions(older, version(REPORT, 2, "demo/report"), version(marks(15), 3, first=MAY))
    assert [sorted(edition.served) for edition in found] == [[], ["demo/marks", "demo/report"]]
    assert "no version of it is in force on the same days" in str(found[0].library.broken["demo/report"])


@pytest.mark.parametrize("text", ["[", marks(15, "demo/other")])
def test_a_version_that_cannot_be_used_is_broken_on_its_days(text: str) -> None:
    found, _ = editions(version(marks(15), 1), version(text, 2, first=MAY))
    assert [sorted(edition.library.broken) for edition in found] == [[], ["demo/marks"]]
    assert [sorted(edition.served) for edition in found] == [["demo/marks"], []]


def test_a_document_of_another_version_is_broken() -> None:
    other = PublishedVersion("ruleset", "demo/marks", "0" * 64, marks(15), "", None, None, 1)
    (edition,), _ = editions(other)
    assert [problem.code for problem in edition.library.broken["demo/marks"]] == ["version-differs"]


def test_one_that_brings_a_child_process_down_stands_in_no_other_s_way() -> None:
    def rehearse(networks: Sequence[Network]) -> None:
        if any("crash" in network for network in networks):
            raise RuntimeError

    crashing = marks(15, "demo/crash").replace("  foster:", "  crash:")
    inference = Counting()
    makes = Editions(inference, made, rehearse)
    published = (version(marks(2), 1), version(crashing, 2, "demo/crash"))
    for _ in range(2):
        (edition,), complete = makes.of(published)
        assert not complete
        assert [problem.code for problem in edition.library.broken["demo/crash"]] == ["not-ready"]
        assert list(edition.served) == ["demo/marks"]
    assert inference.built == 1


def test_what_comes_back_keeps_its_network() -> None:
    inference = Counting()
    makes = Editions(inference, made, lambda _: None)
    first, second = version(marks(15), 1), version(marks(2), 2)
    for published in ((first,), (first, second), (first,), (first, second)):
        makes.of(published)
    assert inference.built == 2
