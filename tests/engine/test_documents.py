"""Documents say the same whether they are files or in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.calendars.folder import read_calendars
from engine.documents import Documents, FolderDocuments, GivenDocuments
from engine.errors import RulesetError
from engine.library import Library
from engine.rulesets.neighbours import Neighbours

MARKS = """
ruleset: d/marks
title: Marks
facts: {days: {type: integer}}
outcomes: [deny, allow]
default: {outcome: allow, because: Nothing stands against it.}
rules:
  few: {cites: A, when: days < 15, outcome: deny, because: Few.}
"""
REPORT = MARKS.replace("d/marks", "d/report").replace("when: days < 15", "given: ['d/marks#few']")
OAK = """
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-09-30}
days: {2018-09-14: instructional-day}
"""
GIVEN = GivenDocuments({"d/report": REPORT, "d/marks": MARKS}, {"oak": OAK}, {"d/marks": "ruleset: d/marks\n"})


def written(tmp_path: Path) -> FolderDocuments:
    """The same in a folder."""
    for id_ in GIVEN.rulesets():
        (tmp_path / id_).mkdir(parents=True)
        (tmp_path / id_ / "ruleset.yaml").write_text(GIVEN.ruleset(id_) or "", encoding="utf-8")
    (tmp_path / "d/marks/scenarios.yaml").write_text(GIVEN.scenarios("d/marks"), encoding="utf-8")
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars/oak.yaml").write_text(OAK, encoding="utf-8")
    return FolderDocuments(tmp_path)


@pytest.mark.parametrize("kept", ["in a folder", "in memory"])
def test_what_is_there(tmp_path: Path, kept: str) -> None:
    documents: Documents = written(tmp_path) if kept == "in a folder" else GIVEN
    assert list(documents.rulesets()) == ["d/marks", "d/report"]
    assert list(documents.calendars()) == ["oak"]
    assert documents.ruleset("d/report") == REPORT
    assert documents.ruleset("d/other") is None
    assert documents.scenarios("d/marks") == "ruleset: d/marks\n"
    assert documents.scenarios("d/report") == ""
    assert documents.calendar("oak") == OAK
    assert documents.calendar("elm") is None


@pytest.mark.parametrize("kept", ["in a folder", "in memory"])
def test_a_library_of_them(tmp_path: Path, kept: str) -> None:
    library = Library.load(written(tmp_path) if kept == "in a folder" else GIVEN)
    assert list(library.rulesets) == ["d/marks", "d/report"]
    assert not library.broken
    report = library.get("d/report")
    assert report.text == REPORT
    assert report.built_on == {"d/marks": MARKS}
    assert list(library.calendars.loaded) == ["oak"]
    assert read_calendars(GIVEN).versions == library.calendars.versions


def test_a_neighbour_that_is_not_there() -> None:
    alone = GivenDocuments({"d/report": REPORT}, absent="it is elsewhere.")
    _, problems = Neighbours(alone).check("d/report", REPORT, "r.yaml")
    assert any(problem.message.endswith("it is elsewhere.") for problem in problems)


def test_a_file_that_cannot_be_read_is_named_as_it_stands_in_the_folder(tmp_path: Path) -> None:
    documents = written(tmp_path)
    (tmp_path / "d/marks/scenarios.yaml").write_bytes(b"\xff")
    with pytest.raises(RulesetError) as caught:
        documents.scenarios("d/marks")
    assert caught.value.problems[0].file == "d/marks/scenarios.yaml"
