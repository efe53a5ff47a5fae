"""A folder of rulesets is read as a whole; one that is broken stands in the way of no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.inference import Inference
from engine.library import Library
from engine.rulesets.checked import CheckedRuleset

TEXT = """
ruleset: demo/NAME
title: Marks
case: [mark]
facts: {days: {type: integer}}
outcomes: [withhold, assign]
default: {outcome: assign, because: Nothing stands against it.}
rules:
  few: {when: days < 15, outcome: withhold, because: Too few days.}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the ruleset `demo/NAME`, and returns the folder of all."""

    def written(name: str, text: str | bytes = TEXT) -> Path:
        place = tmp_path / "demo" / name
        place.mkdir(parents=True, exist_ok=True)
        raw = text if isinstance(text, bytes) else text.replace("NAME", name).encode()
        (place / "ruleset.yaml").write_bytes(raw)
        return tmp_path

    return written


def decided(library: Library, name: str) -> str:
    return library.get(f"demo/{name}").engine.decide({"days": 14}, as_of=date(2018, 9, 14)).outcome


def test_rulesets_by_id(write: Write) -> None:
    write("b")
    folder = write("a")
    library = Library.load(folder)
    assert list(library.rulesets) == ["demo/a", "demo/b"]
    assert not library.broken
    loaded = library.get("demo/a")
    assert loaded.text == TEXT.replace("NAME", "a")
    assert [problem.code for problem in loaded.warnings] == ["no-citation"]
    assert decided(library, "a") == "withhold"


def test_nothing_there(tmp_path: Path) -> None:
    assert not Library.load(tmp_path / "none").rulesets


def test_only_those_that_are_asked(write: Write) -> None:
    write("a")
    assert list(Library.load(write("b"), only=["demo/b", "demo/c"]).rulesets) == ["demo/b"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (TEXT.replace("days < 15", "dayz < 15"), "unknown-name"),
        (TEXT.replace("days < 15", "days <"), "syntax"),
        (TEXT.replace("demo/NAME", "demo/other"), "name-differs"),
        (b"\xff\xfe", "unreadable"),
        ("#" * (1024 * 1024 + 1), "too-large"),
        ("", ""),
    ],
)
def test_a_broken_one_is_listed_while_the_others_decide(write: Write, text: str | bytes, code: str) -> None:
    write("bad", text)
    library = Library.load(write("good"))
    assert decided(library, "good") == "withhold"
    problems = library.broken["demo/bad"]
    assert code in {problem.code for problem in problems} or not code
    assert {problem.file for problem in problems} == {"demo/bad/ruleset.yaml"}
    with pytest.raises(RollbookError) as caught:
        library.get("demo/bad")
    assert caught.value.reason == "RULESET_INVALID"


def test_a_fault_of_ours_in_one_ruleset_keeps_no_other_from_serving(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a")
    folder = write("b")
    build = CaseEngine.build

    def faulty(checked: CheckedRuleset, inference: Inference | None = None) -> CaseEngine:
        if checked.document.ruleset == "demo/a":
            raise IndexError
        return build(checked, inference)

    monkeypatch.setattr(CaseEngine, "build", faulty)
    library = Library.load(folder)
    assert [problem.code for problem in library.broken["demo/a"]] == ["fault"]
    assert decided(library, "b") == "withhold"


def test_an_unknown_one(write: Write) -> None:
    with pytest.raises(RollbookError) as caught:
        Library.load(write("a")).get("demo/none")
    assert caught.value.reason == "UNKNOWN_RULESET"


def test_what_did_not_change_keeps_its_engine(write: Write) -> None:
    write("a")
    before = Library.load(write("b"))
    write("b", TEXT.replace("15", "14"))
    after = Library.load(write("a", TEXT + "# a comment\n"), previous=before)
    assert after.get("demo/a").engine is before.get("demo/a").engine
    assert after.get("demo/a").text.endswith("# a comment\n")
    assert (decided(after, "b"), decided(before, "b")) == ("assign", "withhold")


def test_a_broken_edit_leaves_the_last_good_version(write: Write) -> None:
    before = Library.load(write("a"))
    broken = Library.load(write("a", "["), previous=before)
    assert decided(broken, "a") == "withhold"
    assert broken.broken["demo/a"]
    mended = Library.load(write("a", TEXT.replace("15", "14")), previous=broken)
    assert decided(mended, "a") == "assign"
    assert not mended.broken


def test_one_that_is_gone_is_unknown(write: Write) -> None:
    write("a")
    folder = write("b")
    before = Library.load(folder)
    (folder / "demo/a/ruleset.yaml").unlink()
    assert list(Library.load(write("b"), previous=before).rulesets) == ["demo/b"]


SCHOOL_DAYS = TEXT.replace("days < 15", "days < 15 and is school day(as_of)")
OAK = """
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-09-30}
days: {2018-09-14: instructional-day}
"""


@pytest.fixture
def write_calendar(tmp_path: Path) -> Write:
    """Writes `calendars/oak.yaml`, and returns the folder of all."""

    def written(text: str, name: str = "oak") -> Path:
        (tmp_path / "calendars").mkdir(exist_ok=True)
        (tmp_path / f"calendars/{name}.yaml").write_text(text)
        return tmp_path

    return written


def test_calendars_by_name(write: Write, write_calendar: Write) -> None:
    write_calendar(OAK)
    write_calendar(OAK, "elm")
    library = Library.load(write("a"))
    assert list(library.calendars.loaded) == ["oak"]
    assert library.calendar("oak").school_days == (date(2018, 9, 14),)
    assert library.calendars.by_name == {"oak": library.calendar("oak")}
    (problem,) = library.calendars.broken["elm"]
    assert (problem.file, problem.line, problem.code) == ("calendars/elm.yaml", 2, "name-differs")
    for name, message in (("elm", "has errors"), ("birch", "no calendar of that name")):
        with pytest.raises(RollbookError, match=message) as caught:
            library.calendar(name)
        assert caught.value.reason == "UNKNOWN_CALENDAR"


def test_a_calendar_that_breaks_goes_on_as_it_was(write: Write, write_calendar: Write) -> None:
    write("a")
    first = Library.load(write_calendar(OAK))
    same = Library.load(write_calendar(OAK), previous=first)
    assert same.calendar("oak") is first.calendar("oak")
    broken = Library.load(write_calendar("calendar: oak\n"), previous=same)
    assert broken.calendar("oak") is first.calendar("oak")
    assert broken.calendars.broken["oak"]
    mended = Library.load(write_calendar(OAK.replace("09-14: ", "09-13: ")), previous=broken)
    assert mended.calendar("oak").school_days == (date(2018, 9, 13),)
    assert not mended.calendars.broken


def test_the_default_calendar_of_a_ruleset(write: Write, write_calendar: Write) -> None:
    write_calendar(OAK)
    write("none", SCHOOL_DAYS)
    write("plain", TEXT + "calendar: oak\n")
    write("other", SCHOOL_DAYS + "calendar: birch\n")
    library = Library.load(write("oak", SCHOOL_DAYS + "calendar: oak\n"))
    assert library.default_calendar(library.get("demo/oak")) is library.calendar("oak")
    assert library.default_calendar(library.get("demo/none")) is None
    assert library.default_calendar(library.get("demo/plain")) is None
    with pytest.raises(RollbookError, match="no calendar of that name"):
        library.default_calendar(library.get("demo/other"))
