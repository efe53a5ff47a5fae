"""Rosters decided by a server: the same files as without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import rollbook
from clients.rosters import batches
from clients.rosters.errors import RosterFileError
from clients.rosters.jobs import Finished, Job, run
from clients.rosters.local import LocalDecider
from clients.rosters.parts import Start, parts_folder
from clients.rosters.reading import open_cases
from clients.rosters.remote import RemoteDecider, remote_decider
from engine.errors import FactsError
from tests.clients.rosters.loans import AS_OF, LOANS, RULESETS, csv_text, json_lines, write_cases
from tests.server.running import Running


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Running(RULESETS, roster_max_batch_cases=7, roster_max_message_bytes=10_000) as running:
        yield running.target


def remote(server: str, cases: Path, job: Job) -> Finished:
    with remote_decider(server, LOANS, as_of=AS_OF, patience=5) as decider:
        return run(open_cases(cases), decider, job)


def same_as_here(server: str, decider: LocalDecider, cases: Path) -> Finished:
    """What the server made of the cases, once the files are seen to be those that this process makes."""
    out = cases.with_name("there.jsonl")
    there = remote(server, cases, Job(out, batch_rows=20, ids=["id"]))
    here = run(open_cases(cases), decider, Job(cases.with_name("here.jsonl"), batch_rows=20, ids=["id"]))
    assert there.out.read_bytes() == here.out.read_bytes()
    assert there.tally == here.tally
    assert (there.rejects is None) == (here.rejects is None)
    if there.rejects is not None and here.rejects is not None:
        assert there.rejects.read_bytes() == here.rejects.read_bytes()
    return there


@pytest.mark.parametrize("name", ["cases.csv", "cases.jsonl", "cases.parquet", "cases.arrow"])
@pytest.mark.parametrize("count", [0, 1, 53])
def test_a_server_decides_the_same(server: str, decider: LocalDecider, tmp_path: Path, name: str, count: int) -> None:
    finished = same_as_here(server, decider, write_cases(tmp_path, name, count))
    assert finished.tally.rows == count


def test_what_is_asked_comes_from_the_server(server: str, decider: LocalDecider) -> None:
    with remote_decider(server, LOANS, as_of=AS_OF) as there:
        assert isinstance(there, RemoteDecider)
        assert there.asked == decider.asked
        assert there.facts == decider.facts
        assert there.one_by_one == decider.one_by_one


def test_rejects_are_the_same(server: str, decider: LocalDecider, tmp_path: Path) -> None:
    bad = ["S-9,9,,true,0,[],false", "S-short", 'S-list,3,,true,0,"[{""due"":1}]",false', "S-fee,3,,,-5.123,[],maybe"]
    path = tmp_path / "cases.csv"
    lines = csv_text(50).splitlines()
    path.write_text("\n".join([*lines[:9], *bad, *lines[9:], *["S-short"] * 25, *bad, ""]), encoding="utf-8")
    finished = same_as_here(server, decider, path)
    assert (finished.tally.decided, finished.tally.rejected) == (50, 33)


def test_rejects_of_json_are_the_same(server: str, decider: LocalDecider, tmp_path: Path) -> None:
    huge = {"id": "S-huge", "student": {"grade_level": "3"}, "fees": {"owed": 10**30}}
    bad = [json.dumps(huge), "{", "[]", '{"id": "S-x", "fees": {"owd": 1}}', '{"id": "S-y", "loans": {"title": 1}}']
    path = tmp_path / "cases.jsonl"
    path.write_text(json_lines(30) + "\n".join(bad) + "\n" + json_lines(5), encoding="utf-8")
    finished = same_as_here(server, decider, path)
    assert finished.tally.decided == 35


@pytest.mark.parametrize("name", ["cases.jsonl", "cases.parquet"])
def test_a_case_that_does_not_fit_in_a_message_is_a_reject(server: str, tmp_path: Path, name: str) -> None:
    path = write_cases(tmp_path, name, 12, title="".join(map(chr, range(0x100, 0x4000))))
    finished = remote(server, path, Job(tmp_path / "out.csv", ids=["id"]))
    assert (finished.tally.decided, finished.tally.rejected) == (3, 9)
    assert finished.rejects is not None
    first = json.loads(finished.rejects.read_text(encoding="utf-8").splitlines()[0])
    assert (first["row"], first["ids"], first["reason"]) == (0, {"id": "S-00000"}, "TOO_LARGE")


def test_columns_are_refused_as_they_are_here(server: str, decider: LocalDecider, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("student.grade_levl,x\n3,1\n", encoding="utf-8")
    with pytest.raises(FactsError) as here:
        run(open_cases(path), decider, Job(tmp_path / "out.csv"))
    with pytest.raises(FactsError) as there:
        remote(server, path, Job(tmp_path / "out.csv"))
    assert there.value.violations == here.value.violations
    assert [one.name for one in tmp_path.iterdir()] == ["cases.csv"]


def test_a_ruleset_that_is_not_there(server: str) -> None:
    with pytest.raises(rollbook.NotFoundError), remote_decider(server, "oak/none", as_of=AS_OF):
        pass


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(rollbook.UnavailableError), remote_decider("127.0.0.1:1", LOANS, as_of=AS_OF, patience=0):
        pass


def test_a_run_here_goes_on_there(server: str, decider: LocalDecider, tmp_path: Path) -> None:
    """Versions decide whether parts fit, not who made them."""
    path = tmp_path / "cases.csv"
    path.write_text(csv_text(50), encoding="utf-8")
    job = Job(tmp_path / "out.csv", ids=["id"], batch_rows=10)
    with remote_decider(server, LOANS, as_of=AS_OF) as there:
        answers = there.decide

        def breaking(chunks: object) -> Iterator[object]:
            for number, answer in enumerate(answers(chunks)):  # type: ignore[arg-type] # passed on as it comes
                if number == 2:
                    message = "stopped"
                    raise OSError(message)
                yield answer

        there.decide = breaking  # type: ignore[method-assign, assignment] # the run is to end early
        with pytest.raises(OSError, match="stopped"):
            run(open_cases(path), there, job)
    assert parts_folder(job.out).is_dir()
    finished = run(open_cases(path), decider, Job(job.out, ["id"], 10, Start.RESUME))
    assert (finished.resumed, finished.tally.rows) == (20, 50)


def test_a_server_that_comes_back_with_another_version_of_itself(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_cases(tmp_path, "cases.jsonl", 20)
    with remote_decider(server, LOANS, as_of=AS_OF) as there:
        monkeypatch.setattr(there, "asked", replace(there.asked, engine="0.0.1"))
        with pytest.raises(RosterFileError, match="came back with other calendars"):
            run(open_cases(path), there, Job(tmp_path / "out.csv", ids=["id"]))


def test_lines_are_put_together_as_they_fit() -> None:
    large: list[int] = []
    lines = [b"a" * size for size in (3, 3, 20, 3, 9, 1, 1, 1, 20)]
    found = list(batches._texts(lines, 3, 10, large))
    assert [(start, [len(line) for line in text.split(b"\n")]) for start, text in found] == [
        (0, [3, 3]),
        (3, [3]),
        (4, [9]),
        (5, [1, 1, 1]),
    ]
    assert large == [2, 8]
