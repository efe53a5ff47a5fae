"""Recorded rosters: in the log before they are answered, once, however often a batch is sent; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.type.date_pb2 import Date
from sqlalchemy import Table, select

from rollbook.v1 import decision_pb2, roster_pb2
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, DecideRosterResponse
from server.rosters.segments import decoded, read_file
from server.store import Database
from server.store.roster_tables import roster_decisions, roster_runs, roster_segments
from server.store.tables import versions
from tests.server.rosters.asking import Stream, arrow, batch, decide, header, ipc, refused, rows_in
from tests.server.running import MARKS, Folder, Running, error_of
from tests.server.store.postgres import Cluster
from tests.server.test_calendars import LATE, OAK

IDS: dict[str, Any] = {
    "id_columns": ["case", "pupil", "school"],
    "case_id_column": "case",
    "subject_column": "pupil",
    "school_column": "school",
}
CASES = pa.record_batch(
    {
        "case": pa.array([1, 2, None, 4]),
        "pupil": pa.array(["s-1", "s-2", "s-1", None]).dictionary_encode(),
        "school": ["oak", "oak", None, "elm"],
        "enrollment.instructional_days": pa.array([3, 20, None, -1], pa.int64()),
        "student.foster_youth": [False, None, None, None],
    }
)
"""Withheld; assigned; not known; refused."""


@pytest.fixture
def segments(tmp_path: Path) -> Path:
    return tmp_path / "segments"


@pytest.fixture
def logging(folder: Folder, url: str, segments: Path) -> Iterator[Running]:
    with Running(folder.path, database_url=url, roster_log_folder=segments) as running:
        yield running


def record(**more: Any) -> DecideRosterRequest:
    return header(mode=decision_pb2.MODE_RECORD, **IDS | more)


def batches(answers: list[DecideRosterResponse]) -> list[roster_pb2.DecidedBatch]:
    return [answer.batch for answer in answers if answer.WhichOneof("message") == "batch"]


def rows(url: str, table: Table) -> list[Any]:
    with Database(url) as database, database.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def test_what_is_answered_is_in_the_log(logging: Running, url: str, segments: Path) -> None:
    started, *answers = decide(logging, record(run_id="r-1"), arrow(7, 0, CASES), arrow(8, 4, CASES))
    first, second = batches(answers)
    (run,) = rows(url, roster_runs)
    assert started.started.roster_run == run.id
    assert (run.tenant, run.caller, run.run_id, run.ruleset) == ("default", "anonymous", "r-1", "demo/marks")
    assert (run.decided, run.rejected, run.source) == (6, 2, "folder")
    assert run.ended_at >= run.started_at
    assert len(run.input_sha256) == 64
    assert [(one.sequence, one.cases, one.rejected) for one in rows(url, roster_segments)] == [(7, 4, 1), (8, 4, 1)]
    answered = rows_in(first) + rows_in(second)
    logged = rows(url, roster_decisions)
    assert [one.id for one in logged] == [row["decision_id"] for row in answered], "ids ascend by row"
    assert [(one.subject, one.outcome) for one in logged[:3]] == [
        ("s-1", "withhold"), ("s-2", "assign"), ("s-1", "indeterminate"),
    ]  # fmt: skip
    assert [(row["case"], row["pupil"], row["row"]) for row in answered[:3]] == [
        (1, "s-1", 0), (2, "s-2", 1), (None, "s-1", 2),
    ]  # fmt: skip
    assert pa.ipc.open_stream(started.started.decision_schema).schema.names[-1] == "decision_id"
    stored = rows(url, roster_segments)[0]
    segment = decoded(read_file(segments / stored.file, stored.sha256))
    assert segment.named.to_pylist()[0] == {
        "decision_id": logged[0].id, "case_id": "1", "subject": "s-1", "school": "oak",
    }  # fmt: skip
    assert [reject.row for reject in segment.rejects] == [3]
    assert segment.cases.column("enrollment").to_pylist() == [
        {"instructional_days": 3}, {"instructional_days": 20}, {"instructional_days": None},
    ]  # fmt: skip
    assert [(one.kind, one.name) for one in rows(url, versions)] == [("ruleset", "demo/marks")]
    assert segments.stat().st_mode & 0o777 == 0o700
    assert (segments / stored.file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("detail", [roster_pb2.ROSTER_DETAIL_DECISIONS, roster_pb2.ROSTER_DETAIL_OUTCOMES])
@pytest.mark.parametrize("form", [roster_pb2.ANSWER_FORM_ARROW, roster_pb2.ANSWER_FORM_MESSAGES])
def test_a_batch_that_is_sent_again_is_answered_as_it_was(logging: Running, url: str, form: Any, detail: Any) -> None:
    asked = record(run_id="r-1", answer_form=form, detail=detail)
    messages = [asked, arrow(0, 0, CASES), batch(1, 4, json_lines=b'{"pupil": "s-9"}\n{"enrollment": 7}')]
    before, again = decide(logging, *messages), decide(logging, *messages)
    assert [one.SerializeToString() for one in batches(before)] == [one.SerializeToString() for one in batches(again)]
    assert before[0].started.roster_run == again[0].started.roster_run
    assert len(rows(url, roster_decisions)) == 4
    (run,) = rows(url, roster_runs)
    assert (run.decided, run.rejected) == (4, 2)
    assert run.ended_at is not None
    more = decide(logging, asked, arrow(2, 6, CASES), messages[1])
    assert batches(more)[1].arrow == batches(before)[0].arrow
    assert batches(more)[1].messages == batches(before)[0].messages
    assert rows(url, roster_runs)[0].decided == 7


def test_the_short_form_is_sent_of_whole_decisions(logging: Running, url: str, segments: Path) -> None:
    answers = decide(logging, record(detail=roster_pb2.ROSTER_DETAIL_OUTCOMES), arrow(0, 0, CASES))
    tried = decide(logging, header(detail=roster_pb2.ROSTER_DETAIL_OUTCOMES, **_ids()), arrow(0, 0, CASES))
    sent, expected = rows_in(batches(answers)[0]), rows_in(batches(tried)[0])
    for row in sent:
        row.pop("decision_id")
    assert sent == expected
    (stored,) = rows(url, roster_segments)
    assert decoded(read_file(segments / stored.file, stored.sha256)).decisions.column("held")[0].as_py()[0]["because"]


def test_messages_have_their_ids(logging: Running, url: str) -> None:
    lines = b'{"case": "c-1", "pupil": "s-1", "enrollment": {"instructional_days": 3}}\n{}'
    (answer,) = batches(decide(logging, record(), batch(0, 0, json_lines=lines)))
    first, second = (one.decision for one in answer.messages.decisions)
    assert (first.case_id, second.case_id) == ("c-1", "")
    assert [first.decision_id, second.decision_id] == [one.id for one in rows(url, roster_decisions)]


@pytest.mark.parametrize(
    "other",
    [
        {"as_of": Date(year=2018, month=9, day=15)},
        {"rules_as_of": Date(year=2018, month=9, day=14)},
        {"absent_is_none": True},
        {"subject_column": "case"},
        {"ruleset": "rulesets/demo/other"},
        {"ruleset": f"rulesets/demo/marks/versions/{'0' * 64}"},
    ],
)
def test_a_run_id_is_of_one_question(logging: Running, url: str, other: dict[str, Any]) -> None:
    decide(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    _, error = refused(logging, record(run_id="r-1", **other))
    assert (error.code, error.reason) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert len(rows(url, roster_runs)) == 1
    decide(logging, record(), arrow(0, 0, CASES))
    decide(logging, record(), arrow(0, 0, CASES))
    assert len(rows(url, roster_runs)) == 3, "without an id each run is another"


def test_a_number_is_of_one_batch(logging: Running, url: str) -> None:
    decide(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    for other in (arrow(0, 1, CASES), arrow(0, 0, CASES.slice(1))):
        _, error = refused(logging, record(run_id="r-1"), other)
        assert error.reason == "REQUEST_ID_REUSED"
    assert len(rows(url, roster_decisions)) == 3


def test_a_run_goes_on_by_the_version_that_it_was_begun_with(logging: Running, folder: Folder) -> None:
    started, *_ = decide(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    named = f"rulesets/demo/marks/versions/{started.started.versions.rulesets[0].version}"
    assert len(decide(logging, record(run_id="r-1", ruleset=named), arrow(1, 4, CASES))) == 3
    folder.write("demo/marks", MARKS.replace("title: Marks", "title: Other marks"))
    logging.server.catalogue.read()
    _, error = refused(logging, record(run_id="r-1"), arrow(2, 8, CASES))
    assert error.reason == "UNKNOWN_VERSION"


def test_of_two_streams_of_a_run_only_the_newer_one_adds(logging: Running, url: str) -> None:
    older = Stream(logging.channel, record(run_id="r-1"), arrow(0, 0, CASES))
    assert [older.next().WhichOneof("message") for _ in range(2)] == ["started", "batch"]
    assert len(decide(logging, record(run_id="r-1"), arrow(0, 0, CASES), arrow(1, 4, CASES))) == 4
    older.send(arrow(1, 4, CASES))
    with pytest.raises(grpc.RpcError) as caught:
        older.next()
    assert caught.value.code() == grpc.StatusCode.ALREADY_EXISTS
    assert len(rows(url, roster_decisions)) == 6


def test_ids_that_cannot_be_stored(logging: Running, url: str) -> None:
    wrong = pa.record_batch(
        {**dict(zip(CASES.schema.names, CASES.columns, strict=True)), "case": ["x" * 201, "y", "\0", "z"]}
    )
    (answer,) = batches(decide(logging, record(), arrow(0, 0, wrong)))
    assert [(reject.row, reject.error.code) for reject in answer.rejects] == [(0, 3), (2, 3), (3, 3)]
    assert len(rows(url, roster_decisions)) == 1
    for type_ in (pa.list_(pa.int64()), pa.struct([("a", pa.int64())])):
        column = pa.array([None] * 4, type_)
        of_ids = CASES.set_column(0, "case", column)
        _, error = refused(logging, record(), arrow(0, 0, of_ids))
        assert (error.reason, error.fields) == ("REQUEST_INVALID", ["header.case_id_column"])


def test_columns_that_are_no_id_columns(logging: Running) -> None:
    _, error = refused(logging, record(id_columns=["case"]))
    assert error.fields == ["header.subject_column", "header.school_column"]


def test_what_was_never_answered_is_swept_away(logging: Running, url: str, segments: Path) -> None:
    decide(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    (stored,) = rows(url, roster_segments)
    kept = segments / stored.file
    for name in ("1-1.parquet", "2-1.parquet.part"):
        kept.with_name(name).write_bytes(b"half")
    decide(logging, record(run_id="r-1"), arrow(1, 4, CASES))
    assert sorted(path.name for path in kept.parent.iterdir()) == ["0-1.parquet", "1-2.parquet"]


def test_a_segment_that_has_changed_is_not_answered_from(logging: Running, url: str, segments: Path) -> None:
    decide(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    (stored,) = rows(url, roster_segments)
    file = segments / stored.file
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    _, error = refused(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    assert error.reason == "INTERNAL"
    file.unlink()
    _, error = refused(logging, record(run_id="r-1"), arrow(0, 0, CASES))
    assert error.reason == "LOG_UNAVAILABLE"


def test_a_calendar_that_was_read_is_stored(logging: Running, folder: Folder, url: str) -> None:
    folder.write("demo/late", LATE)
    (folder.path / "calendars").mkdir()
    (folder.path / "calendars" / "oak.yaml").write_text(OAK, encoding="utf-8")
    logging.server.catalogue.read()
    asked = header(mode=decision_pb2.MODE_RECORD, ruleset="rulesets/demo/late", calendar="calendars/oak")
    started, *_ = decide(logging, asked, batch(0, 0, json_lines=b"{}"))
    calendar = started.started.versions.calendars[0]
    assert next((one.kind, one.name, one.version) for one in rows(url, versions)) == (
        "calendar",
        "oak",
        calendar.version,
    )
    assert rows(url, roster_runs)[0].calendars == f'{{"oak":"{calendar.version}"}}'


def test_a_server_that_cannot_record(folder: Folder, url: str) -> None:
    with Running(folder.path) as running:
        _, error = refused(running, record())
    assert (error.reason, error.fields, error.info.metadata["feature"]) == (
        "NOT_SERVED",
        ["header.mode"],
        "mode-record",
    )
    if url.startswith("postgresql"):
        with Running(folder.path, database_url=url) as running:
            _, error = refused(running, record())
        assert error.reason == "NOT_SERVED"
        assert "roster_log_folder" in str(error.status)


def test_a_disk_that_takes_nothing(folder: Folder, url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with Running(folder.path, database_url=url, roster_log_folder=tmp_path / "file") as running:
        answers, error = refused(running, record(), arrow(0, 0, CASES))
    assert (answers, error.reason) == ([], "LOG_UNAVAILABLE")


def _ids() -> dict[str, Any]:
    return {"id_columns": IDS["id_columns"]}


def test_an_arrow_stream_of_no_cases(logging: Running, url: str) -> None:
    (answer,) = batches(decide(logging, record(), batch(0, 0, arrow=ipc(CASES.slice(0, 0)))))
    assert rows_in(answer) == []
    assert [(one.cases, one.rejected) for one in rows(url, roster_segments)] == [(0, 0)]


def test_a_database_that_goes_away(logging: Running, url: str, request: pytest.FixtureRequest) -> None:
    stream = Stream(logging.channel, record(run_id="r-1"), arrow(0, 0, CASES))
    assert [stream.next().WhichOneof("message") for _ in range(2)] == ["started", "batch"]
    with gone(url, request):
        stream.send(arrow(1, 4, CASES))
        with pytest.raises(grpc.RpcError) as caught:
            stream.next()
        assert error_of(caught.value).reason == "LOG_UNAVAILABLE"
        _, error = refused(logging, record(run_id="r-1"))
        assert error.reason == "LOG_UNAVAILABLE"
    assert len(rows(url, roster_decisions)) == 3, "what was not answered is not there"
    assert len(decide(logging, record(run_id="r-1"), arrow(0, 0, CASES), arrow(1, 4, CASES))) == 4
    assert len(rows(url, roster_decisions)) == 6


@contextmanager
def gone(url: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """While the database is not there."""
    if url.startswith("postgresql"):
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.kill()
        try:
            yield
        finally:
            cluster.start()
        return
    file = Path(url.removeprefix("sqlite:///"))
    away = file.with_name("away.db")
    file.rename(away)
    try:
        yield
    finally:
        away.rename(file)
