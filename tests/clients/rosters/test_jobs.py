"""Jobs over rosters: files in, one file of decisions out, in parts that a run which was stopped goes on from."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clients.rosters.errors import RosterFileError
from clients.rosters.jobs import Finished, Job, run
from clients.rosters.local import LocalDecider
from clients.rosters.parts import parts_folder
from clients.rosters.reading import open_cases
from engine.errors import RollbookError
from tests.clients.rosters.loans import OUTCOMES, case_id, csv_text, deciding, json_lines, read_out, write_cases


def rejects_of(finished: Finished) -> list[dict[str, Any]]:
    assert finished.rejects is not None
    return [json.loads(line) for line in finished.rejects.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("given", ["cases.csv", "cases.jsonl", "cases.parquet", "cases.arrow"])
@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet"])
def test_every_form_in_and_out(tmp_path: Path, decider: LocalDecider, given: str, out: str) -> None:
    cases = open_cases(write_cases(tmp_path, given, 25))
    finished = run(cases, decider, Job(tmp_path / out, ids=["id"], batch_rows=10))
    rows = read_out(finished.out)
    assert [row["id"] for row in rows] == [case_id(number) for number in range(25)]
    assert [row["outcome"] for row in rows] == [OUTCOMES[number % 4] for number in range(25)]
    assert [int(row["row"]) for row in rows] == list(range(25))
    assert {row["version"] for row in rows} == {decider.asked.version}
    assert list(rows[0])[:3] == ["id", "row", "outcome"]
    assert list(rows[0])[-8:] == [
        "ruleset", "version", "as_of", "rules_as_of", "absent_is_none", "calendars", "builds_on", "engine_version",
    ]  # fmt: skip
    assert finished.tally.outcomes == Counter(OUTCOMES[number % 4] for number in range(25))
    assert finished.tally.rules == {"fees": 6, "big-reader": 13, "small-reader": 6}
    assert (finished.rejects, finished.tally.complete) == (None, 19)
    assert not parts_folder(finished.out).exists()


def test_csv_and_parquet_say_the_same(tmp_path: Path, decider: LocalDecider) -> None:
    wanted = None
    for name in ("cases.csv", "cases.jsonl", "cases.parquet"):
        cases = open_cases(write_cases(tmp_path, name, 25))
        finished = run(cases, decider, Job(tmp_path / "out.parquet", ids=["id"], batch_rows=10))
        found = pq.read_table(finished.out)
        assert wanted is None or found.equals(wanted)
        wanted = found


def test_outcomes_only(tmp_path: Path) -> None:
    cases = open_cases(write_cases(tmp_path, "cases.parquet", 10))
    with deciding("outcomes") as short:
        finished = run(cases, short, Job(tmp_path / "out.jsonl", ids=["id"], batch_rows=3))
    rows = read_out(finished.out)
    assert rows[1]["rules"] == ["fees", "big-reader"]
    assert "held" not in rows[0]
    assert finished.tally.rules == {"fees": 3, "big-reader": 6, "small-reader": 2}


@pytest.mark.parametrize("given", ["cases.csv", "cases.jsonl", "cases.parquet"])
@pytest.mark.parametrize("out", ["out.csv", "out.jsonl", "out.parquet"])
def test_an_empty_roster(tmp_path: Path, decider: LocalDecider, given: str, out: str) -> None:
    cases = open_cases(write_cases(tmp_path, given, 0))
    finished = run(cases, decider, Job(tmp_path / out, ids=["id"]))
    assert read_out(finished.out) == []
    assert finished.tally.rows == 0
    if out == "out.parquet":
        assert pq.read_schema(finished.out).names[:2] == ["id", "row"]


def test_rejects_have_their_row_and_ids_and_no_value(tmp_path: Path, decider: LocalDecider) -> None:
    path = tmp_path / "cases.csv"
    secret = "Xyzzy"
    path.write_text(
        csv_text(3)
        + f"S-3,{secret},,true,0,[],false\n"
        + "S-4,3\n"
        + f"S-5,3,{secret},,0,[],false\n"
        + f"S-6,3,,true,0,{secret},false\n"
        + csv_text(1).splitlines()[1],
        encoding="utf-8",
    )
    finished = run(open_cases(path), decider, Job(tmp_path / "out.csv", ids=["id"], batch_rows=2))
    rejects = rejects_of(finished)
    assert [(one["row"], one["ids"]) for one in rejects] == [
        (3, {"id": "S-3"}), (4, {}), (5, {"id": "S-5"}), (6, {"id": "S-6"}),
    ]  # fmt: skip
    assert rejects[0]["violations"][0]["path"] == "student.grade_level"
    assert rejects[1]["message"] == "The line has 2 cells; the header has 7."
    assert {one["reason"] for one in rejects} == {"FACT_INVALID"}
    assert secret not in json.dumps(rejects)
    assert [int(row["row"]) for row in read_out(finished.out)] == [0, 1, 2, 7]
    assert (finished.tally.decided, finished.tally.rejected) == (4, 4)


@pytest.mark.parametrize("ids", [(), ("id",)])
def test_lines_that_are_no_json_are_rejects(tmp_path: Path, decider: LocalDecider, ids: tuple[str, ...]) -> None:
    path = tmp_path / "cases.jsonl"
    lines = [line if ids else line.replace('"id": "S-00000", ', "") for line in json_lines(1).splitlines()]
    path.write_bytes(
        "\n".join([*lines, "{", *lines, "[]", "7"]).encode() + b'\n{"student": "\xff"}\n' + lines[0].encode()
    )
    finished = run(open_cases(path), decider, Job(tmp_path / "out.jsonl", ids=ids, batch_rows=4))
    assert [one["row"] for one in rejects_of(finished)] == [1, 3, 4, 5]
    assert [row["row"] for row in read_out(finished.out)] == [0, 2, 6]


def test_rejects_of_a_run_before_are_taken_away(tmp_path: Path, decider: LocalDecider) -> None:
    job = Job(tmp_path / "out.csv", ids=["id"])
    bad = tmp_path / "bad.csv"
    bad.write_text(csv_text(1) + "S-1\n", encoding="utf-8")
    rejects = run(open_cases(bad), decider, job).rejects
    assert rejects is not None
    assert rejects.exists()
    run(open_cases(write_cases(tmp_path, "good.csv", 2)), decider, job)
    assert not rejects.exists()


def test_ids_of_different_types_become_one(tmp_path: Path, decider: LocalDecider) -> None:
    path = tmp_path / "cases.jsonl"
    ids = [1, 2, "x", 4.5, None, True]
    path.write_text("".join(json.dumps({"id": one}) + "\n" for one in ids), encoding="utf-8")
    finished = run(open_cases(path), decider, Job(tmp_path / "out.jsonl", ids=["id"], batch_rows=2))
    assert [row["id"] for row in read_out(finished.out)] == ["1", "2", "x", "4.5", None, "true"]
    finished = run(open_cases(path), decider, Job(tmp_path / "out.parquet", ids=["id"], batch_rows=2))
    assert pq.read_schema(finished.out).field("id").type == pa.string()


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (["idd"], "--id idd: the cases have no such column. Did you mean id?"),
        (["id", "id"], "--id id is said twice"),
        (["outcome"], "the decisions have a column of that name"),
        (["version"], "the decisions have a column of that name"),
    ],
)
def test_ids_that_cannot_be(tmp_path: Path, decider: LocalDecider, ids: list[str], said: str) -> None:
    cases = open_cases(write_cases(tmp_path, "cases.csv", 1))
    with pytest.raises(RosterFileError, match=said.replace(".", r"\.").replace("?", r"\?")):
        run(cases, decider, Job(tmp_path / "out.csv", ids=ids))


def test_a_fact_may_be_an_id_too(tmp_path: Path, decider: LocalDecider) -> None:
    cases = open_cases(write_cases(tmp_path, "cases.csv", 4))
    finished = run(cases, decider, Job(tmp_path / "out.jsonl", ids=["student.grade_level", "id"]))
    rows = read_out(finished.out)
    assert [row["student.grade_level"] for row in rows] == ["3", "3", "1", "3"]
    assert [row["outcome"] for row in rows] == OUTCOMES


def test_a_column_that_is_no_fact_ends_the_run_and_leaves_nothing(tmp_path: Path, decider: LocalDecider) -> None:
    cases = open_cases(write_cases(tmp_path, "cases.csv", 3))
    with pytest.raises(RollbookError):
        run(cases, decider, Job(tmp_path / "out.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_no_folder_to_write_to(tmp_path: Path, decider: LocalDecider) -> None:
    path = write_cases(tmp_path, "cases.csv", 1)
    with pytest.raises(RosterFileError, match="there is no folder"):
        run(open_cases(path), decider, Job(tmp_path / "no" / "out.csv"))
    with pytest.raises(RosterFileError, match="does not say how to write"):
        run(open_cases(path), decider, Job(tmp_path / "out.xlsx"))
