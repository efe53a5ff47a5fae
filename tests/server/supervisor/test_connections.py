"""Which worker gets which calls, and what happens where there are too many."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import grpc

from rollbook.v1.decision_pb2 import MODE_RECORD
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from server.store import Database
from server.store.schema import migrate
from tests.server.running import error_of, request, wait_until
from tests.server.supervisor.load import FACTS, Load
from tests.server.supervisor.running import Supervised

THREADS = 64
CHANNELS = 8


def test_a_worker_that_was_replaced_gets_its_share(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(max_connection_age_seconds=0.5, max_connection_age_grace_seconds=30)
    with Load(supervised.target) as load:
        load.wait(100)
        supervised.workers()[0].kill()
        supervised.wait_for("worker_ready", 3)
        (ended,) = supervised.events("worker_ended")
        replaced = str(ended["worker"])
        wait_until(lambda: supervised.sum("rollbook_call_seconds_count", worker=replaced) > 0)
        shares = (_share(supervised, load, replaced) for _ in range(50))
        assert any(0.3 < share < 0.7 for share in shares)
    assert not load.errors, "connections that reach their age lose no call"


def _share(supervised: Supervised, load: Load, worker: str) -> float:
    """How much of the next calls the worker gets."""

    def counted() -> tuple[float, float]:
        metric = "rollbook_call_seconds_count"
        return supervised.sum(metric, worker=worker), supervised.sum(metric)

    its, all_ = counted()
    load.wait(500)
    its_then, all_then = counted()
    return (its_then - its) / (all_then - all_)


def test_too_many_calls_are_refused_while_all_threads_wait(
    supervise: Callable[..., Supervised], tmp_path: Path
) -> None:
    file = tmp_path / "log.db"
    with Database(f"sqlite:///{file}", create=True) as database:
        migrate(database)
    most, more = 2 * THREADS, 40
    supervised = supervise(
        database_url=f"sqlite:///{file}", threads=THREADS, max_concurrent_calls=THREADS, log_seconds=60
    )
    channels = [
        grpc.insecure_channel(supervised.target, options=[("grpc.use_local_subchannel_pool", 1)])
        for _ in range(CHANNELS)
    ]
    with _locked(file):
        asked = request(FACTS, mode=MODE_RECORD)
        calls = [
            DecisionServiceStub(channels[number % CHANNELS]).Decide.future(asked, timeout=50)
            for number in range(most + more)
        ]
        # those that cannot be taken come back while none of the others can
        wait_until(lambda: sum(call.done() for call in calls) >= more)
        assert {_how(call) for call in calls if call.done()} == {"OVERLOADED"}
    ended = Counter(_how(call) for call in calls)
    assert set(ended) == {"answered", "OVERLOADED"}
    assert ended["answered"] <= most
    for channel in channels:
        channel.close()


def _how(call: Any) -> str:
    """How a call ended."""
    return "answered" if call.code() is grpc.StatusCode.OK else error_of(call).reason


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Nobody else writes to the database meanwhile."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
