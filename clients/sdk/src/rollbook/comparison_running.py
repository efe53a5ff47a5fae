"""A comparison that is being made: batches go to the server, and what differs comes back at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Condition
from types import TracebackType
from typing import Any, Self

import grpc

from rollbook.comparing import ComparedBatch, ComparisonStarted, batch_request, compared, comparison_started
from rollbook.comparisons import RulesetComparison
from rollbook.conversion import convert
from rollbook.errors import RollbookError, from_rpc_error
from rollbook.rosters import CaseBatch
from rollbook.sending import ended_early
from rollbook.v1.roster_service_pb2 import CompareRulesetsRequest, CompareRulesetsResponse

__all__ = ["ComparisonRun"]


class ComparisonRun:
    """The answers to the batches of a comparison, in the order in which they were given; an iterator.

    It cannot be resumed: the server keeps what it has compared only as long as the connection lasts. Close it, or use
    it in a `with`, when not all answers are taken. Its answers are taken by one thread at a time.
    """

    def __init__(
        self,
        open_stream: Callable[[Any], Any],
        header: CompareRulesetsRequest,
        batches: Iterator[CaseBatch],
        window: int,
    ) -> None:
        """Made by `Client.compare_rulesets`."""
        self._open_stream = open_stream
        self._header = header
        self._batches = batches
        self._room = window
        self._changed = Condition()
        self._call: Any = None
        self._started: ComparisonStarted | None = None
        self._comparison: RulesetComparison | None = None
        self._failure: BaseException | None = None
        self._closed = False

    @property
    def started(self) -> ComparisonStarted:
        """By which versions is compared; connects and waits for it if need be. No batch is taken before it is there.

        Raises:
            RollbookError: when the server refuses the comparison or cannot be reached.
        """
        if self._started is None:
            message = self._received()
            if message.WhichOneof("message") != "started":
                self.close()
                raise ended_early()
            with self._changed:
                self._started = comparison_started(message.started)
                self._changed.notify_all()
        return self._started

    @property
    def comparison(self) -> RulesetComparison:
        """What differs, over all cases; takes the answers that are not taken yet.

        Raises:
            RollbookError: as when they are taken; UnavailableError too when it was closed before.
        """
        for _ in self:
            pass
        if self._comparison is None:
            raise ended_early()
        return self._comparison

    def __iter__(self) -> Iterator[ComparedBatch]:
        return self

    def __next__(self) -> ComparedBatch:
        """The next answer.

        Raises:
            RollbookError: when the server refuses the comparison or a batch, or the connection breaks.
            BaseException: what the batches raised.
        """
        if self._closed:
            raise StopIteration
        _ = self.started
        message = self._received()
        if message.WhichOneof("message") == "batch":
            with self._changed:
                self._room += 1
                self._changed.notify_all()
            return compared(message.batch)
        self.close()
        if self._failure is not None:
            raise self._failure
        self._comparison = convert(RulesetComparison, message.comparison)
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it; the server stops working on what is not answered."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._call is not None:
            self._call.cancel()

    def _received(self) -> CompareRulesetsResponse:
        """The next message of the server."""
        if self._closed:
            raise ended_early()
        if self._call is None:
            self._call = self._open_stream(self._requests())
        try:
            message: CompareRulesetsResponse = next(self._call)
        except StopIteration:
            raise self._ended(ended_early()) from None
        except grpc.RpcError as error:
            raise self._ended(from_rpc_error(error)) from error
        return message

    def _ended(self, error: RollbookError) -> BaseException:
        """What is raised where the stream has ended: what the batches raised comes before what followed from it."""
        self.close()
        return error if self._failure is None else self._failure

    def _requests(self) -> Iterator[CompareRulesetsRequest]:
        """What is sent, as it may be sent. Taken by a thread of gRPC's."""
        yield self._header
        while self._may_send():
            try:
                batch = next(self._batches, None)
            except BaseException as error:  # noqa: BLE001 - raised by the thread that takes the answers
                self._failure = error
                self._call.cancel()
                return
            if batch is None:
                return
            yield batch_request(batch)

    def _may_send(self) -> bool:
        """Waits until there is room for one more batch; False when the comparison is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._started is not None and self._room > 0))
            self._room -= 1
            return not self._closed
