"""Writing tables of decisions: what each form has, and that all forms say the same."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clients.rosters.formats import OutFormat
from clients.rosters.writing import opened_writer

HELD = pa.struct([("rule", pa.string()), ("element", pa.int32()), ("results", pa.string())])
TABLE = pa.table(
    {
        "id": pa.array(["A,1", 'B "2"', None]),
        "amount": pa.array([Decimal("1.50"), None, Decimal("0.10")], pa.decimal128(38, 2)),
        "row": pa.array([0, 1, 2], pa.int64()),
        "because": pa.array(["", "two\nlines", "é"]),
        "applies": pa.array([True, False, None]),
        "held": pa.array(
            [[{"rule": "late", "element": 1, "results": '{"owed":0.10}'}], [], None],
            pa.list_(HELD),
        ),
        "results": pa.array(['{"owed":12345678901234567890.10}', "{}", '{"day":"2019-10-01"}']),
        "as_of": pa.array([date(2019, 10, 1)] * 3, pa.date32()),
        "calendars": pa.array([[("oak", "1f")], [], []], pa.map_(pa.string(), pa.string())),
    }
)


def written(form: OutFormat) -> bytes:
    file = io.BytesIO()
    with opened_writer(file, form, TABLE.schema) as writer:
        for batch in TABLE.to_batches(max_chunksize=2):
            writer.write(batch)
        text = b"" if form is OutFormat.PARQUET else file.getvalue()
    return text or file.getvalue()


def test_parquet_has_the_columns_as_they_are() -> None:
    file = io.BytesIO()
    with opened_writer(file, OutFormat.PARQUET, TABLE.schema) as writer:
        for batch in TABLE.to_batches():
            writer.write(batch)
        whole = file
    assert pq.read_table(pa.BufferReader(_closed(whole))).equals(TABLE)


def _closed(file: io.BytesIO) -> bytes:
    return file.getvalue()


def test_csv_has_json_text_for_what_is_nested() -> None:
    header, *rows = csv.reader(io.StringIO(written(OutFormat.CSV).decode()))
    assert header == TABLE.column_names
    first, second, third = (dict(zip(header, row, strict=True)) for row in rows)
    assert (first["id"], second["id"], second["because"]) == ("A,1", 'B "2"', "two\nlines")
    assert first["held"] == '[{"rule":"late","element":1,"results":{"owed":0.10}}]'
    assert (first["results"], first["calendars"]) == ('{"owed":12345678901234567890.10}', '{"oak":"1f"}')
    assert [row["applies"] for row in (first, second, third)] == ["true", "false", ""]
    assert (first["amount"], first["as_of"]) == ("1.50", "2019-10-01")


def test_empty_text_and_nothing_differ_in_csv() -> None:
    first, *_, last = written(OutFormat.CSV).decode().splitlines()[1:]
    assert first.startswith('"A,1",1.50,0,"",')
    assert last.startswith(",0.10,2,")


def test_json_lines_are_nested_and_keep_all_digits() -> None:
    first, second, third = (
        json.loads(line, parse_float=Decimal) for line in written(OutFormat.JSONL).decode().splitlines()
    )
    assert list(first) == TABLE.column_names
    assert first["held"] == [{"rule": "late", "element": 1, "results": {"owed": Decimal("0.10")}}]
    assert first["results"] == {"owed": Decimal("12345678901234567890.10")}
    assert first["calendars"] == {"oak": "1f"}
    assert (second["amount"], second["held"], third["held"], third["id"]) == (None, [], None, None)
    assert (first["amount"], first["as_of"]) == (Decimal("1.50"), "2019-10-01")


@pytest.mark.parametrize("form", [OutFormat.CSV, OutFormat.JSONL])
def test_no_rows(form: OutFormat) -> None:
    file = io.BytesIO()
    with opened_writer(file, form, TABLE.schema):
        pass
    assert file.getvalue().count(b"\n") == (1 if form is OutFormat.CSV else 0)
