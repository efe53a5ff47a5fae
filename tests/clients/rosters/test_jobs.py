"""Jobs over rosters: files in, one file of decisions out, in parts that a run which was stopped goes on from."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clients.rosters.deciding import Answer, Asked, Prepared
from clients.rosters.errors import RosterFileError
from clients.rosters.jobs import Finished, Job, run
from clients.rosters.local import LocalDecider
from clients.rosters.parts import Start, parts_folder
from clients.rosters.reading import open_cases
from engine.errors import RollbookError
from tests.clients.rosters.loans import OUTCOMES, case_id, csv_text, deciding, json_lines, write_cases


def read_out(path: Path) -> list[dict[str, Any]]:
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        case _:
            rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
            return rows


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


@dataclass
class StoppingError(Exception):
    """Stands for whatever ends a run."""


@dataclass
class Stopping:
    """Decides as another, and counts; ends the run before the chunk of number `at`."""

    decider: LocalDecider
    at: int
    decided: int = 0

    def __post_init__(self) -> None:
        self.asked: Asked = self.decider.asked
        self.facts = self.decider.facts
        self.one_by_one: tuple[str, ...] = ()

    def decide(self, chunks: Iterable[Prepared]) -> Iterator[Answer]:
        for answer in self.decider.decide(chunks):
            if answer.chunk.number == self.at:
                raise StoppingError
            self.decided += 1
            yield answer


def stopped(tmp_path: Path, decider: LocalDecider, job: Job, *, at: int = 2, name: str = "cases.csv") -> Path:
    """A run over 50 cases that ended before its third part of ten."""
    path = write_cases(tmp_path, name, 50)
    with pytest.raises(StoppingError):
        run(open_cases(path), Stopping(decider, at), job)
    return path


def job_to(out: Path, start: Start = Start.NEW) -> Job:
    return Job(out, ids=["id"], batch_rows=10, start=start)


@pytest.mark.parametrize("name", ["cases.csv", "cases.jsonl", "cases.parquet", "cases.arrow"])
def test_resuming_decides_only_what_is_left(tmp_path: Path, decider: LocalDecider, name: str) -> None:
    out = tmp_path / "out.parquet"
    path = stopped(tmp_path, decider, job_to(out), name=name)
    assert not out.exists()
    assert parts_folder(out).stat().st_mode & 0o77 == 0
    counting = Stopping(decider, -1)
    finished = run(open_cases(path), counting, job_to(out, Start.RESUME))
    assert (counting.decided, finished.resumed, finished.tally.rows) == (3, 20, 50)
    whole = run(open_cases(path), decider, job_to(tmp_path / "whole.parquet"))
    assert pq.read_table(out).equals(pq.read_table(whole.out))
    assert finished.tally == whole.tally


def test_parts_that_are_there_want_a_word(tmp_path: Path, decider: LocalDecider) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    with pytest.raises(RosterFileError, match="--resume goes on with it; --restart throws the parts away"):
        run(open_cases(path), decider, job_to(out))
    counting = Stopping(decider, -1)
    finished = run(open_cases(path), counting, job_to(out, Start.RESTART))
    assert (counting.decided, finished.resumed, len(read_out(out))) == (5, 0, 50)


def test_resuming_where_nothing_was_begun_begins(tmp_path: Path, decider: LocalDecider) -> None:
    path = write_cases(tmp_path, "cases.csv", 12)
    assert run(open_cases(path), decider, job_to(tmp_path / "out.csv", Start.RESUME)).tally.rows == 12


def add_a_line(path: Path) -> None:
    path.write_text(csv_text(51), encoding="utf-8")


def change_a_byte(path: Path) -> None:
    before = path.stat()
    path.write_text(csv_text(50).replace("Toads 48", "Frogs 48"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def touch(path: Path) -> None:
    os.utime(path, ns=(0, 0))


@pytest.mark.parametrize("change", [add_a_line, change_a_byte, touch])
def test_a_changed_input_is_not_gone_on_with(tmp_path: Path, decider: LocalDecider, change: Any) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    change(path)
    with pytest.raises(RosterFileError, match=r"cases\.csv: was changed, or written again\. .*--restart"):
        run(open_cases(path), decider, job_to(out, Start.RESUME))


def test_another_question_is_not_gone_on_with(tmp_path: Path, decider: LocalDecider) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    with deciding(as_of=date(2020, 1, 31)) as other, pytest.raises(RosterFileError) as refused:
        run(open_cases(path), other, job_to(out, Start.RESUME))
    assert "--as-of: 2019-10-01 then, 2020-01-31 now" in refused.value.message
    newer = Stopping(decider, -1)
    newer.asked = replace(decider.asked, version="f" * 64)
    with pytest.raises(RosterFileError, match=r"version of the ruleset: .* then, ffffffffffff… now"):
        run(open_cases(path), newer, job_to(out, Start.RESUME))
    with pytest.raises(RosterFileError, match="--batch-rows: 10 then, 11 now"):
        run(open_cases(path), decider, replace(job_to(out, Start.RESUME), batch_rows=11))
    with pytest.raises(RosterFileError, match="--id: id then, none now"):
        run(open_cases(path), decider, replace(job_to(out, Start.RESUME), ids=()))


def test_cases_that_change_while_they_are_read(tmp_path: Path, decider: LocalDecider) -> None:
    path = write_cases(tmp_path, "cases.csv", 50)

    class Changing(Stopping):
        def decide(self, chunks: Iterable[Prepared]) -> Iterator[Answer]:
            yield from super().decide(chunks)
            touch(path)

    with pytest.raises(RosterFileError, match="the cases were changed while they were read"):
        run(open_cases(path), Changing(decider, -1), job_to(tmp_path / "out.csv"))
    assert not (tmp_path / "out.csv").exists()


def test_a_part_that_is_cut_off_is_decided_again(tmp_path: Path, decider: LocalDecider) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    part = parts_folder(out) / "part-000001.arrow"
    part.write_bytes(part.read_bytes()[:100])
    counting = Stopping(decider, -1)
    run(open_cases(path), counting, job_to(out, Start.RESUME))
    assert counting.decided == 4
    assert len(read_out(out)) == 50


def test_a_damaged_manifest_says_so(tmp_path: Path, decider: LocalDecider) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    (parts_folder(out) / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(RosterFileError, match="--restart begins anew"):
        run(open_cases(path), decider, job_to(out, Start.RESUME))


def test_two_runs_do_not_write_the_same_parts(tmp_path: Path, decider: LocalDecider) -> None:
    out = tmp_path / "out.csv"
    path = stopped(tmp_path, decider, job_to(out))
    folder = os.open(parts_folder(out), os.O_RDONLY)
    try:
        import fcntl

        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(RosterFileError, match="another run is at work"):
            run(open_cases(path), decider, job_to(out, Start.RESUME))
    finally:
        os.close(folder)


def test_no_folder_to_write_to(tmp_path: Path, decider: LocalDecider) -> None:
    path = write_cases(tmp_path, "cases.csv", 1)
    with pytest.raises(RosterFileError, match="there is no folder"):
        run(open_cases(path), decider, Job(tmp_path / "no" / "out.csv"))
    with pytest.raises(RosterFileError, match="does not say how to write"):
        run(open_cases(path), decider, Job(tmp_path / "out.xlsx"))
