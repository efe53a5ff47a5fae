"""Reading tables of cases: every form gives the same cases with the same row numbers, and a bad line ends nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.rosters import json_lines
from clients.rosters.chunks import numbered
from clients.rosters.errors import RosterFileError
from clients.rosters.formats import CasesFormat
from clients.rosters.reading import Cases, open_cases
from tests.clients.rosters.loans import csv_text, table
from tests.clients.rosters.loans import json_lines as json_text


def rows_read(cases: Cases, batch_rows: int) -> tuple[dict[int, object], dict[int, str]]:
    """What was read and what was rejected, by row; each piece within its bounds."""
    read: dict[int, object] = {}
    rejected: dict[int, str] = {}
    for chunk in numbered(cases.pieces(batch_rows)):
        piece = chunk.piece
        assert piece.count <= batch_rows
        assert 0 <= piece.share <= 1
        found = piece.cases.to_pylist() if isinstance(piece.cases, pa.RecordBatch) else list(piece.cases)
        places = range(piece.count) if piece.places is None else piece.places.to_pylist()
        assert len(found) + len(piece.rejects) == piece.count
        read |= {chunk.first_row + place: row for place, row in zip(places, found, strict=True)}
        rejected |= {chunk.first_row + reject.row: reject.message for reject in piece.rejects}
    assert sorted([*read, *rejected]) == list(range(len(read) + len(rejected)))
    return read, rejected


@pytest.mark.parametrize("batch_rows", [1, 7, 25, 1000])
def test_parquet_csv_json_and_arrow_have_the_same_rows(tmp_path: Path, batch_rows: int) -> None:
    cases = table(50)
    pq.write_table(cases, tmp_path / "cases.parquet", row_group_size=20)
    for name, make in (("cases.arrow", pa.ipc.new_file), ("cases.feather", pa.ipc.new_stream)):
        with make(tmp_path / name, cases.schema) as writer:
            writer.write_table(cases, max_chunksize=20)
    for name in ("cases.parquet", "cases.arrow", "cases.feather"):
        read, rejected = rows_read(open_cases(tmp_path / name), batch_rows)
        assert list(read.values()) == cases.to_pylist()
        assert not rejected
    (tmp_path / "cases.jsonl").write_text(json_text(50), encoding="utf-8")
    read, rejected = rows_read(open_cases(tmp_path / "cases.jsonl"), batch_rows)
    assert [line.decode() for line in read.values() if isinstance(line, bytes)] == json_text(50).splitlines()
    (tmp_path / "cases.csv").write_text(csv_text(50), encoding="utf-8")
    read, rejected = rows_read(open_cases(tmp_path / "cases.csv"), batch_rows)
    assert [row["id"] for row in read.values() if isinstance(row, dict)] == cases["id"].to_pylist()


def test_a_folder_or_pattern_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    cases = table(30)
    folder = tmp_path / "cases"
    for place, name in enumerate(["a.parquet", "b/c.parquet", "d.parquet"]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(cases.slice(place * 10, 10), folder / name)
    (folder / "_temporary").mkdir()
    pq.write_table(cases, folder / "_temporary" / "e.parquet")
    (folder / "_SUCCESS").touch()
    for source in (folder, f"{folder}/**/[a-d].parquet"):
        found = open_cases(source)
        assert found.rows == 30
        assert list(rows_read(found, 7)[0].values()) == cases.to_pylist()


def test_an_empty_cell_is_left_out_also_with_quotes(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(b'\xef\xbb\xbfa,b\r\n,""\r\n\r\n"two\r\nlines",x\r\n')
    read, _ = rows_read(open_cases(path), 10)
    assert list(read.values()) == [{"a": None, "b": None}, {"a": "two\r\nlines", "b": "x"}]


GOOD, SHORT, LONG, BYTES, BLANK = b"1,2\n", b"1\n", b"1,2,3\n", b"1,\xff\n", b"\n"


@given(st.lists(st.sampled_from([GOOD, GOOD, SHORT, LONG, BYTES, BLANK])), st.integers(1, 9))
def test_bad_csv_lines_are_rejects_with_their_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], batch_rows: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "cases.csv"
    path.write_bytes(b"a,b\n" + b"".join(lines))
    read, rejected = rows_read(open_cases(path), batch_rows)
    rows = [line for line in lines if line is not BLANK]
    assert sorted(read) == [row for row, line in enumerate(rows) if line is GOOD]
    said = {
        SHORT: "The line has 1 cells; the header has 2.",
        LONG: "The line has 3 cells; the header has 2.",
        BYTES: "A cell cannot be read.",
    }
    assert rejected == {row: said[line] for row, line in enumerate(rows) if line is not GOOD}


def test_csv_in_many_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clients.rosters.csv_files._BLOCK", 64)
    path = tmp_path / "cases.csv"
    path.write_text("a,b\n" + "".join("x\n" if row % 5 == 3 else f"{row},y\n" for row in range(500)), encoding="utf-8")
    read, rejected = rows_read(open_cases(path), 33)
    assert list(rejected) == list(range(3, 500, 5))
    assert all(isinstance(found, dict) and found["a"] == str(row) for row, found in read.items())


@pytest.mark.parametrize("text", ['a,b\n1,2\n3,"4\n5,6\n', 'a,b\n1,2\n"3,4\n5,6\n', 'a\n1\n"2\n3\n'])
def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RosterFileError, match="a quote is opened and never closed"):
        rows_read(open_cases(path), 10)


def test_long_json_lines_are_rejects_and_many_bytes_end_a_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 1024**2)
    monkeypatch.setattr(json_lines, "_MOST_BYTES", 2 * 1024**2)
    path = tmp_path / "cases.ndjson"
    path.write_bytes(b"\xef\xbb\xbf{}\n\n" + b'"%s"\n' % (b"x" * 3 * 1024**2) + b"{}\n" + (b"1" * 900_000 + b"\n") * 5)
    found = open_cases(path)
    read, rejected = rows_read(found, 100)
    assert (read[0], read[2], len(read)) == (b"{}", b"{}", 7)
    assert rejected == {1: "The line has more than 1 MB."}
    assert len(list(found.pieces(100))) == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cases.csv", "", "no header line"),
        ("cases.csv", "a,a\n", "names a column twice: a"),
        ("cases.csv", "a,,b\n", "column 2 has no name"),
        ("cases.parquet", "a,b\n", "cannot be read as Parquet"),
        ("cases.arrow", "a,b\n", "cannot be read as Arrow IPC"),
        ("cases.xlsx", "a", "the ending does not say"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RosterFileError, match=said):
        open_cases(path)


def missing_file(folder: Path) -> Path:
    return folder / "cases.csv"


def missing_match(folder: Path) -> str:
    return f"{folder}/*.parquet"


def empty_folder(folder: Path) -> Path:
    return folder


def mixed_files(folder: Path) -> str:
    (folder / "a.csv").touch()
    (folder / "b.csv").touch()
    return f"{folder}/*.csv"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (missing_file, "there is no file"),
        (missing_match, "there is no file"),
        (empty_folder, "there is no \\*.parquet in the folder"),
        (mixed_files, "only when all are Parquet"),
    ],
)
def test_sources_without_cases(tmp_path: Path, source: Callable[[Path], Path | str], said: str) -> None:
    with pytest.raises(RosterFileError, match=said):
        open_cases(source(tmp_path))


def test_a_parquet_file_that_is_cut_off_says_which(tmp_path: Path) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(table(2000), path, row_group_size=100)
    found = open_cases(path)
    with path.open("r+b") as file:
        file.seek(2000)
        file.write(b"\xff" * 5000)
    with pytest.raises(RosterFileError, match=r"cases\.parquet cannot be read as Parquet"):
        list(found.pieces(100))


def test_the_form_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("a\n1\n", encoding="utf-8")
    assert rows_read(open_cases(path, CasesFormat.CSV), 10)[0] == {0: {"a": "1"}}
