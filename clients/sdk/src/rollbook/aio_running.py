"""A roster that is being decided, for asyncio: as `rollbook.running`, awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Final, Self

import grpc

from rollbook.errors import InternalError, RollbookError, UnavailableError, from_rpc_error
from rollbook.rosters import CaseBatch, DecidedBatch, RosterCounts, RosterStarted, started
from rollbook.sending import Connection, Roster, Unanswered, ended_early
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, DecideRosterResponse

__all__ = ["AsyncRosterRun"]

_LOST: Final = "Internal error from Core"


class AsyncRosterRun:
    """The answers to the batches of a roster, in the order in which the batches were given; an asynchronous iterator.

    Close it, or use it in an `async with`, when not all answers are taken.

    Attributes:
        connections: how often it has connected.
    """

    def __init__(
        self, open_stream: Callable[[Any], Any], roster: Roster, batches: AsyncIterator[CaseBatch], window: int
    ) -> None:
        """Made by `AsyncClient.decide_roster`."""
        self._open_stream = open_stream
        self._roster = roster
        self._batches = batches
        self._unanswered = Unanswered(window)
        self._changed = asyncio.Condition()
        self._connection: Connection | None = None
        self._call: Any = None
        self._taking: asyncio.Task[None] | None = None
        self._closed = False
        self.connections = 0

    async def started(self) -> RosterStarted:
        """What is the same for every decision; connects and waits for it if need be.

        Raises:
            RollbookError: when the server refuses the roster or cannot be reached.
        """
        while self._roster.started is None:
            await self._received()
        return started(self._roster.started)

    @property
    def counts(self) -> RosterCounts:
        """What became of all cases whose answers were taken."""
        return self._roster.counts

    def __aiter__(self) -> AsyncIterator[DecidedBatch]:
        return self

    async def __anext__(self) -> DecidedBatch:
        """The next answer.

        Raises:
            RollbookError: when the server refuses the roster or a whole batch, or cannot be reached for too long.
            BaseException: what the batches raised, after the answers to those before.
        """
        while not self._closed:
            message = await self._received()
            kind = message.WhichOneof("message")
            if kind == "batch":
                async with self._changed:
                    self._unanswered.answered(message.batch.sequence)
                    self._changed.notify_all()
                return self._roster.decided(message)
            if kind == "ended":
                await self.close()
                if self._unanswered.failure is not None:
                    raise self._unanswered.failure
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends it; the server stops working on what is not answered."""
        self._closed = True
        await self._disconnect()
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)

    async def _received(self) -> DecideRosterResponse:
        """The next message of the server, over as many connections as it takes."""
        while True:
            try:
                message = await self._connected().read()
            except grpc.RpcError as error:
                await self._broken(_as_told(from_rpc_error(error)))
                continue
            if message is grpc.aio.EOF:  # type: ignore[attr-defined]  # its stubs leave it out
                await self._broken(ended_early())
                continue
            received: DecideRosterResponse = message
            if received.WhichOneof("message") == "started":
                self._roster.begun(received.started)
                await self._begin()
            return received

    async def _begin(self) -> None:
        """Sends batches from now on."""
        assert self._connection is not None
        async with self._changed:
            self._connection.begun = True
            self._changed.notify_all()

    def _connected(self) -> Any:
        if self._call is None:
            self.connections += 1
            self._connection = Connection()
            self._call = self._open_stream(self._requests(self._connection))
        return self._call

    async def _requests(self, connection: Connection) -> AsyncIterator[DecideRosterRequest]:
        """What to send over `connection`, as it may be sent."""
        yield self._roster.first_request()
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._unanswered.settled(connection))
                request, one_more = self._unanswered.chosen(connection)
            if request is not None:
                yield request
            elif one_more:
                # A task of its own: it outlives the connection, and the caller's batches are not broken off with it.
                self._taking = asyncio.create_task(self._take())
            else:
                return

    async def _take(self) -> None:
        batch: CaseBatch | None = None
        failure: BaseException | None = None
        try:
            batch = await anext(self._batches, None)
        except Exception as error:  # noqa: BLE001 - raised where the answers are taken
            failure = error
        async with self._changed:
            self._unanswered.taken(batch, failure)
            self._changed.notify_all()

    async def _broken(self, error: RollbookError) -> None:
        await self._disconnect()
        try:
            wait = self._roster.wait_after(error)
        except RollbookError:
            self._closed = True
            raise
        await asyncio.sleep(wait)

    async def _disconnect(self) -> None:
        if self._connection is not None:
            async with self._changed:
                self._connection.closed = True
                self._changed.notify_all()
        if self._call is not None:
            self._call.cancel()
        self._call = self._connection = None


def _as_told(error: RollbookError) -> RollbookError:
    """The error, or one that says to connect again where the server's own was lost.

    When a stream ends while a message is being sent, gRPC for asyncio may give that failure in place of the status.
    """
    lost = isinstance(error, InternalError) and not error.reason and error.message == _LOST
    return UnavailableError(error.message, code=error.code) if lost else error
