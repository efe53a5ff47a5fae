"""Whole rosters through a real server: answers as they come, and connecting again where the connection breaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import rollbook
from tests.server.rosters.asking import CASES, ipc
from tests.server.running import MARKS, Folder, Running, wait_until

AS_OF = date(2018, 9, 14)
FEW = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
MANY = {"enrollment": {"instructional_days": 20}}
SECONDS = 30.0


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    return folder


@pytest.fixture
def running(folder: Folder) -> Iterator[Running]:
    with Running(folder.path) as running:
        yield running


@pytest.fixture
def asking(running: Running) -> Iterator[rollbook.Client]:
    with rollbook.Client(running.target) as client:
        yield client


def batches(count: int) -> Iterator[rollbook.CaseBatch]:
    """Batches of two cases."""
    for sequence in range(count):
        yield rollbook.CaseBatch.of_cases(sequence, 2 * sequence, [FEW, MANY])


def decide(client: rollbook.Client, given: Any, **how: Any) -> rollbook.RosterRun:
    return client.decide_roster("demo/marks", given, as_of=AS_OF, mode=rollbook.Mode.TRY, patience=SECONDS, **how)


def test_cases_as_facts(asking: rollbook.Client) -> None:
    with decide(asking, batches(3)) as run:
        assert run.started.as_of == AS_OF
        answers = list(run)
    assert [answer.sequence for answer in answers] == [0, 1, 2]
    first, second = answers[1].decisions
    assert (first.row, first.decision.outcome, second.decision.outcome) == (2, "withhold", "assign")
    alone = asking.decide("demo/marks", FEW, as_of=AS_OF, mode=rollbook.Mode.TRY)
    assert first.decision.rules == alone.rules
    assert (first.decision.versions, first.decision.as_of) == (alone.versions, alone.as_of)
    assert (first.decision.ruleset, first.decision.mode) == (alone.ruleset, alone.mode)
    assert run.counts == rollbook.RosterCounts(6, 0, {"withhold": 3, "assign": 3})
    assert run.connections == 1


def test_arrow_is_passed_on_as_it_is(asking: rollbook.Client) -> None:
    given = [rollbook.CaseBatch(9, 100, arrow=ipc(CASES))]
    (answer,) = decide(asking, given, detail=rollbook.RosterDetail.OUTCOMES)
    rows = pa.ipc.open_stream(answer.arrow).read_all().to_pylist()
    assert [(row["row"], row["outcome"]) for row in rows] == [
        (100, "withhold"),
        (101, "assign"),
        (102, "indeterminate"),
    ]
    assert answer.decisions == ()


def test_rejects_are_errors(asking: rollbook.Client) -> None:
    (answer,) = decide(asking, [rollbook.CaseBatch.of_cases(0, 0, [MANY, {"mark": {"scor": 1}}, MANY])])
    (reject,) = answer.rejects
    assert reject.row == 1
    assert isinstance(reject.error, rollbook.FactError)
    assert [violation.path for violation in reject.error.violations] == ["facts.mark.scor"]
    assert answer.counts.rejected_count == 1


def test_a_roster_that_is_refused(asking: rollbook.Client) -> None:
    with pytest.raises(rollbook.NotFoundError):
        list(asking.decide_roster("demo/none", batches(1), as_of=AS_OF, mode=rollbook.Mode.TRY))
    with pytest.raises(rollbook.NotServedError):
        list(asking.decide_roster("demo/marks", batches(1), as_of=AS_OF, mode=rollbook.Mode.RECORD))


def test_a_batch_that_is_refused_ends_the_run(asking: rollbook.Client) -> None:
    run = decide(asking, [*batches(1), rollbook.CaseBatch(1, 2, arrow=b"no Arrow")])
    assert next(run).sequence == 0
    with pytest.raises(rollbook.InvalidRequestError) as caught:
        next(run)
    assert [violation.path for violation in caught.value.violations] == ["batch.arrow"]
    assert list(run) == []


def test_what_the_batches_raise_comes_after_the_answers_before(asking: rollbook.Client) -> None:
    def breaking() -> Iterator[rollbook.CaseBatch]:
        yield from batches(3)
        raise OSError("the file is gone")

    run = decide(asking, breaking())
    assert [next(run).sequence for _ in range(3)] == [0, 1, 2]
    with pytest.raises(OSError, match="the file is gone"):
        next(run)
    assert list(run) == []


def test_a_number_that_comes_twice(asking: rollbook.Client) -> None:
    same = rollbook.CaseBatch.of_cases(0, 0, [MANY])
    with pytest.raises(rollbook.InvalidRequestError):
        list(decide(asking, [same, same, same]))


def test_no_more_batches_are_taken_than_the_window_has_room_for(asking: rollbook.Client) -> None:
    taken = []

    def noting() -> Iterator[rollbook.CaseBatch]:
        for batch in batches(20):
            taken.append(batch.sequence)
            yield batch

    with decide(asking, noting(), window=3) as run:
        for answered, answer in enumerate(run, 1):
            assert answer.sequence == answered - 1
            assert len(taken) <= answered + 3
    assert len(taken) == 20


def test_closing_ends_the_work(running: Running, asking: rollbook.Client) -> None:
    run = decide(asking, batches(1_000))
    next(run)
    run.close()
    assert list(run) == []
    wait_until(lambda: not running.server._running.held)


def test_a_server_that_comes_back(folder: Folder) -> None:
    """Every batch is answered exactly once, whatever dies."""
    first = Running(folder.path)
    sent: list[int] = []

    def noting() -> Iterator[rollbook.CaseBatch]:
        for batch in batches(12):
            sent.append(batch.sequence)
            yield batch

    with first:
        port = first.server.port
        client = rollbook.Client(first.target)
        run = decide(client, noting())
        answers = [next(run) for _ in range(4)]
        version = run.started.versions
        first.server._grpc.stop(0).wait()
    with Running(folder.path, port=port):
        answers += list(run)
    client.close()
    assert [answer.sequence for answer in answers] == list(range(12))
    assert sent == list(range(12)), "batches are taken from the caller once"
    assert run.connections >= 2
    assert run.started.versions == version
    assert run.counts.case_count == 24


def test_a_server_that_stops_is_left_between_batches(folder: Folder) -> None:
    more = threading.Event()

    def waiting() -> Iterator[rollbook.CaseBatch]:
        given = batches(4)
        yield next(given)
        yield next(given)
        more.wait(SECONDS)
        yield from given

    with Running(folder.path) as first:
        port = first.server.port
        client = rollbook.Client(first.target)
        run = decide(client, waiting())
        answers = [next(run) for _ in range(2)]
        first.stop()  # though the stream is open, with nothing to answer
    with Running(folder.path, port=port):
        more.set()
        answers += list(run)
    client.close()
    assert [answer.sequence for answer in answers] == [0, 1, 2, 3]


def test_another_version_does_not_go_on_with_the_roster(folder: Folder) -> None:
    with Running(folder.path) as first:
        port = first.server.port
        client = rollbook.Client(first.target)
        run = decide(client, batches(8))
        next(run)
        first.server._grpc.stop(0).wait()
    folder.write("demo/marks", MARKS.replace("title: Marks", "title: Other marks"))
    with Running(folder.path, port=port), pytest.raises(rollbook.NotFoundError) as caught:
        list(run)
    client.close()
    assert caught.value.reason == "UNKNOWN_VERSION"


def test_patience_has_an_end(folder: Folder) -> None:
    with Running(folder.path) as first:
        client = rollbook.Client(first.target)
        run = client.decide_roster("demo/marks", batches(8), as_of=AS_OF, mode=rollbook.Mode.TRY, patience=0.5)
        next(run)
        first.server._grpc.stop(0).wait()
    with pytest.raises(rollbook.UnavailableError):
        list(run)
    client.close()


def test_a_server_with_as_many_rosters_as_it_takes(folder: Folder) -> None:
    with Running(folder.path, rosters=1) as running, rollbook.Client(running.target) as client:
        held = threading.Event()

        def waiting() -> Iterator[rollbook.CaseBatch]:
            yield from batches(1)
            held.wait(SECONDS)

        with decide(client, waiting()) as first:
            next(first)
            with pytest.raises(rollbook.OverloadedError) as caught:
                list(decide(client, batches(1)))
            assert caught.value.retry_after is not None
            held.set()
            assert list(first) == []


def test_asyncio(running: Running) -> None:
    async def given() -> AsyncIterator[rollbook.CaseBatch]:
        for batch in batches(5):
            await asyncio.sleep(0)
            yield batch

    async def ask(some: Any) -> None:
        async with rollbook.AsyncClient(running.target) as client:
            run = client.decide_roster("demo/marks", some, as_of=AS_OF, mode=rollbook.Mode.TRY)
            async with run:
                assert (await run.started()).as_of == AS_OF
                answers = [answer async for answer in run]
            assert [answer.sequence for answer in answers] == [0, 1, 2, 3, 4]
            assert run.counts.outcomes == {"withhold": 5, "assign": 5}
            with pytest.raises(rollbook.NotFoundError):
                await anext(client.decide_roster("demo/none", some, as_of=AS_OF, mode=rollbook.Mode.TRY))

    asyncio.run(ask(given()))
    asyncio.run(ask(list(batches(5))))


def test_asyncio_connects_again(folder: Folder) -> None:
    first = Running(folder.path)
    second: list[Running] = []

    async def ask() -> None:
        async with rollbook.AsyncClient(first.target) as client:
            run = client.decide_roster("demo/marks", batches(12), as_of=AS_OF, mode=rollbook.Mode.TRY)
            answers = [await anext(run) for _ in range(4)]
            port = first.server.port
            await asyncio.to_thread(first.server._grpc.stop(0).wait)
            await asyncio.to_thread(first.stop)
            second.append(Running(folder.path, port=port).__enter__())
            answers += [answer async for answer in run]
            assert [answer.sequence for answer in answers] == list(range(12))
            assert run.connections >= 2

    with first:
        asyncio.run(ask())
    second[0].__exit__(None, None, None)


def test_asyncio_gives_on_what_the_batches_raise(running: Running) -> None:
    async def breaking() -> AsyncIterator[rollbook.CaseBatch]:
        for batch in batches(2):
            yield batch
        raise OSError("the file is gone")

    async def ask() -> None:
        async with rollbook.AsyncClient(running.target) as client:
            run = client.decide_roster("demo/marks", breaking(), as_of=AS_OF, mode=rollbook.Mode.TRY)
            assert [(await anext(run)).sequence for _ in range(2)] == [0, 1]
            with pytest.raises(OSError, match="the file is gone"):
                await anext(run)

    asyncio.run(ask())
