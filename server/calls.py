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
from typing import Any, Final, NamedTuple, NoReturn

import grpc
import structlog
from google.protobuf.message import Message

from server import message_first
from server.call import Call
from server.callers import Caller, Role
from server.errors import RefusalError, rpc_status, status_of, too_large
from server.identity.identify import Anyone, Identify
from server.message_first import MessageFirst
from server.metrics import Metrics
from server.pools import Pool
from server.refusals import ClientGoneError, Refuser
from server.tracing import traced
from server.waiting import Waiting

__all__ = ["Call", "Calls", "ClientGoneError", "Method", "StreamMethod", "in_pool"]

_REFUSING_THREADS: Final = 2

_log = structlog.stdlib.get_logger("server")


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


class _Handlers(NamedTuple):
    """What answers a method: calls that are likely to be identified, and others, whose message is not read before."""

    pool: Pool
    handler: grpc.RpcMethodHandler[Any, Any]
    careful: grpc.RpcMethodHandler[Any, Any]


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

    def __init__(self, metrics: Metrics, waiting: Waiting, most_bytes: int, identify: Identify | None = None) -> None:
        self._metrics = metrics
        self._refuse = Refuser(metrics)
        self._waiting = waiting
        self._most_bytes = most_bytes
        self._identify = Anyone() if identify is None else identify
        self._handlers: dict[str, _Handlers] = {}
        self._refusing = Pool("refusing", _REFUSING_THREADS, 1_000_000)
        self._one_too_many = grpc.stream_unary_rpc_method_handler(in_pool(self._overloaded, self._refusing))
        overloaded = RefusalError("OVERLOADED", "The server has as many calls in flight as it takes; try again later.")
        self._overload = rpc_status(status_of(overloaded))

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The handler of the method that is called; None for an unknown one. gRPC asks from one thread."""
        found = self._handlers.get(handler_call_details.method)
        if found is None:
            return None
        if found.pool.full:
            self._metrics.refusals.labels(handler_call_details.method.rpartition("/")[2], "OVERLOADED").inc()
            return self._one_too_many
        if found.handler is not found.careful and not self._identify.expects(handler_call_details.invocation_metadata):
            return found.careful
        return found.handler

    def add(self, method: Method) -> None:
        """Serves `method`."""
        # As a stream of one message: so the call is known, and can be ended, while its message has not come.
        answering = self._answering(method, message_has_come=False)
        careful = handler = grpc.stream_unary_rpc_method_handler(in_pool(answering, method.pool))
        if message_first.SUPPORTED:
            answering = self._answering(method, message_has_come=True)
            pool = MessageFirst(method.pool, self._waiting)
            handler = grpc.stream_unary_rpc_method_handler(in_pool(answering, pool))
        self._handlers[f"/{method.service}/{method.name}"] = _Handlers(method.pool, handler, careful)

    def add_stream(self, method: StreamMethod) -> None:
        """Serves `method`."""
        handler = grpc.stream_stream_rpc_method_handler(in_pool(self._streaming(method), method.pool))
        self._handlers[f"/{method.service}/{method.name}"] = _Handlers(method.pool, handler, handler)

    def add_open(self, path: str, request: type[Message], answer: Callable[[Any, Any], Any], pool: Pool) -> None:
        """Serves the method at `path` with one request and one reply, which anyone may call."""
        name, parse = path.rpartition("/")[2], request.FromString
        awaited = next if message_first.SUPPORTED else None

        def answering(messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            try:
                raw = self._waiting.awaited(messages, context) if awaited is None else awaited(messages)
                asked = parse(self._of_size(raw))
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, None, context, None)
            reply: bytes = answer(asked, context).SerializeToString()
            return reply

        threads = MessageFirst(pool, self._waiting) if message_first.SUPPORTED else pool
        handler = grpc.stream_unary_rpc_method_handler(in_pool(answering, threads))
        self._handlers[path] = _Handlers(pool, handler, handler)

    def add_open_stream(
        self,
        path: str,
        request: type[Message],
        answer: Callable[[Iterator[Any], Any], Iterator[Any]],
        pool: Pool,
        identify: Identify | None = None,
    ) -> None:
        """Serves the method at `path` with streams both ways, which anyone may call that `identify` identifies."""
        name, parse = path.rpartition("/")[2], request.FromString

        def streaming(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            try:
                if identify is not None:
                    identify(context)
                asked = (parse(self._of_size(raw)) for raw in self._begun(messages, context))
                for reply in answer(asked, context):
                    yield reply.SerializeToString()
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, None, context, None)

        handler = grpc.stream_stream_rpc_method_handler(in_pool(streaming, pool))
        self._handlers[path] = _Handlers(pool, handler, handler)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all methods: `/rollbook.v1.DecisionService/Decide`."""
        return frozenset(self._handlers)

    def close(self) -> None:
        """Ends the threads that refuse."""
        self._refusing.shutdown()

    def _answering(
        self, method: Method, *, message_has_come: bool
    ) -> Callable[[Iterator[bytes], grpc.ServicerContext], bytes]:
        """Answers a call of `method`: bytes in, bytes out, and every exception a status.

        Who calls is established first. Where the message has not come yet it is not read of a stranger.
        """
        name, answer, parse, roles = method.name, method.answer, method.request.FromString, method.roles
        identify, of_size = self._identify, self._of_size
        seconds = self._metrics.call_seconds.labels(name)
        awaited = self._waiting.awaited

        def answering(messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            started = perf_counter()
            request: Any = None
            caller: Caller | None = None
            try:
                caller = identify(context)
                caller.require_any(roles)
                if message_has_come:
                    raw = next(messages)
                else:
                    raw = awaited(messages, context)
                    started = perf_counter()
                request = parse(of_size(raw))
                call = Call(name, context, caller)
                if context.time_remaining() <= 0:
                    call.still_wanted()
                answered = answer(request, call)
                reply = answered if isinstance(answered, bytes) else answered.SerializeToString()
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, request, context, caller)
            seconds.observe(perf_counter() - started)
            return reply

        return answering

    def _streaming(self, method: StreamMethod) -> Callable[[Iterator[bytes], grpc.ServicerContext], Iterator[bytes]]:
        """Answers a stream of `method`, and every exception with a status."""
        name, answer, roles, identify = method.name, method.answer, method.roles, self._identify

        def streaming(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            call: Call | None = None
            caller: Caller | None = None
            try:
                caller = identify(context)
                caller.require_any(roles)
                call = Call(name, context, caller)
                yield from answer(self._begun(messages, context), call)
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes a status without its text
                self._refuse(error, name, call, context, caller)

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

    def _overloaded(self, _requests: Iterator[bytes], context: grpc.ServicerContext) -> NoReturn:
        """Refuses a call without waiting for its message."""
        code, details, metadata = self._overload
        context.set_trailing_metadata(metadata)
        context.abort(code, details)
