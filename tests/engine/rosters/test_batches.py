"""Batches of every shape that Arrow allows: sliced, with nulls over values, of other columns than are declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from engine.errors import Reason, RollbookError
from engine.rosters import Question, RosterEngine
from engine.rosters.columns import case_schema
from tests.engine.rosters.alike import AS_OF, assert_alike_in, batch_of_cases, query_engine

RULESET = """
facts:
  student:
    grade: {type: string, one_of: [K, "1"]}
    n: {type: integer, at_most: 9}
    left_on: {type: event, none: here}
    home: {city: {type: string, none: no home}}
  rate: {type: decimal, places: 2}
  notices:
    list_of: {area: {type: string}, sent_on: {type: event, none: not sent}, copies: {list_of: {type: string}}}
    sorted_by: area
  days: {list_of: {type: date}}
expects: [{that: student.n != 7, otherwise: Not seven.}]
rules:
  a: {when: student.n > 3, outcome: deny, because: "{student.n} {student.grade} {rate}"}
  b: {when: student.left_on != null, outcome: review, because: "{student.left_on}"}
  c: {each: n in notices, when: n.sent_on != null and n.sent_on < as_of, outcome: review, because: "{n.sent_on}"}
  d: {each: n in notices, when: some c in n.copies satisfies c = n.area, outcome: review, because: "{n.copies}"}
  e: {when: rate > 2.5 and student.home.city = null, outcome: review}
  f: {when: some d in days satisfies d > as_of, outcome: deny, because: "{days}"}
"""
COUNT = 400


@cache
def engine() -> RosterEngine:
    return query_engine(RULESET)


class Cases:
    """Random cases; each entry is left out or null with a probability."""

    def __init__(self, seed: int, missing: float) -> None:
        self._random, self._missing = Random(seed), missing

    def document(self) -> dict[str, Any]:
        return self._group(
            student=lambda: self._group(
                grade=lambda: self._random.choice("K1"),
                n=lambda: self._random.choice([1, 5, 7, 12] if self._random.random() < 0.1 else [1, 5]),
                left_on=lambda: self._random.choice([None, self._day()]),
                home=lambda: self._group(city=lambda: self._random.choice([None, "x"])),
            ),
            rate=lambda: self._random.choice([2.5, 2.51, -1]),
            notices=lambda: [self._maybe(self._notice) for _ in range(self._random.randint(0, 3))],
            days=lambda: [self._maybe(self._day) for _ in range(self._random.randint(0, 3))],
        )

    def _notice(self) -> Any:
        copies = self._random.choice([[], ["a"], ["b", "a"]])
        return self._group(
            area=lambda: self._random.choice("ab"),
            sent_on=lambda: self._random.choice([None, self._day()]),
            copies=lambda: copies,
        )

    def _day(self) -> str:
        return f"2024-0{self._random.choice([1, 7, 8, 9])}-01"

    def _maybe(self, make: Callable[[], Any]) -> Any:
        return None if self._random.random() < self._missing else make()

    def _group(self, **entries: Callable[[], Any]) -> dict[str, Any]:
        kept = {name: make for name, make in entries.items() if self._random.random() >= self._missing}
        return {name: self._maybe(make) for name, make in kept.items()}


@cache
def batch(missing: float) -> pa.RecordBatch:
    cases = Cases(1, missing)
    return batch_of_cases(engine().ruleset, [cases.document() for _ in range(COUNT)])


@pytest.mark.parametrize("absent_is_none", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.02, 0.2])
def test_a_whole_batch_and_its_slices(missing: float, absent_is_none: bool) -> None:
    whole = batch(missing)
    decided = assert_alike_in(engine(), whole, absent_is_none=absent_is_none)
    assert decided.one_by_one < COUNT
    for start in range(0, COUNT, 57):
        assert_alike_in(engine(), whole.slice(start, 5), absent_is_none=absent_is_none)
    assert_alike_in(engine(), whole.slice(COUNT, 0))


@pytest.mark.parametrize("as_of", [date.min, date(2024, 7, 1), date.max])
def test_days_at_the_ends_of_the_calendar(as_of: date) -> None:
    assert_alike_in(engine(), batch(0.0), as_of=as_of, rules_as_of=date.max)
    assert_alike_in(engine(), batch(0.2), as_of=as_of, rules_as_of=date.min)


def with_nulls_over_values(array: pa.Array) -> pa.Array:
    """Every third structure and every fifth list null, with values beneath that count for nothing."""
    if pa.types.is_struct(array.type):
        children = [with_nulls_over_values(array.field(place)) for place in range(array.type.num_fields)]
        mask = pa.array([place % 3 == 0 for place in range(len(array))])
        return pa.StructArray.from_arrays(children, fields=list(array.type), mask=mask)
    if pa.types.is_list(array.type):
        mask = pa.array([place % 5 == 0 for place in range(len(array))])
        return pa.ListArray.from_arrays(array.offsets, with_nulls_over_values(array.values), mask=mask, type=array.type)
    return array


@pytest.mark.parametrize("absent_is_none", [False, True])
def test_nulls_over_values(absent_is_none: bool) -> None:
    whole = batch(0.0)
    hidden = pa.record_batch([with_nulls_over_values(column) for column in whole.columns], schema=whole.schema)
    hidden.validate(full=True)
    assert_alike_in(engine(), hidden, absent_is_none=absent_is_none)
    assert_alike_in(engine(), hidden.slice(13, 250), absent_is_none=absent_is_none)


def replaced(group: str, name: str, column: pa.Array) -> pa.RecordBatch:
    """The batch with another column in a group at the top; of another type, if that is the column's."""
    whole = batch(0.0)
    place = whole.schema.get_field_index(group)
    struct = whole.column(place)
    names = [field.name for field in struct.type]
    columns = [column if one == name else before for one, before in zip(names, struct.flatten(), strict=True)]
    return whole.set_column(place, group, pa.StructArray.from_arrays(columns, names=names))


@pytest.mark.parametrize("says_none", [[True] * COUNT, [place % 3 == 0 for place in range(COUNT)]])
def test_a_value_beside_none(says_none: list[bool]) -> None:
    values = [date(2024, 1, 1) if place % 2 else None for place in range(COUNT)]
    whole = replaced("student", "left_on", pa.array(values, pa.date32()))
    struct = whole.column(0)
    names = [field.name for field in struct.type]
    columns = [
        pa.array(says_none) if name == "left_on__none" else column
        for name, column in zip(names, struct.flatten(), strict=True)
    ]
    assert_alike_in(engine(), whole.set_column(0, "student", pa.StructArray.from_arrays(columns, names=names)))


def test_days_that_are_none_are_refused() -> None:
    whole = batch(0.0).slice(0, 3)
    days = pa.array([[2**30], [0, -(2**30)], [5]], pa.list_(pa.int32())).cast(pa.list_(pa.date32()))
    place = whole.schema.get_field_index("days")
    decided = assert_alike_in(engine(), whole.set_column(place, whole.schema.field(place), days))
    assert [(reject.row, reject.violations[0].path) for reject in decided.rejects] == [
        (100, "days[0]"),
        (101, "days[1]"),
    ]


def test_rows_of_one_number_are_told_apart() -> None:
    both = pa.concat_batches([batch(0.2), batch(0.2)])
    numbers = pa.array([5] * both.num_rows, pa.int64())
    decided = engine().decide(both, Question(AS_OF), rows=numbers)
    alone = engine().decide(both, Question(AS_OF))
    assert decided.decisions.drop_columns(["row"]).equals(alone.decisions.drop_columns(["row"]))
    assert len(decided.rejects) == len(alone.rejects)
    assert set(decided.decisions.column("row").to_pylist()) == {5}


OTHERS: dict[str, Callable[[pa.RecordBatch], pa.RecordBatch]] = {
    "a column is missing": lambda whole: whole.select(["student", "rate", "days"]),
    "another order": lambda whole: whole.select(["days", "notices", "rate", "student"]),
    "a column too many": lambda whole: whole.append_column("x", pa.array(range(COUNT))),
    "other places": lambda whole: whole.set_column(1, "rate", whole.column(1).cast(pa.decimal128(38, 3))),
    "floats": lambda whole: whole.set_column(1, "rate", whole.column(1).cast(pa.float64())),
    "wide text": lambda _: replaced("student", "grade", pa.array(["K"] * COUNT, pa.large_string())),
    "a dictionary": lambda _: replaced("student", "grade", pa.array(["K"] * COUNT).dictionary_encode()),
    "narrow integers": lambda _: replaced("student", "n", pa.array([1] * COUNT, pa.int32())),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_columns_are_refused_and_never_misread(name: str) -> None:
    other = OTHERS[name](batch(0.0))
    for one in (engine(), RosterEngine.build(engine()._engine)):
        with pytest.raises(RollbookError) as caught:
            one.decide(other, Question(AS_OF))
        assert caught.value.reason is Reason.REQUEST_INVALID


def test_names_of_items_do_not_matter() -> None:
    whole = batch(0.0)
    place = whole.schema.get_field_index("days")
    named = whole.column(place).cast(pa.list_(pa.field("element", pa.date32())))
    other = pa.record_batch([*whole.columns[:place], named], names=whole.schema.names)
    assert other.schema == case_schema(engine().ruleset.facts)
    assert_alike_in(engine(), other)
