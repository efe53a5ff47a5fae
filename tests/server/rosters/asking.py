"""Streams of rosters as a client without our SDK opens them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import Any

import grpc
import pyarrow as pa
import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import decision_pb2, roster_pb2, roster_service_pb2, roster_service_pb2_grpc
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, DecideRosterResponse
from tests.server.running import NAME, Error, Running, error_of

__all__ = ["Stream", "arrow", "batch", "decide", "header", "ipc", "many", "refused", "rows_in", "stub"]

CASES = pa.record_batch(
    {
        "enrollment.instructional_days": pa.array([3, 20, None], pa.int64()),
        "student": pa.array([{"foster_youth": False}, {"foster_youth": None}, None]),
    }
)
"""Withheld; assigned whatever else; not known."""


def header(**more: Any) -> DecideRosterRequest:
    """The first message; `more` are other fields of the header."""
    usual: dict[str, Any] = {
        "ruleset": NAME,
        "as_of": Date(year=2018, month=9, day=14),
        "mode": decision_pb2.MODE_TRY,
    }
    return DecideRosterRequest(header=roster_service_pb2.RosterHeader(**usual | more))


def batch(sequence: int = 0, first_row: int = 0, **cases: Any) -> DecideRosterRequest:
    """A message with cases: `arrow`, `json_lines` or `structs`."""
    return DecideRosterRequest(batch=roster_pb2.CaseBatch(sequence=sequence, first_row=first_row, **cases))


def arrow(sequence: int = 0, first_row: int = 0, cases: pa.RecordBatch = CASES) -> DecideRosterRequest:
    """A message with cases in Arrow form."""
    return batch(sequence, first_row, arrow=ipc(cases))


def ipc(*batches: pa.RecordBatch) -> bytes:
    """An Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batches[0].schema) as stream:
        for one in batches:
            stream.write_batch(one)
    written: bytes = sink.getvalue().to_pybytes()
    return written


def rows_in(answer: roster_pb2.DecidedBatch) -> list[dict[str, Any]]:
    """The decisions of an answer in Arrow form."""
    rows: list[dict[str, Any]] = pa.ipc.open_stream(answer.arrow).read_all().to_pylist()
    return rows


def stub(server: Running) -> Any:
    """The calls of the service, over a connection that takes large answers."""
    return roster_service_pb2_grpc.RosterServiceStub(server.channel)


def decide(server: Running, *messages: DecideRosterRequest) -> list[DecideRosterResponse]:
    """All that the server answers."""
    return list(stub(server).DecideRoster(iter(messages), timeout=60))


def refused(server: Running, *messages: DecideRosterRequest) -> tuple[list[DecideRosterResponse], Error]:
    """What the server answers before it refuses, and the error."""
    answers: list[DecideRosterResponse] = []
    with pytest.raises(grpc.RpcError) as caught:
        answers.extend(stub(server).DecideRoster(iter(messages), timeout=60))
    return answers, error_of(caught.value)


class Stream:
    """A stream whose messages are sent one by one.

    Attributes:
        call: gRPC's.
        taken: messages that gRPC has asked for.
    """

    def __init__(self, channel: grpc.Channel, *messages: DecideRosterRequest) -> None:
        self._queue: SimpleQueue[DecideRosterRequest | None] = SimpleQueue()
        self.taken = threading.Semaphore(0)
        self.count_taken = 0
        for message in messages:
            self.send(message)
        stub = roster_service_pb2_grpc.RosterServiceStub(channel)
        self.call: Any = stub.DecideRoster(self._messages(), timeout=120)

    def send(self, message: DecideRosterRequest) -> None:
        """Sends a message."""
        self._queue.put(message)

    def end(self) -> None:
        """Sends no more."""
        self._queue.put(None)

    def next(self) -> DecideRosterResponse:
        """The next answer."""
        answer: DecideRosterResponse = next(self.call)
        return answer

    def rest(self) -> list[DecideRosterResponse]:
        """The answers that are left."""
        return list(self.call)

    def _messages(self) -> Iterator[DecideRosterRequest]:
        while (message := self._queue.get()) is not None:
            self.count_taken += 1
            self.taken.release()
            yield message


def many(count: int, sequences: Iterable[int]) -> Iterator[DecideRosterRequest]:
    """Batches of `count` cases each."""
    cases = pa.record_batch({"enrollment.instructional_days": pa.array([3, 20] * (count // 2), pa.int64())})
    raw = ipc(cases)
    for sequence in sequences:
        yield batch(sequence, sequence * count, arrow=raw)
