"""A roster that is being decided: answers as they come, over a new connection where the old one breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Condition, Event
from types import TracebackType
from typing import Any, Self

import grpc

from rollbook.errors import RollbookError, from_rpc_error
from rollbook.rosters import CaseBatch, DecidedBatch, RosterCounts, RosterStarted, started
from rollbook.sending import Connection, Roster, Unanswered, ended_early
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, DecideRosterResponse

__all__ = ["RosterRun"]


class RosterRun:
    """The answers to the batches of a roster, in the order in which the batches were given; an iterator.

    Close it, or use it in a `with`, when not all answers are taken. Its answers are taken by one thread at a time.

    Attributes:
        connections: how often it has connected.
    """

    def __init__(
        self, open_stream: Callable[[Any], Any], roster: Roster, batches: Iterator[CaseBatch], window: int
    ) -> None:
        """Made by `Client.decide_roster`."""
        self._open_stream = open_stream
        self._roster = roster
        self._requests = _Requests(batches, window)
        self._connection: Connection | None = None
        self._call: Any = None
        self._closed = False
        self.connections = 0

    @property
    def started(self) -> RosterStarted:
        """What is the same for every decision; connects and waits for it if need be.

        Raises:
            RollbookError: when the server refuses the roster or cannot be reached.
        """
        while self._roster.started is None:
            self._received()
        return started(self._roster.started)

    @property
    def counts(self) -> RosterCounts:
        """What became of all cases whose answers were taken."""
        return self._roster.counts

    def __iter__(self) -> Iterator[DecidedBatch]:
        return self

    def __next__(self) -> DecidedBatch:
        """The next answer.

        Raises:
            RollbookError: when the server refuses the roster or a whole batch, or cannot be reached for too long.
            BaseException: what the batches raised, after the answers to those before.
        """
        while not self._closed:
            message = self._received()
            kind = message.WhichOneof("message")
            if kind == "batch":
                self._requests.answered(message.batch.sequence)
                return self._roster.decided(message)
            if kind == "ended":
                self.close()
                if self._requests.failure is not None:
                    raise self._requests.failure
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it; the server stops working on what is not answered."""
        self._closed = True
        self._disconnect()

    def _received(self) -> DecideRosterResponse:
        """The next message of the server, over as many connections as it takes."""
        while True:
            try:
                message: DecideRosterResponse = next(self._connected())
            except StopIteration:
                self._broken(ended_early())
            except grpc.RpcError as error:
                self._broken(from_rpc_error(error))
            else:
                if message.WhichOneof("message") == "started":
                    self._roster.begun(message.started)
                    self._requests.begin(self._connection)
                return message

    def _connected(self) -> Any:
        if self._call is None:
            self.connections += 1
            self._connection = Connection()
            self._call = self._open_stream(self._requests.over(self._connection, self._roster.first_request()))
        return self._call

    def _broken(self, error: RollbookError) -> None:
        """Waits until it may connect again.

        Raises:
            RollbookError: `error`, when it should not.
        """
        self._disconnect()
        try:
            wait = self._roster.wait_after(error)
        except RollbookError:
            self._closed = True
            raise
        Event().wait(wait)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._requests.close(self._connection)
        if self._call is not None:
            self._call.cancel()
        self._call = self._connection = None


class _Requests:
    """The requests of one connection after another. They are taken by a thread of gRPC's for each connection.

    The caller's batches are taken by one thread at a time, and only when there is room for them.
    """

    def __init__(self, batches: Iterator[CaseBatch], window: int) -> None:
        self._batches = batches
        self._unanswered = Unanswered(window)
        self._changed = Condition()

    @property
    def failure(self) -> BaseException | None:
        """What the caller's batches raised."""
        return self._unanswered.failure

    def over(self, connection: Connection, header: DecideRosterRequest) -> Iterator[DecideRosterRequest]:
        """What to send over `connection`, as it may be sent."""
        yield header
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._unanswered.settled(connection))
                request, one_more = self._unanswered.chosen(connection)
            if request is not None:
                yield request
            elif one_more:
                self._take()
            else:
                return

    def begin(self, connection: Connection | None) -> None:
        """Sends batches over `connection` from now on."""
        assert connection is not None
        with self._changed:
            connection.begun = True
            self._changed.notify_all()

    def answered(self, sequence: int) -> None:
        """The batch needs no more sending."""
        with self._changed:
            self._unanswered.answered(sequence)
            self._changed.notify_all()

    def close(self, connection: Connection) -> None:
        """Sends nothing more over `connection`."""
        with self._changed:
            connection.closed = True
            self._changed.notify_all()

    def _take(self) -> None:
        batch: CaseBatch | None = None
        failure: BaseException | None = None
        try:
            batch = next(self._batches, None)
        except BaseException as error:  # noqa: BLE001 - raised by the thread that takes the answers
            failure = error
        with self._changed:
            self._unanswered.taken(batch, failure)
            self._changed.notify_all()
