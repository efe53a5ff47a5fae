"""Cases as columns of other systems: what is taken, what is rejected, what is refused as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from engine.errors import FactsError, RollbookError
from engine.rosters.columns import facts_of
from engine.rosters.conforming import Conformed, conform
from engine.rulesets.facts import Fact, FactGroup
from tests.engine.rosters.declared import FACTS


def conformed(columns: Mapping[str, Any], **options: Any) -> Conformed:
    return conform(pa.record_batch(dict(columns)), FACTS, first_row=0, **options)


def facts(columns: Mapping[str, Any], **options: Any) -> list[dict[str, Any]]:
    found = conformed(columns, **options)
    found.cases.validate(full=True)
    assert found.rejects == ()
    return list(facts_of(found.cases, FACTS))


def moments(*texts: str | None) -> pa.Array:
    zone = "UTC" if any(text and text.endswith("Z") for text in texts) else None
    return pa.array(texts).cast(pa.timestamp("s", zone))


def single(kind: Any, array: pa.Array, **declared: Any) -> tuple[list[Any], list[int]]:
    """What a column of one fact says, None for left out, and the rows that cannot be read."""
    group = FactGroup("", {"x": Fact("x", kind, **declared)})
    found = conform(pa.record_batch({"x": array}), group, first_row=0)
    values = [row.get("x") for row in facts_of(found.cases, group)]
    return values, [reject.row for reject in found.rejects]


def test_text_of_csv_is_read_by_what_is_declared() -> None:
    columns = {
        "student.grade_level": ["K", ""],
        "student.foster": [" True", "false"],
        "student.left_on": ["", "2018-03-01"],
        "student.left_on__none": ["true", ""],
        "student.home.city": ["", "Los Angeles"],
        "mark.score": ["12", "3.0"],
        "mark.average": ["12.50", "1e1"],
        "mark.wait": ["P3D", ""],
        "days": ['["2018-03-01"]', ""],
        "notices": ["[]", '[{"area": "math", "sent_on": null}, null]'],
    }
    assert facts(columns, empty_is_left_out=True) == [
        {
            "student": {"grade_level": "K", "foster": True, "left_on": None, "home": {}},
            "mark": {"score": 12, "average": Decimal("12.50"), "wait": "P3D"},
            "notices": [],
            "days": [date(2018, 3, 1)],
        },
        {
            "student": {"foster": False, "left_on": date(2018, 3, 1), "home": {"city": "Los Angeles"}},
            "mark": {"score": 3, "average": Decimal("10.00")},
            "notices": [{"area": "math", "sent_on": None}, None],
        },
    ]
    assert facts({"student.home.city": [""]})[0]["student"]["home"] == {"city": ""}


def test_structs_of_parquet_are_read_with_narrow_numbers_and_dictionaries() -> None:
    notice = pa.struct({"area": pa.dictionary(pa.int8(), pa.string()), "sent_on": pa.timestamp("s")})
    columns = {
        "mark": pa.array(
            [{"score": 3, "average": 2.5}, None], pa.struct({"score": pa.int16(), "average": pa.float32()})
        ),
        "notices": pa.array(
            [[{"area": "math", "sent_on": moments("2018-03-01")[0]}, None], None], pa.large_list(notice)
        ),
        "student.home": pa.array([{"city": "A"}, {"city": None}], pa.struct({"city": pa.large_string()})),
        "points": pa.array([[1, None], []], pa.list_(pa.int32())),
    }
    assert facts(columns) == [
        {
            "student": {"home": {"city": "A"}},
            "mark": {"score": 3, "average": Decimal("2.50")},
            "notices": [{"area": "math", "sent_on": date(2018, 3, 1)}, {}],
            "points": [Decimal("1.0"), None],
        },
        {"student": {"home": {}}, "mark": {}, "points": []},
    ]


@pytest.mark.parametrize(
    ("kind", "array", "values", "refused"),
    [
        ("integer", pa.array([3.0, 3.5, float("nan"), float("inf"), None]), [3, None], [1, 2, 3]),
        ("integer", pa.array(["7", "-0", "7.5", "07", "1e2", "", "٣", "7\n"]), [7, 0, 100, None, 7], [2, 3, 6]),
        ("integer", pa.array([2**64 - 1, 5], pa.uint64()), [5], [0]),
        ("integer", pa.array([Decimal("3.0"), Decimal("3.5")]), [3], [1]),
        ("decimal", pa.array([0.1, 0.125, 1e22, 1e5]), [Decimal("0.1"), Decimal(100000)], [1, 2]),
        ("decimal", pa.array([0.1], pa.float32()), [Decimal("0.1")], []),
        ("decimal", pa.array(["1.50", "1.500", "1.505", "nan", "-.5"]), [Decimal("1.5"), Decimal("1.5")], [2, 3, 4]),
        ("decimal", pa.array([2**63, 1], pa.uint64()), [Decimal(2**63), Decimal(1)], []),
        ("decimal", pa.array([Decimal("1.500"), Decimal("1.505")]), [Decimal("1.5")], [1]),
        ("boolean", pa.array(["TRUE", "false", "yes", "1", None]), [True, False, None], [2, 3]),
        ("date", pa.array(["2018-03-01", "2018-02-30", "3/1", " ", "0000-01-01"]), [date(2018, 3, 1), None], [1, 2, 4]),
        ("date", pa.array([17591, 10**7, -(10**6)], pa.int32()).cast(pa.date32()), [date(2018, 3, 1)], [1, 2]),
        ("event", moments("2018-03-01", "2018-03-01 09:00", None), [date(2018, 3, 1), None], [1]),
        ("date", pa.array([date(2018, 3, 1)], pa.date64()), [date(2018, 3, 1)], []),
        ("date-time", moments("2018-03-01 09:00"), ["2018-03-01T09:00:00"], []),
        (
            "date-time",
            moments("2018-03-01 09:00Z").cast(pa.timestamp("ms", "America/New_York")),
            ["2018-03-01T09:00:00.000Z"],
            [],
        ),
        ("months-duration", pa.array(["P1Y", ""]), ["P1Y", None], []),
        ("string", pa.nulls(2), [None, None], []),
    ],
)  # fmt: skip
def test_cells_are_read_exactly_or_rejected(kind: str, array: pa.Array, values: list[Any], refused: list[int]) -> None:
    places = 2 if kind == "decimal" else None
    assert single(kind, array, places=places) == (values, refused)
    sliced = pa.concat_arrays([array, array])[len(array) :]
    assert single(kind, sliced, places=places) == (values, refused)


def test_rows_that_cannot_be_read_are_told_by_number_and_path_without_the_value() -> None:
    notices = pa.array([[], [{"sent_on": "2018-03-01"}, {"sent_on": "soon"}], None, [{"sent_on": "never"}]])
    columns = {"notices": notices, "mark.score": ["1", "many", "2", "3"], "sis_id": [7, 8, 9, 10]}
    found = conform(pa.record_batch(columns), FACTS, first_row=100, ids=["sis_id"])
    assert found.rows.to_pylist() == [100, 102]
    assert found.ids.to_pylist() == [{"sis_id": 7}, {"sis_id": 9}]
    assert [(reject.row, reject.reason, [one.path for one in reject.violations]) for reject in found.rejects] == [
        (101, "FACT_INVALID", ["mark.score", "notices[1].sent_on"]),
        (103, "FACT_INVALID", ["notices[0].sent_on"]),
    ]
    assert "soon" not in str(found.rejects)
    assert found.rejects[0].violations[0].expected == "a whole number, at least 0, at most 100"


def test_a_value_that_is_said_to_be_none_is_rejected() -> None:
    found = conformed({"mark.average": [1, 1, None], "mark.average__none": [True, False, True]})
    assert [(reject.row, reject.violations[0].path) for reject in found.rejects] == [(0, "mark.average")]
    assert [row["mark"] for row in facts_of(found.cases, FACTS)] == [{"average": Decimal(1)}, {"average": None}]


@pytest.mark.parametrize(
    ("column", "array", "path", "message"),
    [
        ("mark.scor", ["1"], "mark.scor", "Did you mean `score`?"),
        ("studnt.foster", [True], "studnt.foster", "Did you mean `student`?"),
        ("mark.score__none", [True], "mark.score__none", "does not declare what none means"),
        ("mark.score.raw", [1], "mark.score.raw", "No fact of this name"),
        ("notices", pa.array([[{"aera": "x"}]]), "notices[].aera", "Did you mean `area`?"),
        ("student.grade_level", [1], "student.grade_level", "type int64"),
        ("mark.score", [True], "mark.score", "type bool"),
        ("student", [1], "student", "type int64"),
        ("notices", [1], "notices", "type int64"),
    ],
)
def test_columns_that_say_no_declared_fact_refuse_the_batch(column: str, array: Any, path: str, message: str) -> None:
    with pytest.raises(FactsError) as raised:
        conformed({column: array})
    (violation,) = raised.value.violations
    assert violation.path == path
    assert message in violation.message


def test_a_fact_in_two_columns_refuses_the_batch() -> None:
    columns = {"mark": pa.array([{"score": 1}]), "mark.score": [1]}
    with pytest.raises(FactsError, match="two columns"):
        conformed(columns)
    with pytest.raises(RollbookError, match="same name"):
        conform(pa.record_batch([pa.array([1]), pa.array([1])], names=["days", "days"]), FACTS, first_row=0)


def test_an_id_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(RollbookError, match="Did you mean `sis_id`"):
        conformed({"sis_id": [1]}, ids=["sisid"])


def test_an_id_that_is_a_fact_is_both() -> None:
    found = conformed({"mark.score": [3]}, ids=["mark.score"])
    assert found.ids.to_pylist() == [{"mark.score": 3}]
    assert [row["mark"] for row in facts_of(found.cases, FACTS)] == [{"score": 3}]


def test_a_damaged_batch_is_refused() -> None:
    broken = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))
    with pytest.raises(RollbookError, match="damaged"):
        conformed({"days": broken})
