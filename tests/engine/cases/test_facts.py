"""Facts: decoded, checked, settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.cases.facts import FactsDecoder
from engine.errors import FactsError
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration
from engine.feel.unknown import Unknown
from engine.rulesets.facts import Fact, FactGroup, FactList

AS_OF = date(2018, 10, 1)

NOTICE = FactGroup(
    "notices[]",
    {
        "area": Fact("notices[].area", "string"),
        "sent_on": Fact("notices[].sent_on", "event", none="not sent"),
        "by": FactGroup("notices[].by", {"name": Fact("notices[].by.name", "string")}),
        "copies": FactList("notices[].copies", Fact("notices[].copies[]", "string")),
    },
)
FACTS = FactGroup(
    "",
    {
        "student": FactGroup(
            "student",
            {
                "grade": Fact("student.grade", "string", choices=("TK", "K", "1"), ordered=True),
                "foster": Fact("student.foster", "boolean"),
                "left_on": Fact("student.left_on", "event"),
            },
        ),
        "mark": FactGroup(
            "mark",
            {
                "from": Fact("mark.from", "date", none="from the start"),
                "average": Fact("mark.average", "decimal", places=2, at_least=Decimal(0), at_most=Decimal(100)),
                "entries": Fact("mark.entries", "integer", at_least=Decimal(0)),
                "entered_at": Fact("mark.entered_at", "date-time"),
                "took": Fact("mark.took", "days-duration"),
                "term": Fact("mark.term", "months-duration"),
            },
        ),
        "notices": FactList("notices", NOTICE, unique_by=("area",), sorted_by="area"),
        "words": FactList("words", Fact("words[]", "string")),
    },
)
DECODER = FactsDecoder(FACTS)


def decode(facts: bytes | str | dict[str, Any], *, absent_is_none: bool = False) -> Any:
    return DECODER.decode(facts, AS_OF, absent_is_none=absent_is_none)


def missing(value: Any) -> list[str]:
    assert value.__class__ is Unknown
    return sorted(cause.path for cause in value.causes)


def refused(facts: bytes | str | dict[str, Any]) -> dict[str, str]:
    with pytest.raises(FactsError) as error:
        decode(facts)
    return {violation.path: violation.expected for violation in error.value.violations}


def test_every_kind_is_read() -> None:
    mark = decode(
        '{"mark": {"from": "2018-08-20", "average": 71.50, "entries": 3, "entered_at": "2018-09-01T08:30:00",'
        ' "took": "P1DT2H", "term": "P1Y6M"}}'
    ).mark
    assert (getattr(mark, "from"), mark.average, mark.entries) == (date(2018, 8, 20), Decimal("71.50"), 3)
    assert mark.entered_at == DateTime(date(2018, 9, 1), 30_600 * 10**9)
    assert (mark.took, mark.term) == (DaysDuration(26 * 3600 * 10**9), MonthsDuration(18))


def test_decimals_are_exact_from_numbers_and_from_strings() -> None:
    assert decode(b'{"mark": {"average": 0.1}}').mark.average + Decimal("0.2") == Decimal("0.3")
    assert decode(b'{"mark": {"average": "12.50"}}').mark.average == Decimal("12.5")


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert decode('{"mark": {"entries": 3.0}}').mark.entries == 3


def test_what_is_left_out_is_unknown_and_says_its_path() -> None:
    facts = decode("{}")
    assert missing(facts.student.foster) == ["student.foster"]
    assert missing(facts.notices) == ["notices"]
    assert missing(decode('{"notices": [{"area": "b"}, {}]}').notices) == ["notices[1].area"]


def test_paths_within_lists_keep_the_index_that_the_caller_gave() -> None:
    first, second = decode('{"notices": [{"area": "z"}, {"area": "a", "copies": ["x", null]}]}').notices
    assert (first.area, missing(first.sent_on), missing(first.by.name)) == (
        "a",
        ["notices[1].sent_on"],
        ["notices[1].by.name"],
    )
    assert first.copies[0] == "x"
    assert missing(first.copies[1]) == ["notices[1].copies[1]"]
    assert missing(second.copies) == ["notices[0].copies"]


def test_null_is_none_only_where_the_fact_says_what_it_means() -> None:
    facts = decode('{"mark": {"from": null, "entries": null}, "student": null, "notices": null}')
    assert getattr(facts.mark, "from") is None
    assert missing(facts.mark.entries) == ["mark.entries"]
    assert missing(facts.student.grade) == ["student.grade"]
    assert missing(facts.notices) == ["notices"]


def test_an_event_after_the_date_has_not_happened() -> None:
    assert decode('{"student": {"left_on": "2018-10-01"}}').student.left_on == AS_OF
    assert decode('{"student": {"left_on": "2018-10-02"}}').student.left_on is None


def test_a_null_event_without_a_meaning_for_none_counts_as_left_out() -> None:
    assert missing(decode('{"student": {"left_on": null}}').student.left_on) == ["student.left_on"]


def test_absent_is_none_reads_as_none_what_can_be_none() -> None:
    facts = decode('{"notices": [{"area": "a"}]}', absent_is_none=True)
    assert getattr(facts.mark, "from") is None
    assert facts.student.left_on is None
    assert facts.notices[0].sent_on is None
    assert missing(facts.student.foster) == ["student.foster"]
    assert missing(facts.notices[0].by.name) == ["notices[0].by.name"]


def test_one_case_leaves_nothing_behind_for_the_next() -> None:
    decode('{"student": {"foster": true}, "notices": [{"area": "a", "by": {"name": "x"}}]}', absent_is_none=True)
    facts = decode('{"notices": [{"area": "a"}]}')
    assert missing(facts.student.left_on) == ["student.left_on"]
    assert missing(facts.notices[0].by.name) == ["notices[0].by.name"]


def test_everything_wrong_is_told_at_once_by_path_and_type_without_a_value() -> None:
    facts = (
        '{"student": {"grade": "SECRET", "foster": "SECRET"}, "mark": {"from": "SECRET", "average": 100.001,'
        ' "entries": 1.5, "took": "P1Y"}, "notices": [{"area": 5}, "SECRET"], "words": {}, "colour": 1}'
    )
    found = refused(facts)
    assert found == {
        "student.grade": 'one of "TK", "K", "1"',
        "student.foster": "true or false",
        "mark.from": "a date as 2018-08-03, or null (from the start)",
        "mark.average": "a number with at most 2 decimals, at least 0, at most 100",
        "mark.entries": "a whole number, at least 0",
        "mark.took": "a duration as P3DT4H",
        "notices[0].area": "a string",
        "notices[1]": "an object",
        "words": "a list",
        "colour": "a declared fact",
    }
    with pytest.raises(FactsError) as error:
        decode(facts)
    assert "SECRET" not in f"{error.value}{error.value.violations}"


def test_a_misspelt_fact_is_told_the_declared_name_and_never_a_value() -> None:
    with pytest.raises(FactsError) as error:
        decode('{"mark": {"averge": "SECRET"}, "colour": "student"}')
    told = {violation.path: violation.message for violation in error.value.violations}
    assert told == {
        "mark.averge": "No fact of this name is declared here. Did you mean `average`?",
        "colour": "No fact of this name is declared here.",
    }


@pytest.mark.parametrize("average", ["NaN", "Infinity", "-1", "1e400", "ten"])
def test_decimals_are_finite_and_within_their_bounds(average: str) -> None:
    assert refused({"mark": {"average": average}}).keys() == {"mark.average"}


@pytest.mark.parametrize("number", [2**53, -1, 10**400, True])
def test_integers_are_within_their_bounds(number: int) -> None:
    assert refused({"mark": {"entries": number}}).keys() == {"mark.entries"}


@pytest.mark.parametrize("day", ["2018-2-3", "2018-02-30", "20180203", "2018-02-03T00:00:00", "0000-01-01", 20180203])
def test_dates_are_written_in_one_way(day: Any) -> None:
    assert refused({"mark": {"from": day}}).keys() == {"mark.from"}


def test_two_items_that_must_differ_and_do_not() -> None:
    assert refused('{"notices": [{"area": "a"}, {"area": "b"}, {"area": "a"}]}') == {
        "notices[2]": "area that no other item has"
    }


def test_a_list_has_an_end() -> None:
    assert refused({"words": ["x"] * 10_001}) == {"words": "at most 10000 items"}


@pytest.mark.parametrize(
    "facts", ["", "[]", "3", '"x"', "{", '{"student"', b"\xff{}", "[" * 100_000, '{"mark":' * 50_000, "nul"]
)
def test_what_is_no_json_object_is_refused(facts: bytes | str) -> None:
    assert refused(facts).keys() == {""}


def test_very_many_wrong_facts_are_not_all_told() -> None:
    assert len(refused({f"fact_{number}": 1 for number in range(1000)})) == 100


@pytest.mark.parametrize("number", ["1e99999999", "-1e99999999", "1e-99999999", "1e999999999999999999"])
@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_a_number_with_an_exponent_that_arithmetic_has_not(number: str, kind: Any) -> None:
    decoder = FactsDecoder(FactGroup("", {"x": Fact("x", kind, places=2 if kind == "decimal" else None)}))
    with pytest.raises(FactsError):
        decoder.decode(f'{{"x": {number}}}', AS_OF)


def test_a_number_with_more_digits_than_any_decimal_is_refused_and_long_ones_are_read() -> None:
    decoder = FactsDecoder(FactGroup("", {"x": Fact("x", "decimal", places=18)}))
    assert decoder.decode(b'{"x": 123456789012345678.123456789012345678}', AS_OF).x == Decimal(
        "123456789012345678.123456789012345678"
    )
    for number in (b"1E+99999999999999999999", b"0.1234567890123456789"):
        with pytest.raises(FactsError):
            decoder.decode(b'{"x": ' + number + b"}", AS_OF)
