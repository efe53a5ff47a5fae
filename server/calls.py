"""How calls come in: which method in which pool of threads, one call too many refused, every exception made a status.

gRPC looks a call's method up here before it gives the call a thread. So a call that finds its pool full gets its answer
from threads that do nothing else, whatever the others are busy with; and streams, which may stay open for days, have
threads of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any, Final, NoReturn

import grpc
import structlog
from google.protobuf.message import DecodeError, Message

from server import message_first
from server.callers import ANYONE, Caller, Role
from server.errors import RefusalError, reason_of, rpc_status, status_of, too_large
from server.message_first import MessageFirst
from server.metrics import Metrics
from server.pools import Pool
from server.requests import safe_request_id
from server.tracing import traced
from server.waiting import Waiting

__all__ = ["Call", "Calls", "ClientGoneError", "Identify", "Method", "StreamMethod", "in_pool"]

Identify = Callable[[grpc.ServicerContext], Caller]
"""Who calls; raises RefusalError, UNAUTHENTICATED, where the call does not show it."""

_REFUSING_THREADS: Final = 2

_log = structlog.stdlib.get_logger("server")


class ClientGoneError(Exception):
    """The caller has hung up: nobody waits for the answer any more."""


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


@dataclass(frozen=True, slots=True)
class Method:
    """A method with one request and one reply.

    Attributes:
        service, name: `rollbook.v1.DecisionService` and `Decide`.
        request: the class of its requests.
        answer: answers it, with a message or with the bytes of one.
        pool: the threads that it is answered in.
        roles: those of which the caller must have one, for whichever rulesets; none: every caller may call it.
    """

    service: str
    name: str
    request: type[Message]
    answer: Callable[[Any, Call], Message | bytes]
    pool: Pool
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamMethod:
    """A method with streams both ways, of messages as bytes.

    Attributes:
        service, name: `rollbook.v1.RosterService` and `DecideRoster`.
        answer: answers it, message by message.
        pool: the threads that it is answered in, one for each stream.
        roles: those of which the caller must have one, for whichever rulesets; none: every caller may call it.
    """

    service: str
    name: str
    answer: Callable[[Iterator[bytes], Call], Iterator[bytes]]
    pool: Pool
    roles: tuple[Role, ...] = ()


def in_pool(behavior: Callable[..., Any], pool: ThreadPoolExecutor) -> Callable[..., Any]:
    """The same behavior, which gRPC then runs in the threads of `pool`; its log lines name the caller's trace."""
    marked = partial(traced(behavior))
    marked.experimental_thread_pool = pool  # type: ignore[attr-defined]  # gRPC's way of saying it
    return marked


class Calls(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # a generic class in its stubs only
    """The methods of a server, by name.

    Args:
        metrics: what calls are counted in.
        waiting: cuts off callers that do not send their message.
        most_bytes: bytes that a message may have.
        identify: who calls; anyone where it is left out.
    """

    def __init__(
        self, metrics: Metrics, waiting: Waiting, most_bytes: int, identify: Identify = lambda _: ANYONE
    ) -> None:
        self._metrics = metrics
        self._waiting = waiting
        self._most_bytes = most_bytes
        self._identify = identify
        self._handlers: dict[str, tuple[Pool, grpc.RpcMethodHandler[Any, Any]]] = {}
        self._refusing = Pool("refusing", _REFUSING_THREADS, 1_000_000)
        self._one_too_many = grpc.stream_unary_rpc_method_handler(in_pool(self._overloaded, self._refusing))
        overloaded = RefusalError("OVERLOADED", "The server has as many calls in flight as it takes; try again later.")
        self._overload = rpc_status(status_of(overloaded))

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The handler of the method that is called; None for an unknown one. gRPC asks from one thread."""
        found = self._handlers.get(handler_call_details.method)
        if found is None:
            return None
        pool, handler = found
        if pool.full:
            self._metrics.refusals.labels(handler_call_details.method.rpartition("/")[2], "OVERLOADED").inc()
            return self._one_too_many
        return handler

    def add(self, method: Method) -> None:
        """Serves `method`."""
        # As a stream of one message: so the call is known, and can be ended, while its message has not come.
        pool = MessageFirst(method.pool, self._waiting) if message_first.SUPPORTED else method.pool
        handler = grpc.stream_unary_rpc_method_handler(in_pool(self._answering(method), pool))
        self._handlers[f"/{method.service}/{method.name}"] = (method.pool, handler)

    def add_stream(self, method: StreamMethod) -> None:
        """Serves `method`."""
        handler = grpc.stream_stream_rpc_method_handler(in_pool(self._streaming(method), method.pool))
        self._handlers[f"/{method.service}/{method.name}"] = (method.pool, handler)

    def add_open(self, path: str, request: type[Message], answer: Callable[[Any, Any], Any], pool: Pool) -> None:
        """Serves the method at `path` with one request and one reply, which anyone may call."""
        name, parse = path.rpartition("/")[2], request.FromString
        awaited = next if message_first.SUPPORTED else None

        def answering(messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            try:
                raw = self._waiting.awaited(messages, context) if awaited is None else awaited(messages)
                asked = parse(self._of_size(raw))
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, None, context)
            reply: bytes = answer(asked, context).SerializeToString()
            return reply

        threads = MessageFirst(pool, self._waiting) if message_first.SUPPORTED else pool
        self._handlers[path] = (pool, grpc.stream_unary_rpc_method_handler(in_pool(answering, threads)))

    def add_open_stream(
        self, path: str, request: type[Message], answer: Callable[[Iterator[Any], Any], Iterator[Any]], pool: Pool
    ) -> None:
        """Serves the method at `path` with streams both ways, which anyone may call."""
        name, parse = path.rpartition("/")[2], request.FromString

        def streaming(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            try:
                asked = (parse(self._of_size(raw)) for raw in self._begun(messages, context))
                for reply in answer(asked, context):
                    yield reply.SerializeToString()
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, None, context)

        self._handlers[path] = (pool, grpc.stream_stream_rpc_method_handler(in_pool(streaming, pool)))

    def close(self) -> None:
        """Ends the threads that refuse."""
        self._refusing.shutdown()

    def _answering(self, method: Method) -> Callable[[Iterator[bytes], grpc.ServicerContext], bytes]:
        """Answers a call of `method`: bytes in, bytes out, and every exception a status."""
        name, answer, parse, roles = method.name, method.answer, method.request.FromString, method.roles
        identify, of_size = self._identify, self._of_size
        seconds = self._metrics.call_seconds.labels(name)
        has_come, awaited = message_first.SUPPORTED, self._waiting.awaited

        def answering(messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            started = perf_counter()
            request: Any = None
            try:
                if has_come:
                    raw = next(messages)
                else:
                    raw = awaited(messages, context)
                    started = perf_counter()
                caller = identify(context)  # before anything of the message is looked at
                caller.require_any(roles)
                request = parse(of_size(raw))
                call = Call(name, context, caller)
                if context.time_remaining() <= 0:
                    call.still_wanted()
                answered = answer(request, call)
                reply = answered if isinstance(answered, bytes) else answered.SerializeToString()
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, request, context)
            seconds.observe(perf_counter() - started)
            return reply

        return answering

    def _streaming(self, method: StreamMethod) -> Callable[[Iterator[bytes], grpc.ServicerContext], Iterator[bytes]]:
        """Answers a stream of `method`, and every exception with a status."""
        name, answer, roles, identify = method.name, method.answer, method.roles, self._identify

        def streaming(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            call = Call(name, context)
            try:
                call.caller = identify(context)
                call.caller.require_any(roles)
                yield from answer(self._begun(messages, context), call)
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, call, context)

        return streaming

    def _begun(self, messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        """The messages of a stream, once the first has come; who sends none holds no thread for long.

        Raises:
            RefusalError: TOO_LARGE.
            StopIteration: when the stream is over without one.
        """
        return chain((self._of_size(self._waiting.awaited(messages, context)),), messages)

    def _of_size(self, raw: bytes) -> bytes:
        """The message, if it is not too large.

        Raises:
            RefusalError: TOO_LARGE.
        """
        if len(raw) > self._most_bytes:
            raise too_large("message-bytes", self._most_bytes, len(raw), "The message is too large.", "")
        return raw

    def _refuse(self, error: Exception, method: str, request: Any, context: grpc.ServicerContext) -> NoReturn:
        """Ends the call with the status that `error` means."""
        if isinstance(error, ClientGoneError | grpc.RpcError):  # the latter where no message came
            self._metrics.refusals.labels(method, "CLIENT_GONE").inc()
            context.abort(grpc.StatusCode.CANCELLED, "The caller has hung up.")
        if isinstance(error, DecodeError | StopIteration):
            error = RefusalError("REQUEST_INVALID", "The request is no message of the method's type.")
        request_id = safe_request_id(getattr(request, "request_id", ""))
        status = status_of(error, method=method, request_id=request_id)
        reason = reason_of(status)
        self._metrics.refusals.labels(method, reason).inc()
        if reason != "INTERNAL":
            _log.info("refused", method=method, reason=reason, request_id=request_id)
        code, details, metadata = rpc_status(status)
        context.set_trailing_metadata(metadata)
        context.abort(code, details)

    def _overloaded(self, _requests: Iterator[bytes], context: grpc.ServicerContext) -> NoReturn:
        """Refuses a call without waiting for its message."""
        code, details, metadata = self._overload
        context.set_trailing_metadata(metadata)
        context.abort(code, details)
