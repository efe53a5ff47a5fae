"""Facts as a Struct become the values that JSON of the same text becomes; nesting is limited in both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct, Value

from server.errors import RefusalError
from server.facts import check_nesting, plain_facts


def struct(**fields: Any) -> Struct:
    made = Struct()
    made.update(fields)
    return made


def test_every_kind_of_value() -> None:
    facts = struct(name="B", days=15, share=0.1, foster=True, since=None, marks=[{"score": "1"}, 2])
    assert plain_facts(facts, 8) == {
        "name": "B",
        "days": 15,
        "share": Decimal("0.1"),
        "foster": True,
        "since": None,
        "marks": [{"score": "1"}, 2],
    }


def test_whole_doubles_are_integers_and_others_the_shortest_decimal() -> None:
    facts = plain_facts(struct(a=3.0, b=2.50, c=-0.0, d=1e15, e=1e-7), 8)
    assert facts == {"a": 3, "b": Decimal("2.5"), "c": 0, "d": 10**15, "e": Decimal("1E-7")}
    assert {name: type(value) for name, value in facts.items()} == {
        "a": int,
        "b": Decimal,
        "c": int,
        "d": int,
        "e": Decimal,
    }


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_left_to_the_check_of_facts(number: float) -> None:
    assert not plain_facts(struct(a=number), 8)["a"].is_finite()


def test_nesting_is_limited() -> None:
    assert plain_facts(struct(a={"b": [1]}), 3) == {"a": {"b": [1]}}
    for facts in (struct(a={"b": [1]}), struct(a={"b": {"c": 1}})):
        with pytest.raises(RefusalError, match="nested too deeply") as caught:
            plain_facts(facts, 2)
        assert caught.value.reason == "TOO_LARGE"
        assert caught.value.metadata == {"limit": "nesting", "allowed": "2"}


def test_a_value_without_a_kind_is_refused() -> None:
    facts = Struct()
    facts.fields["a"].CopyFrom(Value())
    with pytest.raises(RefusalError) as caught:
        plain_facts(facts, 8)
    assert caught.value.reason == "FACT_INVALID"


@pytest.mark.parametrize("text", ["[" * 4, '{"a":[{"b":[1]}]}', '["[[[[[[", {"]}": "\\"[["}]', "[[],[],[],[],[[]]]"])
def test_text_with_few_levels(text: str) -> None:
    check_nesting(text, 4)


@pytest.mark.parametrize("text", ["[" * 5, "[" * 1_000_000, '{"a":[{"b":[{}]}]}', '["]]]]",[[[[1]]]]]'])
def test_text_with_too_many_levels(text: str) -> None:
    with pytest.raises(RefusalError, match="nested too deeply"):
        check_nesting(text, 4)
