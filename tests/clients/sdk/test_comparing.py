"""Two rulesets compared through a real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

import rollbook
from rollbook import ComparedRuleset
from tests.server.rosters.asking import ipc
from tests.server.running import MARKS, Folder, Running, wait_until

AS_OF = date(2018, 9, 14)
STRICTER = MARKS.replace("2018-08-03: 15}", "2018-08-03: 25}")
DRAFT = ComparedRuleset(ruleset_yaml=STRICTER)
CASES = pa.record_batch(
    {
        "student_id": ["a", "b", "c"],
        "enrollment.instructional_days": pa.array([3, 20, 30], pa.int64()),
        "student.foster_youth": [False, False, False],
    }
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = Folder(tmp_path_factory.mktemp("comparing") / "rulesets")
    folder.write("demo/marks", MARKS)
    with Running(folder.path) as running:
        yield running


@pytest.fixture
def asking(running: Running) -> Iterator[rollbook.Client]:
    with rollbook.Client(running.target) as client:
        yield client


def batches(count: int) -> Iterator[rollbook.CaseBatch]:
    for number in range(count):
        yield rollbook.CaseBatch(number, 3 * number, arrow=ipc(CASES))


def compare(client: rollbook.Client, given: Any, **how: Any) -> rollbook.ComparisonRun:
    return client.compare_rulesets("demo/marks", DRAFT, given, as_of=AS_OF, id_columns=["student_id"], **how)


def test_what_a_draft_would_change(asking: rollbook.Client) -> None:
    with compare(asking, batches(6), window=2, max_examples=1) as run:
        before, after = run.started.versions_before.rulesets[0], run.started.versions_after.rulesets[0]
        assert before.ruleset == after.ruleset == "rulesets/demo/marks"
        assert before.version != after.version
        answers = list(run)
    assert answers == [rollbook.ComparedBatch(number, 3 * number + 3, number + 1) for number in range(6)]
    found = run.comparison
    assert (found.case_count, found.changed_count) == (18, 6)
    assert {(pair.outcome_before, pair.outcome_after): pair.case_count for pair in found.matrix} == {
        ("assign", "assign"): 6,
        ("assign", "withhold"): 6,
        ("withhold", "withhold"): 6,
    }
    (change,) = found.changes
    assert change.reasons[0].rules.began == ("too-few-days",)
    (example,) = change.examples
    assert (example.row, example.ids[0].name, example.ids[0].value) == (1, "student_id", "b")
    assert [aspect.aspect for aspect in found.aspects] == [rollbook.DecisionAspect.MESSAGES]


def test_the_comparison_may_be_asked_for_at_once(asking: rollbook.Client) -> None:
    lines = rollbook.CaseBatch.of_cases(0, 0, [{"enrollment": {"instructional_days": 20}, "student": {}}, {}])
    before = ComparedRuleset("demo/marks", rules_as_of=AS_OF)
    run = asking.compare_rulesets(before, "rulesets/demo/marks", [lines], as_of=AS_OF)
    assert run.comparison.unchanged_count == run.comparison.case_count == 2
    assert list(run) == []


def test_no_batch_is_taken_before_the_server_has_said_what_it_takes(asking: rollbook.Client) -> None:
    run: rollbook.ComparisonRun
    most = []

    def noting() -> Iterator[rollbook.CaseBatch]:
        most.append(run.started.max_batch_cases)
        yield from batches(1)

    run = compare(asking, noting())
    assert run.comparison.case_count == 3
    assert most == [run.started.max_batch_cases]


def test_no_more_batches_are_taken_than_the_window_has_room_for(asking: rollbook.Client) -> None:
    taken = []

    def noting() -> Iterator[rollbook.CaseBatch]:
        for batch in batches(10):
            taken.append(batch.sequence)
            yield batch

    with compare(asking, noting(), window=3) as run:
        for answered, _ in enumerate(run, 1):
            assert len(taken) <= answered + 3
    assert len(taken) == 10


def test_refusals_are_errors(asking: rollbook.Client) -> None:
    with pytest.raises(rollbook.NotFoundError):
        _ = asking.compare_rulesets("demo/none", DRAFT, batches(1), as_of=AS_OF).started
    broken = ComparedRuleset(ruleset_yaml="a: b")
    with pytest.raises(rollbook.RulesetInvalidError):
        _ = asking.compare_rulesets("demo/marks", broken, batches(1), as_of=AS_OF).comparison
    run = compare(asking, [*batches(1), rollbook.CaseBatch(1, 3, arrow=b"no Arrow")])
    assert next(run).sequence == 0
    with pytest.raises(rollbook.InvalidRequestError):
        next(run)
    assert list(run) == []
    with pytest.raises(rollbook.UnavailableError):
        _ = run.comparison


def test_what_the_batches_raise_is_raised(asking: rollbook.Client) -> None:
    def breaking() -> Iterator[rollbook.CaseBatch]:
        yield from batches(1)
        raise OSError("the file is gone")

    with pytest.raises(OSError, match="the file is gone"):
        _ = compare(asking, breaking()).comparison


def test_closing_ends_the_work(running: Running, asking: rollbook.Client) -> None:
    run = compare(asking, batches(1_000))
    next(run)
    run.close()
    assert list(run) == []
    wait_until(lambda: not running.server._running.held)


def test_a_server_that_goes_away(tmp_path: Any) -> None:
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    with Running(folder.path) as first, rollbook.Client(first.target) as client:
        run = compare(client, batches(1_000))
        next(run)
        first.server._grpc.stop(0).wait()
        with pytest.raises(rollbook.RollbookError) as caught:
            list(run)
    assert isinstance(caught.value, rollbook.UnavailableError)
