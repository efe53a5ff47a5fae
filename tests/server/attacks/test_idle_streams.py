"""Sixty-four streams of each kind that say nothing, held open while others decide."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from rollbook.v1 import decision_pb2
from tests.server.attacks.attacked import MEGABYTE, Attacked, database_in
from tests.server.rosters.asking import header
from tests.server.running import MARKS, Folder, Running, error_of, wait_until

IDLE: Final = 64
_HEALTH: Final = "/grpc.health.v1.Health"
_REFLECTION: Final = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"

KINDS: Final[dict[str, tuple[str, tuple[bytes, ...]]]] = {
    "watchers of the health": (f"{_HEALTH}/Watch", (HealthCheckRequest().SerializeToString(),)),
    "watchers that do not ask": (f"{_HEALTH}/Watch", ()),
    "checks that do not ask": (f"{_HEALTH}/Check", ()),
    "reflection": (_REFLECTION, (ServerReflectionRequest(list_services="").SerializeToString(),)),
    "reflection that is not asked": (_REFLECTION, ()),
    "rosters without a header": ("/rollbook.v1.RosterService/DecideRoster", ()),
    "rosters without a batch": ("/rollbook.v1.RosterService/DecideRoster", (header().SerializeToString(),)),
    "comparisons without a header": ("/rollbook.v1.RosterService/CompareRulesets", ()),
    "exports that are not asked": ("/rollbook.v1.DecisionLogService/ExportDecisions", ()),
    "exports that are not read": ("/rollbook.v1.DecisionLogService/ExportDecisions", (b"",)),
    "decisions that are not asked": ("/rollbook.v1.DecisionService/Decide", ()),
    "checks of rulesets that are not asked": ("/rollbook.v1.RulesetService/ValidateRuleset", ()),
}
"""The method, and what is sent before the silence."""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server that waits for messages for two seconds, with a log that fills every buffer."""
    place: Path = tmp_path_factory.mktemp("idle")
    folder = Folder(place / "rulesets")
    folder.write("demo/marks", MARKS)
    with Attacked(folder.path, database_url=database_in(place), message_seconds=2) as attacked:
        facts = '{"notices": [{"area": "' + "x" * 400_000 + '"}]}'
        for _ in range(8):
            attacked.decide(facts, mode=decision_pb2.MODE_RECORD)
        yield attacked


@contextmanager
def idle(server: Running, kind: str) -> Iterator[list[Any]]:
    """The calls, each on a connection of its own, none of which is read."""
    path, messages = KINDS[kind]
    over = threading.Event()

    def silence() -> Iterator[bytes]:
        yield from messages
        over.wait(120)

    channels = [server.new_channel() for _ in range(IDLE)]
    calls: list[Any] = [
        channel.stream_stream(path, lambda sent: sent, lambda received: received)(silence(), timeout=120)
        for channel in channels
    ]
    try:
        yield calls
    finally:
        over.set()
        for channel in channels:
            channel.close()


def goes_on(attacked: Attacked) -> None:
    for _ in range(50):
        attacked.answers()
        assert attacked.serving()


@pytest.mark.parametrize("kind", KINDS)
def test_others_decide_meanwhile(attacked: Attacked, kind: str) -> None:
    with idle(attacked, kind) as calls:
        goes_on(attacked)
        attacked.unharmed()
        if not KINDS[kind][1]:  # who never sends its message is cut off, or was one too many
            wait_until(lambda: all(call.done() for call in calls))
            for call in calls:
                error = error_of(call)
                assert (error.code, error.reason) in {
                    (grpc.StatusCode.CANCELLED, ""),
                    (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED"),
                }
    attacked.unharmed()


def test_all_of_them_at_once(attacked: Attacked) -> None:
    """All kinds, 768 streams: more than may be open, and the decisions go on."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        for kind in KINDS:
            stack.enter_context(idle(attacked, kind))
        goes_on(attacked)
    attacked.unharmed()


def test_streams_too_many_are_refused_until_others_end(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    with Attacked(folder.path, stream_threads=16) as attacked:
        with idle(attacked, "watchers of the health") as calls:
            wait_until(lambda: sum(call.done() for call in calls) == IDLE - 16)
            refused = {error_of(call).reason for call in calls if call.done()}
            assert refused == {"OVERLOADED"}
            goes_on(attacked)

        def answered() -> bool:
            watching: Any = attacked.health.Watch(HealthCheckRequest(), timeout=20)
            try:
                next(watching)
            except grpc.RpcError:
                return False
            watching.cancel()
            return True

        wait_until(answered)
        assert attacked.most["server"] - attacked.usual < 100 * MEGABYTE
