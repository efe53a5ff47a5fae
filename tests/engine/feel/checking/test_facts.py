"""Which facts an expression reads."""

from __future__ import annotations

import pytest

from engine.feel.checker import dependencies, paths
from tests.engine.feel.marking import checked


@pytest.mark.parametrize(
    ("text", "names", "read"),
    [
        ("1 + 2", set(), set()),
        ("as_of", {"as_of"}, set()),
        ('mark.score = "1"', {"mark"}, {"mark.score"}),
        ("mark = mark", {"mark"}, {"mark"}),
        ("count(warning_notices)", {"warning_notices"}, {"warning_notices"}),
        ("warning_notices.area", {"warning_notices"}, {"warning_notices", "warning_notices[].area"}),
        (
            "some n in warning_notices satisfies n.area = mark.area and n.sent_on != null and n.sent_on <= as_of",
            {"warning_notices", "mark", "as_of"},
            {"warning_notices", "warning_notices[].area", "warning_notices[].sent_on", "mark.area"},
        ),
        (
            "warning_notices[confirmed and item.area = mark.area].reasons",
            {"warning_notices", "mark"},
            {
                "warning_notices",
                "warning_notices[].confirmed",
                "warning_notices[].area",
                "warning_notices[].reasons",
                "mark.area",
            },
        ),
        (
            "last_notice != null and last_notice.confirmed",
            {"last_notice"},
            {"warning_notices", "warning_notices[].confirmed"},
        ),
        ("{mark: 1}.mark", set(), set()),
        ("for mark_of in [1, 2] return mark_of + minimum", {"minimum"}, set()),
    ],
)
def test_reads(text: str, names: set[str], read: set[str]) -> None:
    found = checked(text)
    assert dependencies(found) == names
    assert paths(found) == read


def test_outside_rulesets_a_name_that_may_be_an_entry_counts_as_read() -> None:
    found = checked(
        'get value({a: 1}, "a")[b > minimum]', {"b": checked("1").type, "minimum": checked("1").type}, strict=False
    )
    assert dependencies(found) == {"b", "minimum"}
