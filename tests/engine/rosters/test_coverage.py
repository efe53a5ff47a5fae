"""What SQL does not cover is told by name and position, and decided all the same."""

from __future__ import annotations

import pytest

from engine.cases import CaseEngine
from engine.rosters.coverage import uncovered
from tests.engine.rosters.alike import assert_alike_in, batch_of_cases, query_engine
from tests.engine.rulesets_for_tests import load

FACTS = "facts: {s: {type: string}, n: {type: integer}}\n"


@pytest.mark.parametrize(
    ("rest", "expression", "construct", "column"),
    [
        (
            "rules:\n  a: {when: 'n > 1 and matches(s, \"^a+$\")', outcome: deny}\n",
            "rules.a.when",
            "the function `matches`",
            11,
        ),
        ("values: {v: n ** n}\nrules:\n  a: {when: v > 1, outcome: deny}\n", "values.v", "a power", 1),
    ],
)
def test_a_construct_without_sql(rest: str, expression: str, construct: str, column: int) -> None:
    ruleset = load(FACTS + rest)
    (found,) = uncovered(CaseEngine.build(ruleset))
    assert (found.expression, found.construct) == (expression, construct)
    assert (found.line, found.column) == (1, column)
    assert str(found).startswith(f"{expression} (line 1, column {column}): SQL does not cover")
    assert_alike_in(query_engine(ruleset), batch_of_cases(ruleset, [{"s": "aa", "n": 2}, {}]), by_query=0)


def test_what_is_not_read_needs_no_sql() -> None:
    ruleset = load(FACTS + "rules:\n  a: {when: n > 1, outcome: deny, because: '{s}'}\n")
    assert uncovered(CaseEngine.build(ruleset)) == ()
