"""A run that was stopped goes on where it stopped, and only with the same question about the same cases."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clients.rosters.deciding import Answer, Asked, Prepared
from clients.rosters.errors import RosterFileError
from clients.rosters.jobs import Job, run
from clients.rosters.local import LocalDecider
from clients.rosters.parts import Start, parts_folder
from clients.rosters.reading import open_cases
from tests.clients.rosters.loans import csv_text, deciding, read_out, write_cases


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
        self.run_id = ""
        self.answered = False

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
        fcntl.flock(folder, fcntl.LOCK_EX)
        with pytest.raises(RosterFileError, match="another run is at work"):
            run(open_cases(path), decider, job_to(out, Start.RESUME))
    finally:
        os.close(folder)
