"""Documents in which the places of problems are marked: `«code»` stands right before the place where one is found."""

from __future__ import annotations

import re
from textwrap import dedent

from engine.rulesets.loading import check_text
from engine.rulesets.problems import Problem

__all__ = ["HEAD", "Found", "check_marked", "expected_of"]

Found = tuple[int, int, str]
"""Line, column and code of a problem."""

HEAD = "ruleset: test/one\ntitle: A ruleset for a test\n"

_USUAL = {"outcomes": "outcomes: [deny, review, allow]\n", "default": "default: {outcome: allow}\n"}
_MARK = re.compile("«([a-z-]+)»")


def expected_of(marked: str) -> tuple[str, list[Found]]:
    """The text without its marks, and what they say is found where."""
    text = ""
    found: list[Found] = []
    at = 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        line = text.count("\n") + 1
        found.append((line, len(text) - text.rfind("\n"), mark[1]))
    return text + marked[at:], sorted(found)


def check_marked(marked: str, *, whole: bool = False) -> tuple[list[Found], list[Found], tuple[Problem, ...]]:
    """What is marked, what is found, and the problems themselves.

    Warnings count only when a mark in the text has their code. Unless `whole`, head, outcomes and default are the usual
    ones where the text has none of its own.
    """
    body = dedent(marked).lstrip("\n")
    if not whole:
        usual = [part for key, part in _USUAL.items() if f"\n{key}:" not in f"\n{body}".replace("»", "\n")]
        body = HEAD + "".join(usual) + body
    text, expected = expected_of(body)
    _, problems = check_text(text, "test.yaml")
    codes = {code for _, _, code in expected}
    found = [
        (problem.line, problem.column, problem.code)
        for problem in problems
        if problem.severity == "error" or problem.code in codes
    ]
    return expected, sorted(found), problems
