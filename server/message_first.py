"""A call takes a thread when its message has come, and not before.

gRPC gives a call a thread at once, which then asks for the message, sleeps, and is woken: two of the four hand-overs
between threads of a call, a third of what a small call costs. And a caller that never sends its message holds a thread.
Here the message is asked for first, and the thread that waits for events passes both on.

gRPC has no public way to do so. This uses the names in `_NAMES` of its module `_server`, and what that hands to a pool
of threads; where an installed version has others, calls are answered the ordinary way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Final

import grpc

from server.pools import Pool
from server.waiting import Waiting

__all__ = ["SUPPORTED", "MessageFirst"]

_NAMES: Final = ("_CANCELLED", "_RECEIVE_MESSAGE_TOKEN", "_possibly_finish_call", "_serialized_request")
_HANDED_OVER: Final = (
    *("rpc_event", "state", "behavior", "argument_thunk", "request_deserializer", "response_serializer"),
)
"""What `_server` hands to a pool, after the function that does the work."""

_server = import_module("grpc._server")
_cygrpc = import_module("grpc._cython.cygrpc")
_internals: list[Any] = [getattr(_server, name, None) for name in _NAMES]
_cancelled, _token, _finish, _message_of = _internals
_read_message: Any = getattr(_cygrpc, "ReceiveMessageOperation", None)
_NO_FLAGS: Final = 0


def _supported() -> bool:
    work: Any = getattr(_server, "_unary_response_in_pool", None)
    return None not in (work, _read_message, *_internals) and tuple(inspect.signature(work).parameters) == _HANDED_OVER


SUPPORTED: Final = _supported()
"""Whether the installed gRPC is as it is expected here."""


class MessageFirst(ThreadPoolExecutor):
    """What gRPC hands calls to: each is passed on to `pool` with its message, or when it is over without one.

    For methods that are served as a stream of one message, without a deserializer.

    Args:
        pool: the threads, which hold the call from the beginning.
        waiting: cuts off callers that do not send their message.
    """

    def __init__(self, pool: Pool, waiting: Waiting) -> None:
        super().__init__(1)
        self._pool = pool
        self._waiting = waiting

    def submit(self, fn: Callable[..., object], /, *args: Any, **kwargs: Any) -> Any:
        """Asks for the message; `fn` runs in the pool once it has come. Gives None, and no future."""
        work, event, state, behavior, _, _, write = args
        pool, waiting, call = self._pool, self._waiting, event.call
        pool.hold()

        def received(message_event: Any) -> Any:
            waiting.end(call)
            raw = _message_of(message_event)
            messages = iter((raw,)) if raw is not None else _none(state)
            with state.condition:
                finished = _finish(state, _token)
            pool.run(fn, (work, event, state, behavior, lambda: messages, None, write), kwargs)
            return finished

        waiting.begin(call)
        with state.condition:
            call.start_server_batch((_read_message(_NO_FLAGS),), received)
            state.due.add(_token)


def _none(state: Any) -> Iterator[bytes]:
    """The messages of a call that has ended without one.

    Raises:
        RpcError: where the caller has hung up.
    """
    if state.client is _cancelled:
        raise grpc.RpcError
    yield from ()
