"""`rollbook calendar`, and calendars in `rollbook check` and `rollbook schema`."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from engine.calendars.loading import load_calendar
from tests.clients.cli.conftest import PROJECT, RULESETS, Golden, Rollbook

GRAND_BEND = PROJECT.parent / "shared" / "data" / "grand-bend-2010-11" / "CalendarDate.csv"
OAK = """\
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-10-31}
days: {2018-09-28: instructional-day, 2018-10-01: instructional-day, 2018-10-02: instructional-day, 2018-10-08: holiday}
"""
ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//oak//
BEGIN:VEVENT
DTSTART;VALUE=DATE:20180928
DTEND;VALUE=DATE:20181003
SUMMARY:School
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20180929
DTEND;VALUE=DATE:20181001
SUMMARY:Weekend
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20181005
SUMMARY:Book fair
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rulesets with the calendar `oak`."""
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars/oak.yaml").write_text(OAK, encoding="utf-8")
    place = tmp_path / "oak" / "library-loans"
    place.mkdir(parents=True)
    text = (RULESETS / "oak/library-loans/ruleset.yaml").read_text(encoding="utf-8")
    (place / "ruleset.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_ed_fi_rows(rollbook: Rollbook, tmp_path: Path) -> None:
    out = tmp_path / "grand-bend-2010-11.yaml"
    result = rollbook("calendar", "import", str(GRAND_BEND), "--from", "ed-fi", "--name", out.stem, "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "grand-bend-2010-11: 177 school days, 101 other days, 2010-08-23 through 2011-05-27.\n"
    assert len(load_calendar(out).school_days) == 177


def test_an_icalendar_file(rollbook: Rollbook, tmp_path: Path) -> None:
    file = tmp_path / "oak.ics"
    file.write_text(ICS, encoding="utf-8")
    options = ["--from", "ics", "--name", "oak", "--title", "Oak schools", "--first", "2018-09-01"]
    options += ["--last", "2018-10-31", "--event", "Weekend=weekend", "--event", "School=instructional-day"]
    result = rollbook("calendar", "import", str(file), *options, "--business-day", "instructional-day")
    assert result.exit_code == 0, result.output
    assert result.stdout == (
        "calendar: oak\n"
        'title: "Oak schools"\n'
        "coverage: {from: 2018-09-01, through: 2018-10-31}\n"
        "instructional: [instructional-day]\n"
        "days:\n"
        "  2018-09-28: instructional-day\n"
        "  2018-09-29: weekend\n"
        "  2018-09-30: weekend\n"
        "  2018-10-01: instructional-day\n"
        "  2018-10-02: instructional-day\n"
        "business_days:\n"
        "  - 2018-09-28\n"
        "  - 2018-10-01\n"
        "  - 2018-10-02\n"
    )
    assert result.stderr == (
        "oak: 3 school days, 2 other days, 2018-09-01 through 2018-10-31.\nPassed over: Book fair.\n"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "ics", "--name", "Oak!"], "'Oak!' is not lower-case words"),
        (["--from", "ics", "--name", "oak"], "give --first and --last"),
        (["--from", "ics", "--name", "oak", "--first", "2018-09-01", "--last", "2018-10-31"], "--event WORD=TYPE"),
        (["--from", "ics", "--name", "oak", "--event", "School"], "is not WORD=TYPE"),
        (["--from", "ed-fi", "--name", "oak", "--event", "School=School day"], "is not lower-case words"),
        (["--from", "ed-fi", "--name", "oak", "--first", "2018-09-31"], "is no date"),
        (["--from", "xls", "--name", "oak"], "'xls'"),
        (["--from", "ed-fi"], "--name"),
    ],
)
def test_options_that_are_wrong(rollbook: Rollbook, options: list[str], told: str) -> None:
    result = rollbook("calendar", "import", str(GRAND_BEND), *options)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())


def test_an_export_that_cannot_be_taken_over(rollbook: Rollbook, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("Date,CalendarEvent\n9/4/2018,Holiday\n", encoding="utf-8")
    result = rollbook("calendar", "import", str(file), "--from", "ed-fi", "--name", "oak")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{file}:2:1: error: `Date` is no day" in result.stderr
    file.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in rollbook("calendar", "import", str(file), "--from", "ed-fi", "--name", "oak").stderr
    missing = rollbook("calendar", "import", str(tmp_path / "none.csv"), "--from", "ed-fi", "--name", "oak")
    assert (missing.exit_code, "none.csv" in missing.stderr) == (1, True)


def test_one_is_shown(rollbook: Rollbook, folder: Path, golden: Golden) -> None:
    result = rollbook("calendar", "show", "oak", "--rulesets", str(folder))
    assert result.exit_code == 0, result.output
    golden("calendar.txt", result.stdout)
    shown = json.loads(rollbook("calendar", "show", "oak", "--rulesets", str(folder), "--output", "json").stdout)
    assert shown["school_days"] == ["2018-09-28", "2018-10-01", "2018-10-02"]
    assert shown["events"]["2018-10-08"] == "holiday"


@pytest.mark.parametrize("name", ["elm", "../calendars/oak"])
def test_one_that_there_is_not(rollbook: Rollbook, folder: Path, name: str) -> None:
    result = rollbook("calendar", "show", name, "--rulesets", str(folder))
    assert result.exit_code == 1
    assert result.stderr == f"rollbook: there is no calendar {name}.\nThose of {folder / 'calendars'}: oak.\n"


def test_calendars_are_checked(rollbook: Rollbook, folder: Path) -> None:
    result = rollbook("check", str(folder))
    assert result.exit_code == 0
    assert result.stdout.startswith("1 ruleset and 1 calendar checked: 0 errors, 0 warnings.\n")
    (folder / "calendars/elm.yaml").write_text(OAK, encoding="utf-8")
    for path in (folder, folder / "calendars", folder / "calendars/elm.yaml"):
        result = rollbook("check", str(path), "--format", "lines")
        assert result.exit_code == 1
        assert result.stdout.startswith(f"{folder}/calendars/elm.yaml:1:11: error: The calendar calls itself oak")
    assert rollbook("check", str(folder / "calendars/oak.yaml")).stdout == "1 calendar checked: 0 errors, 0 warnings.\n"


def test_a_default_calendar_that_there_is_not(rollbook: Rollbook, folder: Path) -> None:
    path = folder / "oak/library-loans/ruleset.yaml"
    text = path.read_text(encoding="utf-8")
    line = text.count("\n") + 2
    for name, expected in (("oak", []), ("elm", [("unknown-calendar", line)])):
        path.write_text(f"{text}\ncalendar: {name}\n", encoding="utf-8")
        result = rollbook("check", str(path), "--format", "json")
        problems = json.loads(result.stdout)["problems"]
        assert [(problem["code"], problem["line"]) for problem in problems] == expected


def test_editors_are_told_the_form(rollbook: Rollbook) -> None:
    schema = json.loads(rollbook("schema", "calendar").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "coverage" in schema["required"]
