"""The language page is true: its tutorial is a ruleset without problems, and it names every built-in."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from engine.feel import builtins
from engine.rulesets.loading import check_text

_PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")


def _between(start: str, end: str) -> str:
    return _PAGE[_PAGE.index(f"## {start}\n") : _PAGE.index(f"## {end}\n")]


def _blocks(text: str) -> list[dict[str, Any]]:
    yaml = YAML(typ="safe")
    return [yaml.load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def _merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merged(into[key], value)
        else:
            into[key] = value
    return into


def _tutorial() -> str:
    """The ruleset that a reader has at the end of the tutorial."""
    document: dict[str, Any] = {}
    for block in _blocks(_between("A ruleset in ten minutes", "The file")):
        if "scenarios" not in block:
            _merged(document, block)
    text = io.StringIO()
    YAML().dump(document, text)
    return text.getvalue()


def test_the_tutorial_is_a_ruleset_without_problems() -> None:
    checked, problems = check_text(_tutorial(), "docs/language.md")
    assert not problems
    assert checked is not None
    assert set(checked.rules) >= {"too-few-days", "foster-or-homeless", "low-score-without-notice", "off-scale"}


def test_every_example_is_yaml() -> None:
    assert len(_blocks(_PAGE)) >= 15


def test_every_built_in_is_named() -> None:
    said = set(re.findall(r"`([a-z][a-z ]*)(?:\([^`]*\))?`", _between("FEEL in one page", "Missing, none, unknown")))
    said |= {name for line in re.findall(r"`([^`]*)`", _PAGE) for name in re.findall(r"([a-z][a-z ]*)\(", line)}
    assert not sorted(builtins.names() - said)
