"""Every scenario of every ruleset, recorded in a roster and read from its segment: as if it had been asked alone."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest

from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.inference import Inference
from engine.rosters import Question
from engine.rosters.conforming import Conformed, from_documents
from engine.rosters.model import Reject
from engine.rosters.one_by_one import decide_one_by_one
from engine.scenarios import Scenario, load_scenarios
from rollbook.v1.decision_pb2 import RULESET_SOURCE_DATABASE, Decision
from rollbook.v1.roster_pb2 import CaseBatch
from server.json_values import json_text
from server.replies import DecisionWriter
from server.rosters.assignment import Recording
from server.rosters.logged import LoggedRosters
from server.rosters.recording import SegmentWriter
from server.store import LoggedRow, Placed, Run
from tests.children import in_child
from tests.rulesets.test_every_ruleset import FOLDER, RULESETS, checked

ENGINE = "0.0.1"


class Log:
    """Rosters that are written to a folder, and read from it."""

    def __init__(self, engine: CaseEngine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        recording = Recording("run", str(folder), 1, "id of the case", "id of the student", "", {}, {})
        self._writer = SegmentWriter(recording)
        self._reader = LoggedRosters(folder, lambda _: engine.ruleset, lambda placed: placed)
        self._sequence = 0

    def recorded(self, cases: list[Any], question: Question) -> list[LoggedRow]:
        """What is read of these cases once they are recorded."""
        self._sequence += 1
        documents = [
            {**facts, "id of the case": f"c-{place}", "id of the student": "s-1"} for place, facts in enumerate(cases)
        ]
        facts = self._engine.ruleset.facts
        written = self._writer.record(
            CaseBatch(sequence=self._sequence),
            lambda: from_documents(documents, facts, first_row=0, ids=("id of the case", "id of the student")),
            lambda read: self._decided(read, question),
        ).written
        assert written is not None
        run = self._run(question)
        return self._reader.rows(Placed(id_, run, self._sequence, written.file, written.sha256) for id_ in written.ids)

    def _decided(self, read: Conformed, question: Question) -> tuple[pa.RecordBatch, Conformed, tuple[Reject, ...]]:
        decided = decide_one_by_one(self._engine, read.cases, question, read.rows.to_pylist())
        rows = set(decided.decisions.column("row").to_pylist())
        places = pa.array([place for place, row in enumerate(read.rows.to_pylist()) if row in rows], pa.int64())
        kept = Conformed(read.cases.take(places), read.rows.take(places), read.ids.take(places), ())
        return decided.decisions, kept, (*read.rejects, *decided.rejects)

    def _run(self, question: Question) -> Run:
        ruleset, calendar = self._engine.ruleset, question.calendar
        calendars = {calendar.name: calendar.version} if calendar and self._engine.needs_calendar else {}
        return Run(
            id="run",
            tenant="default",
            caller="anonymous",
            run_id=None,
            asked_sha256="",
            ruleset=ruleset.document.ruleset,
            version=ruleset.version,
            builds_on=json_text(dict(ruleset.built_on)),
            calendars=json_text(calendars),
            engine=ENGINE,
            as_of=question.as_of,
            rules_as_of=question.rules_as_of or question.as_of,
            absent_is_none=question.absent_is_none,
            source="database",
        )


def alone(engine: CaseEngine, facts: Any, question: Question) -> Any:
    return engine.decide(
        facts,
        as_of=question.as_of,
        rules_as_of=question.rules_as_of,
        absent_is_none=question.absent_is_none,
        calendar=question.calendar,
    )


def differing(engine: CaseEngine, log: Log, cases: list[Any], question: Question) -> list[str]:
    """What is read otherwise than it would have been answered, or comes out otherwise when it is made again."""
    writer = DecisionWriter(engine.ruleset, RULESET_SOURCE_DATABASE, ENGINE)
    rows = {Decision.FromString(row.decision).case_id: row for row in log.recorded(cases, question)}
    wrong = []
    for place, facts in enumerate(cases):
        row = rows.get(f"c-{place}")
        try:
            decision = alone(engine, facts, question)
        except RollbookError:
            if row is not None:
                wrong.append(f"{place} is refused alone")
            continue
        if row is None:
            wrong.append(f"{place} is refused in a roster")
            continue
        sent = Decision.FromString(writer.encoded(decision, f"c-{place}", row.id))
        if Decision.FromString(row.decision) != sent or row.outcome != decision.outcome or row.subject != "s-1":
            wrong.append(f"{place} as of {question.as_of} is read otherwise")
        if alone(engine, row.facts, question) != decision:
            wrong.append(f"{place} as of {question.as_of} comes out otherwise")
    return wrong


def findings(id_: str, inference: Inference, folder: Path) -> list[str]:
    ruleset, problems = checked(id_)
    if ruleset is None:
        return problems
    engine = CaseEngine.build(ruleset, inference)
    calendars = read_calendars(FOLDER).by_name
    scenarios = [
        scenario
        for scenario in load_scenarios(FOLDER.joinpath(*id_.split("/"), "scenarios.yaml"), ruleset).scenarios
        if not engine.needs_calendar or calendars.get(scenario.calendar or "")
    ]
    log = Log(engine, folder)

    def asked(scenario: Scenario) -> tuple[Any, ...]:
        return scenario.as_of, scenario.rules_as_of, scenario.absent_is_none, scenario.calendar or ""

    return [
        wrong
        for (as_of, rules_as_of, absent_is_none, name), some in groupby(sorted(scenarios, key=asked), asked)
        for wrong in differing(
            engine,
            log,
            [*(dict(scenario.facts) for scenario in some), {}],
            Question(as_of, rules_as_of, absent_is_none, calendars.get(name)),
        )
    ]


def findings_of(ids: list[str]) -> dict[str, list[str]]:
    """The findings of each ruleset; run in one child, since a process takes longer to begin than most of them."""
    inference = Inference()
    found = {}
    try:
        for id_ in ids:
            with TemporaryDirectory() as folder:
                found[id_] = findings(id_, inference, Path(folder))
    finally:
        inference.close()
    return found


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """The findings of the rulesets that are asked about in this run."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    ids = [item.callspec.params["id_"] for item in items if item.module is request.module]
    return in_child(findings_of, ids)


@pytest.mark.parametrize("id_", RULESETS)
def test_a_decision_of_a_roster_is_read_as_one_that_was_asked_alone(id_: str, found: dict[str, list[str]]) -> None:
    assert found[id_] == []
