"""CompareRulesets: two versions over one roster; drafts, ids, what is refused."""

from __future__ import annotations

from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import comparison_pb2, roster_pb2, roster_service_pb2
from rollbook.v1.roster_service_pb2 import ComparedRuleset, CompareRulesetsRequest, CompareRulesetsResponse
from tests.server.rosters.asking import ipc, stub
from tests.server.running import MARKS, NAME, Error, Folder, Running, error_of

STRICTER = MARKS.replace("2018-08-03: 15}", "2018-08-03: 25}")
LATER = MARKS.replace("demo/marks", "demo/later").replace("2018-08-03: 15}", "2018-08-03: 15, 2019-01-01: 25}")
CASES = pa.record_batch(
    {
        "student_id": ["a", "b", "c", "d", "e"],
        "enrollment.instructional_days": pa.array([3, 20, 30, -1, 21], pa.int64()),
        "student.foster_youth": [False, False, False, False, None],
    }
)


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server for tests that only ask."""
    folder = Folder(tmp_path_factory.mktemp("same") / "rulesets")
    folder.write("demo/marks", MARKS)
    folder.write("demo/later", LATER)
    with Running(folder.path) as running:
        yield running


def header(**more: Any) -> CompareRulesetsRequest:
    usual: dict[str, Any] = {
        "before": ComparedRuleset(name=NAME),
        "after": ComparedRuleset(ruleset_yaml=STRICTER),
        "as_of": Date(year=2018, month=9, day=14),
    }
    return CompareRulesetsRequest(header=roster_service_pb2.ComparisonHeader(**usual | more))


def batch(sequence: int = 0, first_row: int = 0, **cases: Any) -> CompareRulesetsRequest:
    return CompareRulesetsRequest(batch=roster_pb2.CaseBatch(sequence=sequence, first_row=first_row, **cases))


def compare(server: Running, *messages: CompareRulesetsRequest) -> list[CompareRulesetsResponse]:
    return list(stub(server).CompareRulesets(iter(messages), timeout=60))


def refused(server: Running, *messages: CompareRulesetsRequest) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        compare(server, *messages)
    return error_of(caught.value)


def matrix(comparison: comparison_pb2.RulesetComparison) -> dict[tuple[str, str], int]:
    return {(pair.outcome_before, pair.outcome_after): pair.case_count for pair in comparison.matrix}


def test_a_draft_beside_what_is_served(same: Running) -> None:
    asked = header(id_columns=["student_id"], max_examples=1)
    started, first, second, last = compare(same, asked, batch(0, 0, arrow=ipc(CASES)), batch(1, 5, arrow=ipc(CASES)))
    assert started.started.versions_before.rulesets[0].ruleset == NAME
    versions = [side.rulesets[0].version for side in (started.started.versions_before, started.started.versions_after)]
    assert versions[0] != versions[1]
    assert (first.batch.sequence, first.batch.case_count, first.batch.changed_count) == (0, 5, 2)
    assert (second.batch.sequence, second.batch.case_count, second.batch.changed_count) == (1, 10, 4)
    found = last.comparison
    assert (found.case_count, found.changed_count) == (10, 4)
    assert matrix(found) == {
        ("withhold", "withhold"): 2,
        ("assign", "withhold"): 2,
        ("assign", "assign"): 2,
        ("assign", "indeterminate"): 2,
        ("(refused)", "(refused)"): 2,
    }
    change = next(one for one in found.changes if one.outcome_after == "withhold")
    assert (change.outcome_before, change.case_count) == ("assign", 2)
    assert [list(reason.rules.began) for reason in change.reasons] == [["too-few-days"]]
    (example,) = change.examples
    assert (example.row, [(one.name, one.value) for one in example.ids]) == (1, [("student_id", "b")])
    assert list(example.after.rules) == ["too-few-days"]
    assert [detail.aspect for detail in found.aspects] == [comparison_pb2.DECISION_ASPECT_MESSAGES]
    assert found.only_before_decides.indeterminate_count == 2
    assert found.only_before_decides.needs[0].path == "student.foster_youth"


def test_one_ruleset_on_two_dates(same: Running) -> None:
    later = ComparedRuleset(name="rulesets/demo/later", rules_as_of=Date(year=2019, month=2, day=1))
    lines = b'{"enrollment": {"instructional_days": 20}, "student": {"foster_youth": false}}\n{}\n'
    asked = header(before=ComparedRuleset(name="rulesets/demo/later"), after=later)
    *_, last = compare(same, asked, batch(json_lines=lines))
    assert matrix(last.comparison) == {("assign", "withhold"): 1, ("indeterminate", "indeterminate"): 1}


def test_facts_that_only_one_declares(same: Running) -> None:
    draft = MARKS.replace(
        "    foster_youth: {type: boolean}\n", "    foster_youth: {type: boolean}\n    grade: {type: string}\n"
    )
    cases = CASES.append_column("student.grade", pa.array(["9"] * 5)).drop_columns(["student_id"])
    *_, last = compare(same, header(after=ComparedRuleset(ruleset_yaml=draft)), batch(arrow=ipc(cases)))
    assert list(last.comparison.facts_only_after) == ["student.grade"]
    assert last.comparison.changed_count == 0
    assert last.comparison.case_count == 5


def test_a_draft_that_builds_on_what_is_served(same: Running) -> None:
    draft = MARKS.replace("  foster:\n", "  foster:\n    given: [demo/later#too-few-days]\n")
    *_, last = compare(
        same, header(after=ComparedRuleset(ruleset_yaml=draft)), batch(arrow=ipc(CASES.drop_columns(["student_id"])))
    )
    assert last.comparison.case_count == 5


@pytest.mark.parametrize(
    ("first", "reason", "fields"),
    [
        (batch(json_lines=b"{}"), "REQUEST_INVALID", ["header"]),
        (header(before=None), "REQUEST_INVALID", ["header.before"]),
        (header(after=ComparedRuleset(name="no")), "REQUEST_INVALID", ["header.after.name"]),
        (header(after=ComparedRuleset(name="rulesets/demo/none")), "UNKNOWN_RULESET", []),
        (header(after=ComparedRuleset(ruleset_yaml="a: b")), "RULESET_INVALID", None),
        (header(after=ComparedRuleset(ruleset_yaml="#" * 3_000_000)), "TOO_LARGE", ["header.after.ruleset_yaml"]),
        (header(max_examples=101), "REQUEST_INVALID", ["header.max_examples"]),
        (header(as_of=None), "REQUEST_INVALID", ["header.as_of"]),
        (header(calendar="calendars/none"), "UNKNOWN_CALENDAR", ["header.calendar"]),
    ],
)
def test_a_header_that_is_wrong(
    same: Running, first: CompareRulesetsRequest, reason: str, fields: list[str] | None
) -> None:
    error = refused(same, first)
    assert error.reason == reason
    assert error.fields == fields if fields is not None else set(error.fields) == {"header.after.ruleset_yaml"}


def test_a_batch_that_is_wrong(same: Running) -> None:
    assert refused(same, header(), header()).fields == ["batch"]
    assert refused(same, header(), batch(arrow=b"no")).fields == ["batch.arrow"]
    assert refused(same, header(), batch(arrow=ipc(CASES))).fields == ["facts.student_id"]
