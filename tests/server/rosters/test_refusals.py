"""What is wrong with a header or a whole batch ends the stream with a clear error, and harms nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import decision_pb2
from rollbook.v1.roster_service_pb2 import DecideRosterRequest
from server.logs import configure_logs
from tests.server.rosters.asking import arrow, batch, decide, header, ipc, refused
from tests.server.running import FACTS, MARKS, NAME, Folder, Running
from tests.server.test_calendars import LATE

SECRET = "Quillfeather"
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server for tests that only ask."""
    folder = Folder(tmp_path_factory.mktemp("same") / "rulesets")
    folder.write("demo/marks", MARKS)
    folder.write("demo/late", LATE)
    folder.write("demo/broken", MARKS.replace("demo/marks", "demo/broken").replace("when: student.", "when: pupil."))
    with Running(folder.path) as running:
        yield running


@pytest.mark.parametrize(
    ("first", "code", "reason", "fields"),
    [
        (batch(json_lines=b"{}"), INVALID, "REQUEST_INVALID", ["header"]),
        (DecideRosterRequest(), INVALID, "REQUEST_INVALID", ["header"]),
        (header(as_of=None), INVALID, "REQUEST_INVALID", ["header.as_of"]),
        (header(rules_as_of=Date(year=2018, month=2, day=30)), INVALID, "REQUEST_INVALID", ["header.rules_as_of"]),
        (header(mode=0), INVALID, "REQUEST_INVALID", ["header.mode"]),
        (header(mode=decision_pb2.MODE_RECORD), grpc.StatusCode.UNIMPLEMENTED, "NOT_SERVED", ["header.mode"]),
        (header(ruleset="marks"), INVALID, "REQUEST_INVALID", ["header.ruleset"]),
        (header(ruleset="rulesets/demo/none"), grpc.StatusCode.NOT_FOUND, "UNKNOWN_RULESET", []),
        (header(ruleset=f"{NAME}/versions/{'0' * 64}"), grpc.StatusCode.NOT_FOUND, "UNKNOWN_VERSION", []),
        (header(ruleset="rulesets/demo/broken"), grpc.StatusCode.FAILED_PRECONDITION, "RULESET_INVALID", []),
        (header(rules_as_of=Date(year=2010, month=1, day=1)), grpc.StatusCode.FAILED_PRECONDITION, "NOT_IN_FORCE", []),
        (header(calendar="calendars/none"), grpc.StatusCode.NOT_FOUND, "UNKNOWN_CALENDAR", ["header.calendar"]),
        (header(calendar="No!"), INVALID, "REQUEST_INVALID", ["header.calendar"]),
        (header(ruleset="rulesets/demo/late"), grpc.StatusCode.NOT_FOUND, "UNKNOWN_CALENDAR", ["header.calendar"]),
        (header(run_id="not an id"), INVALID, "REQUEST_INVALID", ["header.run_id"]),
        (header(id_columns=["a", "b", "a"]), INVALID, "REQUEST_INVALID", ["header.id_columns[2]"]),
        (header(id_columns=["a\n"]), INVALID, "REQUEST_INVALID", ["header.id_columns[0]"]),
        (header(id_columns=map(str, range(33))), INVALID, "REQUEST_INVALID", ["header.id_columns"]),
    ],
)
def test_a_header_that_is_wrong(
    same: Running, first: DecideRosterRequest, code: grpc.StatusCode, reason: str, fields: list[str]
) -> None:
    answers, error = refused(same, first)
    assert (error.code, error.reason, error.fields) == (code, reason, fields)
    assert answers == []


BAD_ARROW = ipc(pa.record_batch({"enrollment.instructional_days": [1] * 100}))


@pytest.mark.parametrize(
    ("second", "reason", "fields"),
    [
        (header(), "REQUEST_INVALID", ["batch"]),
        (batch(1), "REQUEST_INVALID", ["batch.cases"]),
        (batch(1, arrow=b""), "REQUEST_INVALID", ["batch.arrow"]),
        (batch(1, arrow=b"no Arrow"), "REQUEST_INVALID", ["batch.arrow"]),
        (batch(1, arrow=BAD_ARROW[:-200]), "REQUEST_INVALID", ["batch.arrow"]),
        (batch(1, arrow=BAD_ARROW[:40] + b"\xff" * 40 + BAD_ARROW[80:]), "REQUEST_INVALID", ["batch.arrow"]),
        (arrow(1, 0, pa.record_batch({"mark.scor": ["1"]})), "FACT_INVALID", ["facts.mark.scor"]),
        (arrow(1, 0, pa.record_batch({"student": [1]})), "FACT_INVALID", ["facts.student"]),
        (arrow(0), "REQUEST_INVALID", ["batch.sequence"]),
        (arrow(-1), "REQUEST_INVALID", ["batch.sequence"]),
        (arrow(1, -1), "REQUEST_INVALID", ["batch.first_row"]),
    ],
)
def test_a_batch_that_is_wrong(same: Running, second: DecideRosterRequest, reason: str, fields: list[str]) -> None:
    answers, error = refused(same, header(), arrow(0), second, arrow(9))
    assert (error.code, error.reason, error.fields) == (INVALID, reason, fields)
    assert [answer.WhichOneof("message") for answer in answers] == ["started", "batch"], "those before are answered"
    assert same.decide(FACTS).outcome == "assign"


def test_an_id_column_that_is_not_there(same: Running) -> None:
    _, error = refused(same, header(id_columns=["student_id"]), arrow(0))
    assert (error.reason, error.fields) == ("REQUEST_INVALID", ["batch.arrow"])


def test_bytes_that_are_no_message(same: Running) -> None:
    call: Any = same.channel.stream_stream("/rollbook.v1.RosterService/DecideRoster", bytes, bytes)
    for messages in ([b"\xff\xff"], [header().SerializeToString(), b"\xff\xff"], []):
        with pytest.raises(grpc.RpcError) as caught:
            list(call(iter(messages), timeout=20))
        assert caught.value.code() == INVALID


def test_batches_that_are_too_large(run: Callable[..., Running]) -> None:
    server = run(roster_max_batch_cases=10, roster_max_message_bytes=5_000)
    ten = pa.record_batch({"enrollment.instructional_days": [3] * 11})
    for message in (arrow(0, 0, ten), batch(json_lines=b"{}\n" * 11)):
        _, error = refused(server, header(), message)
        assert (error.reason, error.info.metadata["limit"]) == ("TOO_LARGE", "batch-cases")
        assert (error.info.metadata["allowed"], error.info.metadata["given"]) == ("10", "11")
    _, error = refused(server, header(), batch(json_lines=b" " * 6_000))
    assert (error.reason, error.info.metadata["limit"]) == ("TOO_LARGE", "roster-message-bytes")
    assert decide(server, header(), arrow(0))[-1].ended.progress.counts.case_count == 3


def test_nothing_that_was_sent_is_told_elsewhere(run: Callable[..., Running]) -> None:
    lines = io.StringIO()
    configure_logs("json", "debug", lines)
    server = run()
    secret = pa.record_batch({"enrollment.instructional_days": [SECRET], "name": [SECRET]})
    answers = decide(server, header(id_columns=["name"], run_id="run-1"), arrow(0, 0, secret))
    assert SECRET not in str(answers)
    wrong = [batch(0, json_lines=SECRET.encode()), arrow(1, 0, pa.record_batch({"student": [SECRET]}))]
    told, error = refused(server, header(run_id="run-3"), *wrong, arrow(1, 0, secret.select([0])))
    assert [len(answer.batch.rejects) for answer in told[1:]] == [1, 1]
    assert SECRET not in str(told) + str(error.status)
    assert "run-3" in lines.getvalue()
    assert SECRET not in lines.getvalue()
