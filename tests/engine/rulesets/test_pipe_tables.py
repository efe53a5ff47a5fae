"""Pipe tables: cells and where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.rulesets.pipe_tables import read_pipe_table


def cells(text: str) -> list[list[str]]:
    return [[cell.text for cell in row.cells.values()] for row in read_pipe_table(text).rows]


def test_cells_are_trimmed_and_bars_in_quotes_belong_to_the_text() -> None:
    text = 'id | test\none | "a|b", "c\\"|d"\n\n  two|   \n'
    assert cells(text) == [["one", '"a|b", "c\\"|d"'], ["two", ""]]


def test_edges_and_a_line_of_dashes_are_passed_over() -> None:
    assert cells("| a | b |\n|---|:---:|\n| 1 | - |\n") == cells("a | b\n1 | -") == [["1", "-"]]


def test_an_empty_first_cell_is_a_cell() -> None:
    assert cells("a | b\n| 1") == [["", "1"]]


def test_every_cell_knows_where_it_stands() -> None:
    text = "a   | b\n  one | two three\n"
    table = read_pipe_table(text)
    for row in table.rows:
        for cell in row.cells.values():
            assert text[cell.offset :].startswith(cell.text)
    assert [text[column.offset] for column in table.columns] == ["a", "b"]


def test_rows_of_another_width_are_faults() -> None:
    table = read_pipe_table("a | b\n1\n1 | 2\n1 | 2 | 3")
    assert [fault.code for fault in table.faults] == ["row-width", "row-width"]
    assert len(table.rows) == 1


@given(st.text(alphabet='ab|"\\- \n', max_size=60))
def test_any_text_is_read(text: str) -> None:
    table = read_pipe_table(text)
    for row in table.rows:
        for cell in row.cells.values():
            assert text[cell.offset :].startswith(cell.text)
    for fault in table.faults:
        assert 0 <= fault.offset <= len(text)
