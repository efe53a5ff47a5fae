"""Decisions of recorded rosters are found, read and made again as single ones are; on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import update

from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1 import decision_pb2
from rollbook.v1.decision_log_pb2 import LoggedDecision, RosterRun
from server.store import Database
from server.store.roster_tables import roster_decisions, roster_runs
from tests.server.rosters.asking import arrow, decide, rows_in
from tests.server.rosters.test_recording import CASES, batches, record
from tests.server.running import MARKS, NAME, Folder, Running, refused

FEW = {"student": {"foster_youth": False}, "enrollment": {"instructional_days": 3}}


@pytest.fixture
def logging(folder: Folder, url: str, tmp_path: Path) -> Iterator[Running]:
    folder.write("demo/other", MARKS.replace("demo/marks", "demo/other"))
    with Running(folder.path, database_url=url, roster_log_folder=tmp_path / "segments") as running:
        yield running


def alone(server: Running, facts: Any = FEW, **more: Any) -> str:
    decided = server.decide(facts, mode=decision_pb2.MODE_RECORD, **more)
    return decided.decision_id


def together(server: Running, **more: Any) -> list[str]:
    """The ids of a withheld case of s-1, an assigned one of s-2, and one of s-1 that is not known."""
    (answer,) = batches(decide(server, record(**more), arrow(0, 0, CASES)))
    return [row["decision_id"] for row in rows_in(answer)]


def pages(server: Running, size: int = 0, **wanted: Any) -> Iterator[list[LoggedDecision]]:
    asked = pb.ListDecisionsRequest(filter=pb.DecisionFilter(**wanted), page_size=size, with_facts=True)
    while True:
        reply = server.log.ListDecisions(asked, timeout=60)
        yield list(reply.decisions)
        if not reply.next_page_token:
            return
        asked.page_token = reply.next_page_token


def ids(server: Running, **wanted: Any) -> list[str]:
    return [one.decision.decision_id for page in pages(server, **wanted) for one in page]


def runs(server: Running, **wanted: Any) -> list[RosterRun]:
    return list(server.log.ListRosterRuns(pb.ListRosterRunsRequest(**wanted), timeout=60).runs)


def test_a_decision_is_as_one_that_was_asked_alone(logging: Running) -> None:
    single = alone(logging, of_case_case_id="1", of_case_subject="s-1", of_case_school="oak", request_id="r-1")
    first, *_ = together(logging, run_id="r-1")
    one, other = (
        logging.log.GetDecision(pb.GetDecisionRequest(decision_id=id_), timeout=60).decision for id_ in (single, first)
    )
    (run,) = runs(logging)
    assert other.roster_run == run.roster_run
    assert abs(other.decided_at.ToMilliseconds() - one.decided_at.ToMilliseconds()) < 60_000
    for logged in (one, other):
        logged.decision.decision_id = logged.roster_run = ""
        logged.ClearField("decided_at")
    assert str(one).splitlines() == str(other).splitlines()
    assert json.loads(other.facts_json) == FEW


def test_lists_are_of_both(logging: Running) -> None:
    before = alone(logging, of_case_subject="s-1")
    withheld, assigned, open_ = together(logging)
    after = alone(logging, of_case_subject="s-1", rulesets=("rulesets/demo/other",))
    everything = [after, open_, assigned, withheld, before]
    assert ids(logging) == everything
    for size in (1, 2, 3):
        found = list(pages(logging, size))
        assert [one.decision.decision_id for page in found for one in page] == everything
        assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)
    assert ids(logging, subject="s-1") == [after, open_, withheld, before]
    assert ids(logging, subject="s-1", ruleset=NAME) == [open_, withheld, before]
    assert ids(logging, outcome="indeterminate") == [open_]
    assert ids(logging, outcome="withhold", caller="anonymous") == [after, withheld, before]
    assert ids(logging, caller="another") == []
    (run,) = runs(logging)
    assert ids(logging, roster_run=run.roster_run) == [open_, assigned, withheld]
    asked = pb.ExportDecisionsRequest(filter=pb.DecisionFilter(ruleset=NAME), after=withheld)
    exported = [one for part in logging.log.ExportDecisions(asked, timeout=60) for one in part.decisions]
    assert [one.decision.decision_id for one in exported] == [assigned, open_]
    assert all(one.facts_json for one in exported)


def test_a_decision_comes_out_again_as_it_was(logging: Running, folder: Folder) -> None:
    made = together(logging)

    def replayed() -> list[tuple[bool, list[Any]]]:
        replies = [logging.log.ReplayDecision(pb.ReplayDecisionRequest(decision_id=id_), timeout=60) for id_ in made]
        return [(reply.same, list(reply.differences)) for reply in replies]

    assert replayed() == [(True, [])] * 3
    folder.write("demo/marks", MARKS.replace("2018-08-03: 15", "2018-08-03: 2"))
    logging.server.catalogue.read()
    assert replayed() == [(True, [])] * 3, "by the version that was recorded"
    assert len(ids(logging)) == 3


def test_runs_are_found(logging: Running) -> None:
    together(logging, run_id="r-1")
    decide(logging, record(ruleset="rulesets/demo/other", absent_is_none=True))
    second, first = runs(logging)
    assert (first.run_id, first.caller, first.tenant) == ("r-1", "anonymous", "default")
    assert (first.batch_count, first.decided_count, first.rejected_count) == (1, 3, 1)
    assert first.versions.rulesets[0].ruleset == NAME
    assert first.versions.rulesets[0].source == decision_pb2.RULESET_SOURCE_FOLDER
    assert (first.as_of.year, first.absent_is_none, second.absent_is_none) == (2018, False, True)
    assert first.ended_at.ToMilliseconds() >= first.started_at.ToMilliseconds() > 0
    assert len(first.input_sha256) == 64
    assert (second.run_id, second.batch_count) == ("", 0)
    assert logging.log.GetRosterRun(pb.GetRosterRunRequest(roster_run=first.roster_run), timeout=60).run == first
    assert runs(logging, ruleset=NAME) == [first]
    assert runs(logging, caller="another") == []
    page = logging.log.ListRosterRuns(pb.ListRosterRunsRequest(page_size=1), timeout=60)
    assert list(page.runs) == [second]
    assert runs(logging, page_size=1, page_token=page.next_page_token) == [first]


def test_a_run_that_is_not_there(logging: Running) -> None:
    asked = pb.GetRosterRunRequest(roster_run="00000000-0000-7000-8000-000000000000")
    error = refused(lambda: logging.log.GetRosterRun(asked, timeout=20))
    assert (error.code, error.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_RUN")
    error = refused(lambda: logging.log.GetRosterRun(pb.GetRosterRunRequest(roster_run="x"), timeout=20))
    assert (error.reason, error.fields) == ("REQUEST_INVALID", ["roster_run"])


def test_another_district_sees_nothing(logging: Running, url: str) -> None:
    made = together(logging)
    (run,) = runs(logging)
    with Database(url) as database, database.writing() as connection:
        for table in (roster_decisions, roster_runs):
            connection.execute(update(table).values(tenant="oak"))
    assert (ids(logging), runs(logging), ids(logging, roster_run=run.roster_run)) == ([], [], [])
    asked = pb.GetDecisionRequest(decision_id=made[0])
    assert refused(lambda: logging.log.GetDecision(asked, timeout=20)).reason == "UNKNOWN_DECISION"
    of_run = pb.GetRosterRunRequest(roster_run=run.roster_run)
    assert refused(lambda: logging.log.GetRosterRun(of_run, timeout=20)).reason == "UNKNOWN_RUN"


def test_a_segment_that_is_gone_or_changed(logging: Running, tmp_path: Path) -> None:
    made = together(logging)
    asked = pb.GetDecisionRequest(decision_id=made[0])
    (file,) = (tmp_path / "segments").rglob("*.parquet")
    kept = file.read_bytes()
    file.write_bytes(kept[:-1] + b"x")
    assert refused(lambda: logging.log.GetDecision(asked, timeout=20)).reason == "INTERNAL"
    file.unlink()
    assert refused(lambda: logging.log.GetDecision(asked, timeout=20)).reason == "LOG_UNAVAILABLE"
    file.write_bytes(kept)
    assert logging.log.GetDecision(asked, timeout=20).decision.decision.decision_id == made[0]
