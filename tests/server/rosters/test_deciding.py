"""DecideRoster: cases in three forms, decisions in two, rejects, counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.protobuf.struct_pb2 import Struct
from google.type.date_pb2 import Date

from engine.rosters.columns import case_schema
from engine.rosters.schemas import DECISION_SCHEMA, OUTCOME_SCHEMA
from rollbook.v1 import decision_pb2, roster_pb2
from tests.server.rosters.asking import CASES, arrow, batch, decide, header, ipc, rows_in
from tests.server.running import MARKS, NAME, Folder, Running, error_of
from tests.server.test_calendars import ELM, LATE, OAK

FACTS: list[dict[str, Any]] = [
    {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}},
    {"enrollment": {"instructional_days": 20}},
    {},
]
OUTCOMES = ["withhold", "assign", "indeterminate"]
LINES = "".join(f"{json.dumps(facts)}\n" for facts in FACTS).encode()


def structs(cases: list[dict[str, Any]]) -> roster_pb2.StructCases:
    found = roster_pb2.StructCases()
    for facts in cases:
        struct = Struct()
        struct.update(facts)
        found.cases.append(struct)
    return found


def schema_in(raw: bytes) -> pa.Schema:
    return pa.ipc.open_stream(raw).schema


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server for tests that only ask, so that its child process is started once."""
    folder = Folder(tmp_path_factory.mktemp("same") / "rulesets")
    folder.write("demo/marks", MARKS)
    with Running(folder.path) as running:
        yield running


def test_a_roster_in_arrow_form(same: Running) -> None:
    started, first, second, ended = decide(same, header(), arrow(4, 0), arrow(7, 3))
    assert schema_in(started.started.case_schema) == case_schema(same_facts(same))
    assert schema_in(started.started.decision_schema) == DECISION_SCHEMA
    (version,) = started.started.versions.rulesets
    assert (version.ruleset, len(version.version)) == (NAME, 64)
    assert started.started.rules_as_of == Date(year=2018, month=9, day=14)
    assert (started.started.max_batch_cases, started.started.max_message_bytes) == (20_000, 16 * 1024 * 1024)
    assert [answer.batch.sequence for answer in (first, second)] == [4, 7]
    assert [row["outcome"] for row in rows_in(first.batch)] == OUTCOMES
    assert [row["row"] for row in rows_in(second.batch)] == [3, 4, 5]
    assert first.batch.counts.case_count == 3
    assert [(item.outcome, item.case_count) for item in ended.ended.progress.counts.outcomes] == [
        ("withhold", 2),
        ("assign", 2),
        ("indeterminate", 2),
    ]
    assert [answer.batch.progress.batch_count for answer in (first, second)] == [1, 2]
    assert ended.ended.progress == second.batch.progress


def same_facts(server: Running) -> Any:
    return server.server.catalogue.snapshot().served["demo/marks"].loaded.checked.facts


@pytest.mark.parametrize("form", [{"json_lines": LINES}, {"structs": structs(FACTS)}])
def test_decisions_as_messages_are_those_of_decide(same: Running, form: dict[str, Any]) -> None:
    _, answer, _ = decide(same, header(), batch(0, 10, **form))
    assert [item.row for item in answer.batch.messages.decisions] == [10, 11, 12]
    for facts, item in zip(FACTS, answer.batch.messages.decisions, strict=True):
        alone = same.decide(facts)
        for field in ("decision_id", "ruleset", "mode", "as_of", "rules_as_of", "versions"):
            alone.ClearField(field)
        assert item.decision == alone


def test_the_same_decisions_in_every_form(same: Running) -> None:
    asked = header(answer_form=roster_pb2.ANSWER_FORM_ARROW)
    forms = [arrow(0), batch(1, json_lines=LINES), batch(2, structs=structs(FACTS))]
    _, *answers, _ = decide(same, asked, *forms)
    first, *others = [rows_in(answer.batch) for answer in answers]
    assert first == others[0] == others[1]
    messages = header(answer_form=roster_pb2.ANSWER_FORM_MESSAGES)
    _, *told, _ = decide(same, messages, *forms)
    assert told[0].batch.messages == told[1].batch.messages == told[2].batch.messages


def test_outcomes_alone(same: Running) -> None:
    asked = header(detail=roster_pb2.ROSTER_DETAIL_OUTCOMES)
    started, in_arrow, in_messages, _ = decide(same, asked, arrow(0), batch(1, json_lines=LINES))
    assert schema_in(started.started.decision_schema) == OUTCOME_SCHEMA
    assert [row["rules"] for row in rows_in(in_arrow.batch)] == [["too-few-days"], [], []]
    decisions = [item.decision for item in in_messages.batch.messages.decisions]
    assert [decision.outcome for decision in decisions] == ["withhold", "assign", ""]
    assert [[held.rule for held in decision.rules] for decision in decisions] == [["too-few-days"], [], []]
    assert decisions[2].state == decision_pb2.DECISION_STATE_INDETERMINATE
    assert decisions[0].because == ""


def test_id_columns_come_back_with_the_decisions(same: Running) -> None:
    cases = pa.record_batch(
        {"student_id": ["a", "b", "c"], "term": [1, 2, None], "enrollment.instructional_days": ["3", "many", "20"]}
    )
    _, answer, _ = decide(same, header(id_columns=["term", "student_id"]), arrow(0, 5, cases))
    told = pa.ipc.open_stream(answer.batch.arrow).read_all()
    assert told.schema.names[:4] == ["term", "student_id", "row", "outcome"]
    assert [(row["term"], row["student_id"], row["row"]) for row in told.to_pylist()] == [(1, "a", 5), (None, "c", 7)]
    assert [reject.row for reject in answer.batch.rejects] == [6]


def test_id_columns_of_documents_are_left_out(same: Running) -> None:
    lines = b'{"student_id": "a", "enrollment": {"instructional_days": 3}}\n'
    _, answer, _ = decide(same, header(id_columns=["student_id"]), batch(json_lines=lines))
    assert not answer.batch.rejects
    assert answer.batch.counts.case_count == 1


def test_a_bad_row_is_a_reject_and_never_an_end(same: Running) -> None:
    lines = b'{"enrollment": {"instructional_days": -1}}\nno JSON\n{"mark": {"scor": "1"}}\n\n{"student": 3}\n[]\n'
    _, answer, ended = decide(same, header(), batch(0, 100, json_lines=lines))
    assert [reject.row for reject in answer.batch.rejects] == [100, 101, 102, 104, 105]
    assert [item.row for item in answer.batch.messages.decisions] == [103]
    assert (answer.batch.counts.case_count, answer.batch.counts.rejected_count) == (6, 5)
    assert ended.ended.progress.counts.rejected_count == 5


def test_a_reject_says_what_decide_would_have_said(same: Running) -> None:
    facts = {"enrollment": {"instructional_days": "soon"}, "student": {"foster": True}}
    with pytest.raises(grpc.RpcError) as caught:
        same.decide(facts)
    alone = error_of(caught.value).status
    _, answer, _ = decide(same, header(), batch(json_lines=json.dumps(facts).encode()))
    (reject,) = answer.batch.rejects
    assert reject.error == alone


def test_a_struct_that_is_no_case_is_a_reject(run: Callable[..., Running]) -> None:
    cases = structs([FACTS[0], {"notices": [{"area": {"a": {"b": 1}}}]}, FACTS[1], FACTS[1]])
    cases.cases[3].fields["student"].SetInParent()  # a value of no kind
    _, answer, _ = decide(run(max_nesting=4), header(), batch(0, 7, structs=cases))
    assert [item.row for item in answer.batch.messages.decisions] == [7, 9]
    assert [reject.row for reject in answer.batch.rejects] == [8, 10]
    assert [item.decision.outcome for item in answer.batch.messages.decisions] == ["withhold", "assign"]


def test_batches_without_cases(same: Running) -> None:
    empty = CASES.slice(0, 0)
    two = batch(1, 0, arrow=ipc(CASES.slice(0, 1), CASES.slice(1, 2)))
    none = batch(2, 3, arrow=ipc(empty, empty))
    _, *answers, _ = decide(same, header(), arrow(0, 0, empty), two, none, batch(3, json_lines=b""))
    assert [answer.batch.counts.case_count for answer in answers] == [0, 3, 0, 0]
    assert [row["outcome"] for row in rows_in(answers[1].batch)] == OUTCOMES


def test_a_roster_without_batches(same: Running) -> None:
    started, ended = decide(same, header())
    assert started.HasField("started")
    assert ended.ended.progress.batch_count == 0


def test_a_named_version(same: Running) -> None:
    version = same.decide({}).versions.rulesets[0].version
    assert decide(same, header(ruleset=f"{NAME}/versions/{version}"), arrow())


def test_what_is_absent_may_be_none(run: Callable[..., Running], folder: Folder) -> None:
    text = MARKS.replace(
        "foster_youth: {type: boolean}", "foster_youth: {type: boolean, none: nobody has said so}"
    ).replace("when: student.foster_youth", "when: or else(student.foster_youth, false)")
    folder.write("demo/none", text.replace("demo/marks", "demo/none"))
    server = run()
    asked = {"ruleset": "rulesets/demo/none", "absent_is_none": True}
    lines = b'{"enrollment": {"instructional_days": 3}}\n'
    started, answer, _ = decide(server, header(**asked), batch(json_lines=lines))
    assert started.started.absent_is_none
    assert answer.batch.messages.decisions[0].decision.outcome == "withhold"


def test_a_ruleset_that_builds_on_another(run: Callable[..., Running], folder: Folder) -> None:
    text = MARKS.replace("demo/marks", "demo/second").replace(
        "    when: student.foster_youth\n", "    given: [demo/marks#too-few-days]\n    when: student.foster_youth\n"
    )
    folder.write("demo/second", text)
    server = run()
    _, answer, _ = decide(server, header(ruleset="rulesets/demo/second"), arrow())
    alone = [server.decide(facts, rulesets=("rulesets/demo/second",)).outcome for facts in FACTS[:2]]
    assert [row["outcome"] for row in rows_in(answer.batch)][:2] == alone


@pytest.mark.parametrize(("calendar", "outcome"), [("", "in-time"), ("calendars/elm", "late")])
def test_the_calendar_of_a_roster(run: Callable[..., Running], folder: Folder, calendar: str, outcome: str) -> None:
    folder.write("demo/late", LATE)
    (folder.path / "calendars").mkdir()
    (folder.path / "calendars" / "oak.yaml").write_text(OAK, encoding="utf-8")
    (folder.path / "calendars" / "elm.yaml").write_text(ELM, encoding="utf-8")
    asked = header(ruleset="rulesets/demo/late", calendar=calendar)
    started, answer, _ = decide(run(), asked, batch(json_lines=b'{"sent_on": "2018-09-09"}'))
    (read,) = started.started.versions.calendars
    assert read.calendar == (calendar or "calendars/oak")
    assert answer.batch.messages.decisions[0].decision.outcome == outcome
