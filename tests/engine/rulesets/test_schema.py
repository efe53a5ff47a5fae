"""The JSON Schemas say what the engine takes and gives, and what the loader reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from engine.rulesets.schema import facts_schema, results_schema, ruleset_schema
from engine.scenarios import scenarios_schema
from tests.engine.rulesets.marking import HEAD, expected_of
from tests.engine.rulesets.problem_cases import CASES
from tests.engine.rulesets_for_tests import load

ROOT = Path(__file__).parents[3]
FOLDERS = sorted(path.parent for path in (ROOT / "rulesets").glob("*/*/ruleset.yaml"))

CHECKED = load("""
facts:
  mark:
    area: {type: string, one_of: [ela, math], means: Which area?}
    grade: {type: string, one_of: [K, "1"], ordered: true, none: no grade yet}
    score: {type: integer, at_least: 0}
    mean: {type: decimal, places: 2, at_most: 4.5}
    seen: {type: boolean, judged_by: teacher, considers: [days, work]}
    sent_on: {type: event, none: not sent}
    old: {type: date, deprecated: asked no longer}
  notices:
    means: Warnings
    list_of: {day: {type: date, means: Which day?}}
  names: {list_of: {type: string}}
results:
  code: {type: string, one_of: [AG-14], means: The comment}
  days: {type: integer}
  mean: {type: decimal, places: 2}
  areas: {list_of: string, merge: union, one_of: [ela, math]}
  by: {type: date}
""")


def json_of(text: str) -> Any:
    """What a JSON Schema of YAML sees: days are text."""

    def plain(value: Any) -> Any:
        match value:
            case Mapping():
                return {str(key): plain(entry) for key, entry in value.items()}
            case list():
                return [plain(entry) for entry in value]
            case str() | bool() | int() | float() | None:
                return value
            case _:
                return str(value)

    return plain(YAML(typ="safe", pure=True).load(text))


@pytest.mark.parametrize(
    "schema", [ruleset_schema(), scenarios_schema(), facts_schema(CHECKED), results_schema(CHECKED)]
)
def test_each_is_a_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_rulesets_and_scenarios_fit_their_schemas(folder: Path) -> None:
    for name, schema in (("ruleset.yaml", ruleset_schema()), ("scenarios.yaml", scenarios_schema())):
        path = folder / name
        if path.is_file():
            Draft202012Validator(schema).validate(json_of(path.read_text(encoding="utf-8")))


def test_what_the_loader_refuses_for_its_form_the_schema_refuses() -> None:
    validator = Draft202012Validator(ruleset_schema())
    refused = [
        plain
        for name, text in CASES.items()
        if name.startswith("form: ") and "outcomes:" not in text
        for plain, found in [expected_of(f"{HEAD}outcomes: [deny]\n{text}")]
        if {code for *_, code in found} & {"unknown-key", "bad-name", "unknown-word", "not-a-list", "not-a-mapping"}
    ]
    assert len(refused) >= 4
    for plain in refused:
        assert not validator.is_valid(json_of(plain)), plain


def test_the_schema_of_facts() -> None:
    mark = facts_schema(CHECKED)["properties"]["mark"]
    assert mark["additionalProperties"] is False
    assert "required" not in mark
    properties = mark["properties"]
    assert properties["area"] == {"type": "string", "enum": ["ela", "math"], "description": "Which area?"}
    assert properties["grade"]["enum"] == ["K", "1", None]
    assert properties["grade"]["type"] == ["string", "null"]
    assert "no grade yet" in properties["grade"]["description"]
    assert properties["score"] == {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
    assert properties["mean"]["maximum"] == 4.5
    assert properties["sent_on"]["format"] == "date"
    assert "teacher" in properties["seen"]["description"]
    assert properties["old"]["deprecated"] is True
    assert facts_schema(CHECKED)["properties"]["names"]["items"] == {"type": "string"}


@pytest.mark.parametrize(
    ("facts", "fits"),
    [
        ({}, True),
        ({"mark": {"area": "ela", "score": 5, "mean": "2.50", "sent_on": None}}, True),
        ({"notices": [{"day": "2018-08-03"}]}, True),
        ({"mark": {"mean": 2.5}}, True),
        ({"mark": {"area": None}}, False),
        ({"mark": {"area": "art"}}, False),
        ({"mark": {"colour": "red"}}, False),
        ({"mark": {"score": -1}}, False),
        ({"mark": {"mean": "two"}}, False),
        ({"notices": {"day": "2018-08-03"}}, False),
    ],
)
def test_facts_that_fit_and_facts_that_do_not(facts: dict[str, Any], fits: bool) -> None:
    assert Draft202012Validator(facts_schema(CHECKED)).is_valid(facts) == fits


def test_the_schema_of_results() -> None:
    schema = results_schema(CHECKED)
    assert schema["properties"] == {
        "code": {"type": "string", "enum": ["AG-14"], "description": "The comment"},
        "days": {"type": "integer"},
        "mean": {"type": "number"},
        "areas": {"type": "array", "items": {"type": "string", "enum": ["ela", "math"]}},
        "by": {"type": "string", "format": "date"},
    }
    assert schema["additionalProperties"] is False
