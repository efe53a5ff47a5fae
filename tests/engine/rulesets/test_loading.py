"""Loading: a checked ruleset, or everything that is wrong; never anything else, whatever the text is."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Reason, RulesetError
from engine.rulesets.loading import check_text, load_ruleset, load_text
from engine.rulesets.problem_codes import CODES
from engine.rulesets.problems import errors_among
from tests.engine.rulesets.marking import HEAD, expected_of
from tests.engine.rulesets.problem_cases import CASES

ROOT = Path(__file__).parents[3]
GRADE_MARKING = (ROOT / "rulesets/lausd/grade-marking/ruleset.yaml").read_text(encoding="utf-8")

SMALL = HEAD + "outcomes: [deny, allow]\ndefault: {outcome: allow}\nrules: {a: {cites: X, outcome: deny}}\n"


def test_a_ruleset_is_loaded_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_ruleset(path).version == load_text(SMALL).version


def test_an_error_carries_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_text(SMALL.replace("deny, allow", "deny"), encoding="utf-8")
    with pytest.raises(RulesetError) as raised:
        load_ruleset(path)
    assert raised.value.reason is Reason.RULESET_INVALID
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.column) == (str(path), 4, 20)
    assert problem.path == "default.outcome"
    assert f"{path}:4:20: error: There is no outcome `allow`." in str(raised.value)


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [(b"title: a\nowner: \xff\n", 2, "unreadable"), (b"# " + b"x" * (1 << 20), 1, "too-large")],
)
def test_a_file_that_is_no_text_or_too_large(tmp_path: Path, content: bytes, line: int, code: str) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_bytes(content)
    with pytest.raises(RulesetError) as raised:
        load_ruleset(path)
    (problem,) = raised.value.problems
    assert (problem.line, problem.code) == (line, code)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RulesetError) as raised:
        load_ruleset(tmp_path / "ruleset.yaml")
    assert [problem.code for problem in raised.value.problems] == ["unreadable"]


def test_warnings_do_not_stand_in_the_way() -> None:
    checked, problems = check_text(SMALL.replace("cites: X, ", ""), "f.yaml")
    assert checked is not None
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", "no-citation")]


def test_the_file_is_called_as_the_caller_calls_it() -> None:
    _, problems = check_text("a: b", "lausd/x/ruleset.yaml")
    assert {problem.file for problem in problems} == {"lausd/x/ruleset.yaml"}


def hold(text: str) -> None:
    """A ruleset or errors, each with a place within the text and a documented code."""
    checked, problems = check_text(text, "f.yaml")
    assert (checked is None) == bool(errors_among(problems))
    lines = re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff"))
    for problem in problems:
        assert problem.code in CODES
        assert 1 <= problem.line <= len(lines) + 1
        assert 1 <= problem.column <= len(lines[min(problem.line, len(lines)) - 1]) + 2


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    hold(text)


_DOCUMENTS = [GRADE_MARKING, *(SMALL + expected_of(text)[0] for text in CASES.values() if len(text) < 5_000)]
_WORDS = sorted(set(re.findall(r'[a-z_]+|"[^"]*"|[^\sa-z]', "\n".join(_DOCUMENTS))))


@given(st.sampled_from(_DOCUMENTS), st.randoms(use_true_random=False))
def test_a_document_with_some_of_it_changed(text: str, changing: random.Random) -> None:
    for _ in range(changing.randint(1, 4)):
        at = changing.randrange(len(text) + 1)
        match changing.randrange(4):
            case 0:
                text = text[:at] + text[at + changing.randint(1, 6) :]
            case 1:
                text = text[:at] + changing.choice(_WORDS) + text[at:]
            case 2:
                text = text[:at] + changing.choice("\n\t \x85\u2028\\\"'{}[]|>:#-?&*!%@`é") + text[at:]
            case _:
                word = changing.choice(list(re.finditer(r"[a-z_]+", text)))
                text = text[: word.start()] + changing.choice(_WORDS) + text[word.end() :]
    hold(text)


_KEYS = st.sampled_from([
    "ruleset", "title", "outcomes", "default", "facts", "rules", "values", "tables", "type", "list_of", "like", "when",
    "outcome", "results", "because", "obliges", "rows", "inputs", "outputs", "hit", "from", "is", "given", "a", "b",
])  # fmt: skip
_VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(_WORDS), st.text(max_size=5))
_TREES = st.recursive(
    _VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=25
)


@given(st.dictionaries(_KEYS, _TREES, max_size=8))
def test_a_document_of_the_right_words_in_the_wrong_places(tree: object) -> None:
    import json

    hold(json.dumps(tree, ensure_ascii=False))


HOSTILE = {
    "a long sum": "values: {v: '1" + "+1" * 9_000 + "'}\n",
    "a long path": "values: {v: 'as_of" + ".a" * 9_000 + "'}\n",
    "many minus signs": "values: {v: '" + "-" * 15_000 + "1'}\n",
    "many brackets": "values: {v: '" + "(" * 9_000 + ")" * 9_000 + "'}\n",
    "open quotes": "values: {v: '" + '"\\' * 9_000 + "'}\n",
    "a long chain of values": "values:\n" + "".join(f"  v{n}: v{n + 1}\n" for n in range(1_000)) + "  v1000: 1\n",
    "facts like each other": "facts:\n  f:\n    k0: {type: date}\n"
    + "".join(f"    k{n + 1}: {{like: f.k{n}}}\n" for n in range(500)),
    "a circle of many": "rules:\n"
    + "".join(f"  r{n}: {{outcome: deny, given: [r{(n + 1) % 500}]}}\n" for n in range(500)),
    "many circles": "values:\n" + "".join(f"  a{n}: b{n}\n  b{n}: a{n}\n" for n in range(300)),
    "one result by many": "results: {x: {type: integer}}\nfacts: {f: {k: {type: integer}}}\nrules:\n"
    + "".join(f"  r{n}: {{when: f.k = {n}, results: {{x: 1}}}}\n" for n in range(300)),
    "many first rows": "facts: {f: {k: {type: integer}}}\ntables:\n  t:\n    hit: first\n    inputs: {k: f.k}\n"
    "    outputs: {outcome: outcome}\n    rows: |\n      id | k | outcome\n"
    + "".join(f"      r{n} | {n} | deny\n" for n in range(400)),
    "many braces": "rules: {r: {because: '" + "{as_of}" * 2_000 + "'}}\n",
    "quotes in cells": "reference: {l: {columns: {a: string}, rows: 'a\n\n" + '"\\' * 9_000 + "'}}\n",
    "deep facts": "facts: {" + "a: {" * 37 + "type: date" + "}" * 38 + "\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_ends_soon(name: str) -> None:
    hold(HEAD + "outcomes: [deny, allow]\ndefault: {outcome: allow}\n" + HOSTILE[name])


def test_many_warnings_hide_no_error() -> None:
    rules = "".join(f"  r{number}: {{outcome: deny}}\n" for number in range(400))
    rows = "facts: {f: {k: {type: integer}}}\ntables:\n  t:\n    hit: unique\n    inputs: {k: f.k}\n"
    rows += "    outputs: {o: integer}\n    rows: |\n      k | o\n      1 | 1\n      - | 2\n"
    checked, problems = check_text(f"{HEAD}outcomes: [deny]\nrules:\n{rules}{rows}", "f.yaml")
    assert checked is None
    assert [problem.code for problem in errors_among(problems)] == ["overlap"]
    assert len(problems) > 100


def test_a_table_that_repeats_too_much_is_too_long() -> None:
    text = HEAD + "outcomes: [deny, allow]\n" + HOSTILE["many first rows"]
    checked, problems = check_text(text, "f.yaml")
    assert checked is None
    assert [problem.code for problem in errors_among(problems)] == ["too-long"]
