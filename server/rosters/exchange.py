"""Batches from a client to a child process, and answers back: one in work and at most one more read.

Two threads share the work: one reads from the client and writes to the child, the other, which gRPC gave the call,
reads from the child and writes to the client. So the next batch comes in while one is decided; and the one after it
waits until an answer was taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition, Thread
from typing import Final

import grpc

from server.calls import Call, ClientGoneError
from server.errors import RefusalError, too_large
from server.rosters.frames import Frame, Kind
from server.rosters.workers import Worker, WorkerEndedError, WorkerFaultError
from server.waiting import Waiting

__all__ = ["Exchange"]

_MOST_READ: Final = 2
"""Batches that are read and not answered: one in work, one more."""


class Exchange:
    """One stream after its header.

    Args:
        worker: has been given its assignment.
        messages: what the client sends from here on.
        call: the call.
        waiting: cuts off a client that neither sends nor takes anything.
        most_bytes: bytes that a message may have.
    """

    def __init__(
        self, worker: Worker, messages: Iterator[bytes], call: Call, waiting: Waiting, most_bytes: int
    ) -> None:
        self._worker = worker
        self._messages = messages
        self._call = call
        self._waiting = waiting
        self._most_bytes = most_bytes
        self._changed = Condition()
        self._open = 0
        self._ended = False
        self._over = False
        self._stopping = False
        self._refusal: Exception | None = None
        self.done = False

    def answers(self) -> Iterator[Frame]:
        """What the child answers, the last of it too; `done` is true when that is given.

        Raises:
            RefusalError: when the client broke the rules of the stream, the child refuses a batch, or the server stops.
            ClientGoneError: when the client has hung up.
            WorkerFaultError: when the child met a fault, or died.
        """
        self._call.when_over(self._hung_up)
        Thread(target=self._feed, name="roster", daemon=True).start()
        try:
            yield from self._taken(self._received())
            while self._something_open():
                yield from self._taken(self._received())
                with self._changed:
                    self._open -= 1
                    self._changed.notify_all()
            last = self._received()
            with self._changed:
                self.done = True
            yield from self._taken(last)
        finally:
            with self._changed:
                self._over = True
                self._changed.notify_all()

    def stop(self) -> None:
        """Has the stream end when what was read is answered: the server is stopping."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def _something_open(self) -> bool:
        """Waits for a batch that is to be answered; False when all are and no more will come."""
        self._waiting.begin(self._call.context)
        try:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._open or self._ended or self._refusal or self._stopping or self._over
                )
                if self._open:
                    return True
                if self._over:
                    raise ClientGoneError
                if self._refusal is not None:
                    raise self._refusal
                if self._stopping and not self._ended:
                    raise RefusalError(
                        "NOT_READY", "The server is stopping. Batches without an answer: send them again."
                    )
                return False
        finally:
            self._waiting.end(self._call.context)

    def _taken(self, frame: Frame) -> Iterator[Frame]:
        """Gives an answer, and comes back when the client's side has taken it."""
        self._waiting.begin(self._call.context)
        try:
            yield frame
        finally:
            self._waiting.end(self._call.context)

    def _received(self) -> Frame:
        try:
            return self._worker.receive()
        except WorkerEndedError:
            if self._over or not self._call.context.is_active():
                raise ClientGoneError from None
            message = f"the child process ended with {self._worker.end()}"
            raise WorkerFaultError(message) from None

    def _feed(self) -> None:
        """Reads from the client and writes to the child, until there is no more."""
        try:
            while (raw := self._next()) is not None:
                self._worker.send(Kind.BATCH, raw)
            if self._ended:
                self._worker.send(Kind.END)
        except WorkerEndedError:
            pass  # whoever waits for its answer notices
        except grpc.RpcError:
            self._hung_up()
        except Exception as error:  # noqa: BLE001 - raised by the thread that answers the call
            with self._changed:
                self._refusal = error
                self._changed.notify_all()

    def _next(self) -> bytes | None:
        """The next batch, as soon as it may be read; None when there is none or the stream is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._open < _MOST_READ or self._no_more())
            if self._no_more():
                return None
        raw = next(self._messages, None)
        if raw is not None and len(raw) > self._most_bytes:
            raise too_large("roster-message-bytes", self._most_bytes, len(raw), "The message is too large.", "batch")
        with self._changed:
            if self._no_more():
                return None  # while it was waited for, the stream has ended
            if raw is None:
                self._ended = True
            else:
                self._open += 1
            self._changed.notify_all()
        return raw

    def _no_more(self) -> bool:
        """Whether no batch should be read."""
        return self._over or self._stopping

    def _hung_up(self) -> None:
        """The call is over. The child is ended at once, unless it has nothing more to do."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
            if not self.done:
                self._worker.kill()
