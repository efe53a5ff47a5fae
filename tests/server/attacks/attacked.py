"""A server process under attack: it lives, it answers, and its memory is measured all the time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
import psutil
import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import decision_pb2, roster_pb2, roster_service_pb2, roster_service_pb2_grpc
from server.store import Database
from server.store.schema import migrate
from tests.server.identity.people import as_caller
from tests.server.processes import serving
from tests.server.running import FACTS, NAME, Error, Running, error_of

__all__ = ["MEGABYTE", "MOST_CHILD", "MOST_GROWTH", "OURS", "Attacked", "database_in"]

MEGABYTE = 1024 * 1024

MOST_GROWTH = 160 * MEGABYTE
"""What the memory of the server may grow by, whatever is sent."""

MOST_CHILD = 512 * MEGABYTE
"""What a child process may have of memory; `Attacked` sets the limit of its address space accordingly."""

OURS = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
    }
)
"""Codes of a clear refusal."""

MOST_THREADS = 420
"""Threads of the server: those of all its pools together, and the transport's."""

_LOOK_EVERY_SECONDS = 0.02
_ATTEMPTS = 10


def database_in(place: Path) -> str:
    """The URL of a new SQLite database that has been migrated."""
    url = f"sqlite:///{place}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


class Attacked(Running):
    """`rollbook serve` in a process of its own.

    Args:
        rulesets: the folder of rulesets.
        token: by which it is called; empty where it does not ask who calls.
        settings: what it is told.

    Attributes:
        process: it.
        most: the largest memory that was seen, of the server and of any child, in bytes.
        usual: the memory of the server before the attack.
    """

    def __init__(
        self, rulesets: Path, token: str = "", **settings: Any
    ) -> None:  # not Running's: there is no server in this process
        self._rulesets = rulesets
        self._token = token
        self._settings = {"sandbox_megabytes": MOST_CHILD // MEGABYTE, **settings}
        self._stack = ExitStack()
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)
        self.most = {"server": 0, "child": 0}

    def __enter__(self) -> Self:
        started, self.port = self._stack.enter_context(serving(self._rulesets, **self._settings))
        self.process = psutil.Process(started.pid)
        self.connect()
        self.answers()
        self.usual = self.process.memory_info().rss
        self._watching.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._watching.join()
        self.channel.close()
        self._stack.close()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"

    def new_channel(self) -> grpc.Channel:
        channel = super().new_channel()
        return as_caller(channel, self._token) if self._token else channel

    @property
    def threads(self) -> int:
        """Threads of the server."""
        return int(self.process.num_threads())

    def answers(self) -> None:
        """It lives, and decides as ever."""
        decided = self.decide(FACTS)
        assert decided.outcome == "assign"
        if "database_url" in self._settings:
            assert self.decide(FACTS, mode=decision_pb2.MODE_RECORD).decision_id

    def unharmed(self) -> None:
        """It answers, and neither it nor a child of it had more memory, or threads, than it may.

        Where it has calls by the thousand to forget yet, it is asked again, as the SDK would.
        """
        for _ in range(_ATTEMPTS):
            try:
                self.answers()
                break
            except grpc.RpcError as error:
                if error_of(error).code not in {grpc.StatusCode.CANCELLED, grpc.StatusCode.RESOURCE_EXHAUSTED}:
                    raise
                self._over.wait(0.5)
        else:
            self.answers()
        assert self.threads < MOST_THREADS
        grown = self.most["server"] - self.usual
        assert grown < MOST_GROWTH, f"the server grew by {grown / MEGABYTE:.0f} MiB"
        assert self.most["child"] < MOST_CHILD + 64 * MEGABYTE, f"a child had {self.most['child'] / MEGABYTE:.0f} MiB"

    def refuses(self, call: Callable[[], Any], *secrets: str) -> Error:
        """The clear refusal that a call gets: one of our reasons, and nothing of what was sent."""
        with pytest.raises(grpc.RpcError) as caught:
            call()
        error = error_of(caught.value)
        details: Any = caught.value
        assert error.reason not in {"", "INTERNAL"}, f"{error.code} {details.details()}"
        assert error.code in OURS
        for secret in secrets:
            assert secret not in str(error.status)
        return error

    def compare(self, draft: str, arrow: bytes) -> Any:
        """Compares what is served with a draft, over the cases of one batch."""
        compared = roster_service_pb2.ComparedRuleset
        header = roster_service_pb2.ComparisonHeader(
            before=compared(name=NAME), after=compared(ruleset_yaml=draft), as_of=Date(year=2018, month=9, day=14)
        )
        messages = (
            roster_service_pb2.CompareRulesetsRequest(header=header),
            roster_service_pb2.CompareRulesetsRequest(batch=roster_pb2.CaseBatch(arrow=arrow)),
        )
        return roster_service_pb2_grpc.RosterServiceStub(self.channel).CompareRulesets(iter(messages), timeout=60)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_EVERY_SECONDS):
            try:
                self._note("server", self.process)
                for child in self.process.children():
                    self._note("child", child)
            except psutil.NoSuchProcess:
                continue  # a child that has ended meanwhile

    def _note(self, what: str, process: psutil.Process) -> None:
        self.most[what] = max(self.most[what], process.memory_info().rss)
