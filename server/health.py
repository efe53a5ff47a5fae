"""Health and reflection: the streams that idle clients keep open, in threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import grpc
from grpc_health.v1 import health
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_reflection.v1alpha import reflection
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from server.calls import Calls
from server.identity.identify import Identify
from server.pools import Pool, Streams

__all__ = ["LIVENESS", "Health", "add_reflection"]

LIVENESS: Final = ""
"""The name under which health says that the process answers; the name of a service says whether that is ready."""

_UNKNOWN: Final = "-"


class Health:
    """`grpc.health.v1.Health`.

    The empty name is SERVING as long as the process answers (liveness). A service is SERVING once the rulesets have
    been read (readiness). When the server is told to stop, all become NOT_SERVING and stay so.

    Args:
        services: the services that can be ready or not.
        checks: the threads that checks are answered in. A server that is busy deciding is a healthy one.
        streams: the threads that watchers wait in.
    """

    def __init__(self, services: Sequence[str], checks: Pool, streams: Streams) -> None:
        self._services = services
        self._checks = checks
        self._streams = streams
        # Not its "non-blocking" way, which would send to every watcher while holding the lock that Check needs.
        self._servicer = health.HealthServicer(experimental_non_blocking=False)
        for service in services:
            self._servicer.set(service, HealthCheckResponse.NOT_SERVING)

    def add_to(self, calls: Calls) -> None:
        """Serves Check and Watch."""
        name = health.SERVICE_NAME
        calls.add_open(f"/{name}/Check", HealthCheckRequest, self._servicer.Check, self._checks)
        calls.add_open_stream(f"/{name}/Watch", HealthCheckRequest, self._watch, self._streams)

    def ready(self) -> None:
        """Says that the services are ready."""
        for service in self._services:
            self._servicer.set(service, HealthCheckResponse.SERVING)

    def stopping(self) -> None:
        """Says that nothing is served any more, now and for good."""
        self._servicer.enter_graceful_shutdown()

    def _watch(self, requests: Iterator[HealthCheckRequest], context: grpc.ServicerContext) -> Any:
        self._streams.opened(context)
        request = next(requests)
        if request.service not in (LIVENESS, *self._services):
            # The servicer remembers every name that was watched; strangers share one, or they could fill the memory.
            request = HealthCheckRequest(service=_UNKNOWN)
        remembered: Any = _Context(context)
        return self._servicer.Watch(request, remembered)


class _Context:
    """The context of a watcher, which the servicer forgets also when its call is over already."""

    def __init__(self, context: grpc.ServicerContext) -> None:
        self._context = context

    def add_callback(self, do: Callable[[], None]) -> None:
        """Has `do` run when the call ends; at once if it has."""
        if not self._context.add_callback(do):
            do()


def add_reflection(calls: Calls, services: Sequence[str], streams: Streams, identify: Identify | None = None) -> None:
    """Serves `grpc.reflection.v1alpha.ServerReflection` for `services`, so that tools need no proto files.

    It tells what is public anyhow; with `identify` only to callers that show who they are.
    """
    servicer = reflection.ReflectionServicer([*services, health.SERVICE_NAME, reflection.SERVICE_NAME])

    def reflect(requests: Iterator[ServerReflectionRequest], context: grpc.ServicerContext) -> Any:
        streams.opened(context)
        return servicer.ServerReflectionInfo(requests, context)

    path = f"/{reflection.SERVICE_NAME}/ServerReflectionInfo"
    calls.add_open_stream(path, ServerReflectionRequest, reflect, streams, identify)
