"""The documented codes are those that there are, and each is provoked by a test."""

from __future__ import annotations

import re

from engine.rulesets.problem_codes import CODES
from tests.engine.rulesets.problem_cases import CASES

_ELSEWHERE = {
    "unreadable": "test_loading",
    "too-long": "test_tables",
    "not-valid": "what a later release of pydantic may find",
    "outside-coverage": "the calendars' test_loading",
    "duplicate-day": "the calendars' test_loading",
    "no-such-day": "the calendars' test_loading",
    "unknown-calendar": "the command line's test_calendar",
    "name-differs": "test_library",
    "not-served": "the calendars' test_importing",
    "facts-differ": "the tests of rulesets that build on others",
    "case-by-case": "the rosters' test_coverage",
    "wrong-ruleset": "test_scenarios",
    "nothing-there": "test_scenarios",
}


def test_every_code_is_provoked_at_its_place() -> None:
    marked = set(re.findall("«([a-z-]+)»", "".join(CASES.values())))
    assert set(CODES) - marked == set(_ELSEWHERE)
    assert marked <= set(CODES)
