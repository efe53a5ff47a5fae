"""Facts as the log keeps them decide as those that were sent."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases import CaseEngine
from engine.rulesets.loading import check_text
from server.canonical_facts import canonical_facts, declared_facts, plain_facts
from tests.server.running import MARKS

_checked, _ = check_text(MARKS, "ruleset.yaml")
assert _checked is not None
ENGINE = CaseEngine.build(_checked)

FACTS = st.fixed_dictionaries(
    {},
    optional={
        "enrollment": st.fixed_dictionaries({}, optional={"instructional_days": st.integers(0, 2**53 - 1)}),
        "student": st.fixed_dictionaries({}, optional={"foster_youth": st.booleans()}),
        "mark": st.fixed_dictionaries(
            {},
            optional={
                "score": st.sampled_from(["1", "2", "3"]),
                "share": st.decimals(-1000, 1000, places=2).map(lambda number: f"{number:f}"),
            },
        ),
        "notices": st.lists(st.fixed_dictionaries({"area": st.text(st.characters(exclude_categories=["Cs"]))})),
    },
)


@given(FACTS, st.booleans(), st.sampled_from([None, 2]))
def test_they_decide_the_same(facts: dict[str, object], as_ascii: bool, indent: int | None) -> None:
    sent = json.dumps(facts, ensure_ascii=as_ascii, indent=indent)
    kept = canonical_facts(sent)
    assert ENGINE.decide(kept, as_of=date(2018, 9, 14)) == ENGINE.decide(sent, as_of=date(2018, 9, 14))
    assert canonical_facts(kept) == kept
    assert json.loads(kept) == facts
    assert declared_facts(plain_facts(sent), ENGINE.ruleset.facts) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (' { "b": 2.50, "a": [1, null] } ', '{"a":[1,null],"b":2.50}'),
        ('{"a": 0.1000}', '{"a":0.1000}'),
        ({"a": Decimal("2.50"), "b": {"d": 1, "c": "é"}}, '{"a":2.50,"b":{"c":"é","d":1}}'),
        ('{"a": "\\u0000\\u00e9"}', '{"a":"\\u0000é"}'),
        ({}, "{}"),
    ],
)
def test_one_form(sent: object, kept: str) -> None:
    assert canonical_facts(sent) == kept  # type: ignore[arg-type]  # texts and mappings
