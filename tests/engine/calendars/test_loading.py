from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar, Days
from engine.calendars.documents import CalendarDocument, Coverage
from engine.calendars.loading import calendar_of, calendar_schema, check_calendar, load_calendar
from engine.calendars.writing import as_yaml
from engine.errors import RulesetError
from tests.engine.rulesets.marking import Found, expected_of

GOOD = """\
calendar: oak
title: Oak schools, autumn 2018
authority: {document: Board minutes, issued: 2018-03-01}
coverage: {from: 2018-08-01, through: 2018-09-09}
instructional: [instructional-day, early-dismissal]
days:
  2018-09-03: holiday       # Labor Day
  2018-08-31: early-dismissal
  2018-08-30: instructional-day
  2018-09-04: instructional-day
business_days: [2018-08-31, 2018-08-30, 2018-09-04]
"""


def loaded(text: str) -> Calendar:
    calendar, problems = check_calendar(text, "oak.yaml")
    assert calendar is not None, problems
    return calendar


def test_a_calendar_says_its_days_in_order() -> None:
    oak = loaded(GOOD)
    assert (oak.name, oak.first, oak.last) == ("oak", date(2018, 8, 1), date(2018, 9, 9))
    assert oak.school_days == (date(2018, 8, 30), date(2018, 8, 31), date(2018, 9, 4))
    assert oak.business_days == (date(2018, 8, 30), date(2018, 8, 31), date(2018, 9, 4))
    assert oak.events[date(2018, 9, 3)] == "holiday"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("  2018-09-03: holiday       # Labor Day\n", "  '2018-09-03': holiday\n", True),
        ("[2018-08-31, 2018-08-30, 2018-09-04]", "[2018-08-30, 2018-08-31, 2018-09-04]", True),
        ("[instructional-day, early-dismissal]", "[early-dismissal, instructional-day]", True),
        ("holiday ", "teacher-day ", False),
        ("through: 2018-09-09", "through: 2018-09-10", False),
        ("business_days: [2018-08-31, ", "business_days: [", False),
        ("autumn", "fall", False),
    ],
)
def test_the_version_is_of_what_the_calendar_says(old: str, new: str, same: bool) -> None:
    assert old in GOOD
    assert (loaded(GOOD.replace(old, new)).version == loaded(GOOD).version) is same


def test_school_days_that_are_instructional_days_need_not_be_said() -> None:
    short = "calendar: oak\ntitle: Oak\ncoverage: {from: 2018-08-01, through: 2018-08-31}\n"
    short += "days: {2018-08-30: instructional-day}\n"
    full = short + "instructional: [instructional-day]\n"
    assert loaded(short) == loaded(full)
    assert loaded(short).business_days == ()


PROBLEMS = {
    "names": """
        calendar: «bad-name»Oak Schools
        «unknown-key»colour: red
        title: Oak
        coverage: {from: 2018-08-01, through: 2018-08-31}
        days: {2018-08-30: «bad-name»Instructional day}
    """,
    "missing": "«missing-key»«missing-key»«missing-key»calendar: oak\n",
    "dates": """
        calendar: oak
        title: Oak
        coverage: {from: 2018-08-01, through: 2018-08-31}
        days:
          2018-08-30: instructional-day
          «bad-date»2018-08-32: instructional-day
          «bad-date»Friday: instructional-day
          «duplicate-key»2018-08-30: holiday
          «outside-coverage»2018-09-01: holiday
          «outside-coverage»2017-09-01: instructional-day
        business_days: [2018-08-30, «duplicate-day»2018-08-30, «outside-coverage»2018-09-03]
    """,
    "coverage": """
        calendar: oak
        title: Oak
        coverage: {from: 2018-08-01, through: «empty-period»2018-07-31}
        days: {2018-08-30: instructional-day}
    """,
    "no coverage": """
        calendar: oak
        title: Oak
        coverage: «not-a-mapping»2018-08-01
        days: {2018-08-30: instructional-day}
        business_days: «empty-value»[]
    """,
    "school days": """
        calendar: oak
        title: Oak
        coverage: {from: 2018-08-01, through: 2018-08-31}
        instructional: [instructional-day, «no-such-day»short-day]
        days: {2018-08-30: instructional-day}
    """,
    "no school days": """
        calendar: oak
        title: Oak
        coverage: {from: 2018-08-01, through: 2018-08-31}
        days: «no-such-day»{2018-08-30: instructional}
    """,
    "another name": """
        calendar: «name-differs»elm
        title: Elm
        coverage: {from: 2018-08-01, through: 2018-08-31}
        days: {2018-08-30: instructional-day}
    """,
    "no mapping": "«not-a-mapping»[oak]\n",
    "no yaml": "calendar: oak\n title«yaml»: x\n",
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_is_found_at_its_place(name: str) -> None:
    text, expected = expected_of(dedent(PROBLEMS[name]).lstrip("\n"))
    calendar, problems = check_calendar(text, "oak.yaml", named="oak")
    found: list[Found] = sorted((problem.line, problem.column, problem.code) for problem in problems)
    assert found == expected, "\n".join(map(str, problems))
    assert (calendar is None) == any(problem.severity == "error" for problem in problems)
    for problem in problems:
        assert problem.file == "oak.yaml"
        assert problem.message.endswith(".")
        assert not problem.remedy or problem.remedy.endswith((".", "?", "…"))


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "oak.yaml"
    path.write_text(GOOD)
    assert load_calendar(path) == loaded(GOOD)
    path.write_text("calendar: oak\n")
    with pytest.raises(RulesetError, match="coverage"):
        load_calendar(path)
    with pytest.raises(RulesetError, match="cannot be read"):
        load_calendar(tmp_path / "elm.yaml")


def test_editors_are_told_the_form() -> None:
    schema = calendar_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    whole = {
        "calendar": "oak",
        "title": "Oak",
        "coverage": {"from": "2018-08-01", "through": "2018-08-02"},
        "days": {"2018-08-01": "instructional-day"},
    }
    assert validator.is_valid(whole)
    assert not validator.is_valid({**whole, "calendar": "Oak!"})
    assert not validator.is_valid({**whole, "weekdays": "Monday"})


_days = st.dates(date(2018, 1, 1), date(2018, 12, 31))


@st.composite
def documents(draw: st.DrawFn) -> CalendarDocument:
    return CalendarDocument(
        calendar="oak",
        title=draw(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)),
        coverage=Coverage(from_=date(2018, 1, 1), through=date(2018, 12, 31)),
        days=draw(st.dictionaries(_days, st.sampled_from(["instructional-day", "holiday", "007"]))),
        business_days=tuple(draw(st.lists(_days, min_size=1, unique=True))) if draw(st.booleans()) else None,
    )


@given(documents())
def test_what_is_written_reads_the_same(document: CalendarDocument) -> None:
    assert loaded(as_yaml(document)) == calendar_of(document)


def test_the_example_calendar() -> None:
    path = Path(__file__).parents[3] / "rulesets" / "calendars" / "example.yaml"
    example, problems = check_calendar(path.read_text(encoding="utf-8"), "example.yaml", named="example")
    assert not problems
    assert example is not None
    # The spring break of 11 to 15 March 2013, and no school in summer.
    assert example.between(date(2013, 3, 8), date(2013, 3, 15), Days.SCHOOL) == 0
    assert example.between(date(2013, 3, 8), date(2013, 3, 15), Days.BUSINESS) == 5
    assert example.between(date(2013, 6, 30), date(2013, 7, 31), Days.SCHOOL) == 0
