"""Small rulesets that tests of evaluation read, each the part that the test is about put into a whole document."""

from __future__ import annotations

from textwrap import dedent, indent

from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import load_text

__all__ = ["load"]

_HEAD = """\
ruleset: test/one
title: A ruleset for a test
"""

_USUAL = {
    "outcomes": "outcomes: [deny, review, allow]\n",
    "default": "default: {outcome: allow, because: Nothing stands against it.}\n",
}


def load(text: str, *, without: tuple[str, ...] = ()) -> CheckedRuleset:
    """The checked ruleset; outcomes and the default are the usual ones unless `text` has its own."""
    body = dedent(text)
    parts = [part for key, part in _USUAL.items() if f"\n{key}:" not in f"\n{body}" and key not in without]
    return load_text(_HEAD + "".join(parts) + body, file="test.yaml")


def rules(**premises: str) -> str:
    """Boolean facts `f.a`, `f.b`, … and one rule `a`, `b`, … for each, with what else stands in its text."""
    facts = ", ".join(f"{name}: {{type: boolean}}" for name in premises)
    lines = [f"{name}: {{when: f.{name}{', ' if rest else ''}{rest}}}" for name, rest in premises.items()]
    return f"facts: {{f: {{{facts}}}}}\nrules:\n" + indent("\n".join(lines), "  ") + "\n"
