"""Every problem that a document can have: found at its place, with its code, said in plain words."""

from __future__ import annotations

import pytest

from engine.rulesets.loading import check_text
from engine.rulesets.problem_codes import CODES
from tests.engine.rulesets.marking import check_marked
from tests.engine.rulesets.problem_cases import CASES

_WHOLE = {name: text for name, text in CASES.items() if name.startswith("whole:")}
_PARTS = {name: text for name, text in CASES.items() if name not in _WHOLE}


@pytest.mark.parametrize("name", _PARTS)
def test_a_problem_is_found_at_its_place(name: str) -> None:
    expected, found, problems = check_marked(_PARTS[name])
    assert found == expected, "\n".join(map(str, problems))


@pytest.mark.parametrize("name", _WHOLE)
def test_a_problem_of_a_whole_document_is_found_at_its_place(name: str) -> None:
    expected, found, problems = check_marked(_WHOLE[name], whole=True)
    assert found == expected, "\n".join(map(str, problems))


@pytest.mark.parametrize("name", CASES)
def test_every_problem_is_a_sentence_with_a_path(name: str) -> None:
    *_, problems = check_marked(CASES[name], whole=name in _WHOLE)
    for problem in problems:
        assert problem.message[0].isupper() or problem.message[0] in "`{["
        assert problem.message.endswith((".", "…"))
        assert not problem.remedy or problem.remedy.endswith((".", "?", "…"))
        assert problem.file == "test.yaml"
        assert problem.code in CODES


def test_all_problems_are_found_at_once() -> None:
    text = """
    facts:
      mark: {score: {type: strin}}
    values:
      low: "1 +"
    rules:
      r: {when: 1, outcom: deny, because: "{"}
    """
    _, problems = check_text(text, "test.yaml")
    codes = [problem.code for problem in problems if problem.severity == "error"]
    assert sorted(codes) == sorted([
        "missing-key", "missing-key", "missing-key", "unknown-word", "syntax", "type-mismatch", "unknown-key",
        "message-syntax",
    ])  # fmt: skip


def test_one_mistake_is_found_once() -> None:
    expected, found, problems = check_marked("""
        facts:
          mark:
            score: {type: «unknown-word»strin}
        values:
          low: mark.score in ("1", "2")
          lower: low and mark.score = "1"
        rules:
          r: {when: low, outcome: deny, because: "{mark.score}"}
    """)
    assert found == expected, problems


def test_a_comma_that_ended_an_expression_is_to_be_quoted() -> None:
    _, problems = check_text("rules: {r: {obliges: [{action: a, due: add days(trip.on, -14)}]}}", "test.yaml")
    (remedy,) = (problem.remedy for problem in problems if problem.code == "empty-value")
    assert remedy == "Within `{ }` and `[ ]` a comma ends a text; put a text or an expression with a comma in quotes."
    _, problems = check_text("authority: {document: d, sections: {I.F: }}", "test.yaml")
    assert "Fill it in or leave it out." in {problem.remedy for problem in problems}


def test_the_remedy_names_what_was_meant() -> None:
    *_, problems = check_marked("""
        rules:
          r: {when: true, outcome: denny, «unknown-key»becuase: x}
    """)
    remedies = {problem.code: problem.remedy for problem in problems}
    assert remedies["unknown-outcome"] == "Did you mean `deny`?"
    assert remedies["unknown-key"] == "Did you mean `because`?"
