"""One call, as whoever answers it sees it."""

from __future__ import annotations

from collections.abc import Callable

import grpc

from server.callers import ANYONE, Caller
from server.errors import RefusalError
from server.refusals import ClientGoneError

__all__ = ["Call"]


class Call:
    """A call being answered.

    Attributes:
        method: its method, `Decide`.
        context: what gRPC knows of it.
        caller: who calls.
        request_id: the caller's id of it, for a stream, whose messages are read by whoever answers it.
    """

    __slots__ = ("caller", "context", "method", "request_id")

    def __init__(self, method: str, context: grpc.ServicerContext, caller: Caller = ANYONE) -> None:
        self.method = method
        self.context = context
        self.caller = caller
        self.request_id = ""

    def still_wanted(self) -> None:
        """Passes while somebody waits for the answer; asked between the parts of long work.

        Raises:
            RefusalError: DEADLINE_EXCEEDED.
            ClientGoneError: when the caller has hung up.
        """
        if self.context.time_remaining() <= 0:
            raise RefusalError("DEADLINE_EXCEEDED", "The deadline of the call passed before it was answered.")
        if not self.context.is_active():
            raise ClientGoneError

    def when_over(self, do: Callable[[], None]) -> None:
        """Has `do` run when the call ends, also when the caller hangs up or the deadline passes; at once if it has."""
        if not self.context.add_callback(do):
            do()
