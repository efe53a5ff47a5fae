"""A fuzz of the wire: calls of every method with messages that are almost right, and connections that are not.

An input is made from `seed/thread/number` alone: `python -m tests.server.attacks.fuzz --only 7/2/133` sends one again.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any, Final

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from server.callers import ROLES
from tests.server.attacks.attacked import Attacked, database_in
from tests.server.attacks.frames import attack_connection
from tests.server.attacks.methods import AnyMethod, methods_of
from tests.server.attacks.mutating import Maker, metadata_of
from tests.server.identity.people import add_token
from tests.server.running import MARKS, Folder

__all__ = ["THREADS", "Fuzz", "asking", "table"]

THREADS: Final = 6

_CALL_SECONDS: Final = 20.0
_MOST_REPLIES: Final = 5
_OF_THE_TRANSPORT: Final = frozenset(
    {
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    }
)
"""Codes that come without one of our reasons."""
_SLOW: Final = frozenset(
    {
        *("ValidateRuleset", "RunScenarios", "ReplayDecision", "CompareRulesets", "DecideRoster"),
        *("CreateVersion", "PublishVersion", "RetireVersion"),
    }
)
"""Methods that start child processes: each takes a second, so they are called seldom."""
_CONNECTIONS: Final = 0.1
"""How many of the inputs are connections that are not HTTP/2, or badly so."""


@dataclass
class Fuzz:
    """A run.

    Attributes:
        target: where the server listens.
        seed: what all inputs follow from.
        ids: ids of decisions that are in the log.
        token: that of a caller who may do everything; empty where nobody is asked who calls.
        statuses: how often each method ended in each way.
        faults: the inputs that were answered otherwise than they may be, with what was answered.
    """

    target: str
    seed: int
    ids: tuple[str, ...] = ()
    token: str = ""
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> None:
        """Sends inputs for so long, on several threads."""
        until = monotonic() + seconds
        threads = [threading.Thread(target=self._loop, args=(number, until)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def only(self, name: str) -> None:
        """Sends one input again."""
        with self._channel() as channel:
            self._send(name, channel, methods_of(channel, self.token))

    def _channel(self) -> grpc.Channel:
        return grpc.insecure_channel(self.target, options=[("grpc.use_local_subchannel_pool", 1)])

    def _loop(self, thread: int, until: float) -> None:
        number = 0
        with self._channel() as channel:
            methods = methods_of(channel, self.token)
            while monotonic() < until:
                self._send(f"{self.seed}/{thread}/{number}", channel, methods)
                number += 1

    def _send(self, name: str, channel: grpc.Channel, methods: tuple[AnyMethod, ...]) -> None:
        random = Random(name)
        if random.random() < _CONNECTIONS:
            kind = attack_connection(self.target, random)
            self._count("connection", kind)
            return
        method = random.choice(methods)
        if method.name in _SLOW and random.random() < 0.9:
            method = random.choice([other for other in methods if other.name not in _SLOW])
        messages = Maker(random, self.ids).messages(method.request, several=method.sends_stream)
        gives_up = random.random() < 0.05
        code, reason = _answer(method, channel, messages, metadata_of(random, self.token), gives_up=gives_up)
        self._count(method.name, reason or code.name)
        if not _may_be(method, code, reason):
            with self._counting:
                self.faults.append(f"{name} {method.path} {code} {reason} {[raw[:200] for raw in messages]}")

    def _count(self, method: str, status: str) -> None:
        with self._counting:
            self.statuses[method, status] += 1


def _answer(
    method: AnyMethod,
    channel: grpc.Channel,
    messages: list[bytes],
    metadata: list[tuple[str, str | bytes]],
    *,
    gives_up: bool,
) -> tuple[grpc.StatusCode, str]:
    """How a call ended: code, and our reason where it has one."""
    seconds = 0.5 if method.name == "Watch" else _CALL_SECONDS
    call: Any = method.call(channel, messages, seconds, metadata)
    if gives_up:
        call.cancel()
    try:
        if method.gives_stream:
            for number, _ in enumerate(call):
                if number == _MOST_REPLIES:
                    call.cancel()
        else:
            call.result()
    except grpc.FutureCancelledError:
        return grpc.StatusCode.CANCELLED, ""
    except grpc.RpcError:
        return call.code(), _reason(call)
    return grpc.StatusCode.OK, ""


def _reason(call: Any) -> str:
    details = dict(call.trailing_metadata() or ()).get("grpc-status-details-bin")
    info = ErrorInfo()
    if details is not None:
        any(detail.Unpack(info) for detail in Status.FromString(details).details)
    return info.reason


def _may_be(method: AnyMethod, code: grpc.StatusCode, reason: str) -> bool:
    if reason:
        return reason != "INTERNAL"
    asks_health = method.path == "/grpc.health.v1.Health/Check"
    return (
        code in _OF_THE_TRANSPORT or code is grpc.StatusCode.OK or (asks_health and code is grpc.StatusCode.NOT_FOUND)
    )


@contextmanager
def asking(place: Path) -> Iterator[tuple[Attacked, str]]:
    """A server that asks who calls, and the token of a caller who may do everything."""
    folder = Folder(place / "rulesets")
    folder.write("demo/marks", MARKS)
    url = database_in(place)
    token = add_token(url, "tester", ROLES)
    with Attacked(folder.path, token, database_url=url, identity="required") as attacked:
        yield attacked, token


def table(fuzz: Fuzz) -> str:
    """How often each method ended in each way, and the seed."""
    lines = [f"{count:7} {method} {status}" for (method, status), count in sorted(fuzz.statuses.items())]
    return "\n".join((f"seed {fuzz.seed}", *lines))
