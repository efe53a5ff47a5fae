"""How the client is connected: several channels, retries, limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any, Final

import grpc

from rollbook.credentials import Credentials
from rollbook.tracing import HEADER, current_traceparent

__all__ = ["USER_AGENT", "Options", "with_metadata"]

USER_AGENT: Final = f"rollbook-client/{version('rollbook-client')}"

_SERVICES = ("rollbook.v1.DecisionService", "rollbook.v1.RulesetService", "rollbook.v1.DecisionLogService")


@dataclass(frozen=True, slots=True)
class Options:
    """How a client is connected.

    Attributes:
        channels: connections to open. A server spreads connections, not calls, over its workers, so that one channel
            would keep one worker busy and leave the others idle.
        timeout: seconds that a call may take, retries included, unless the call says otherwise.
        max_message_bytes: the largest message to send or receive. gRPC's own default of 4 MiB is too small for a full
            batch.
        attempts: how often a call is sent at most, 1 to 5 (gRPC's own limit). Deciding is idempotent, so calls are sent
            again on UNAVAILABLE (a worker died) and on CANCELLED (a worker stopped while the call was in it).
        traceparent: gives the W3C `traceparent` that goes with a call, so that the server's log lines name its trace;
            asked in the thread of each call. Unless another is given, that of OpenTelemetry's current span, if the
            program uses OpenTelemetry; None for none.
        credentials: how the caller proves who it is; what a client is given beside the options wins.
    """

    channels: int = 4
    timeout: float = 10.0
    max_message_bytes: int = 32 * 1024 * 1024
    attempts: int = 5
    traceparent: Callable[[], str | None] | None = current_traceparent
    credentials: Credentials = field(default=Credentials())

    def connecting(
        self, target: str, given: Credentials | grpc.ChannelCredentials | None
    ) -> tuple[Options, grpc.ChannelCredentials | None]:
        """These options with what a client is given, and what its connections to `target` need.

        Raises:
            ValueError: when a token would travel in clear to another machine.
        """
        if isinstance(given, grpc.ChannelCredentials):
            return self, given
        options = self if given is None else replace(self, credentials=given)
        return options, options.credentials.for_channel(target)

    def metadata(self) -> tuple[tuple[str, str], ...] | None:
        """What goes with a call that is made now."""
        traceparent = None if self.traceparent is None else self.traceparent()
        traced = ((HEADER, traceparent),) if traceparent else ()
        return (*self.credentials.metadata(), *traced) or None

    def grpc_options(self, user_agent: str) -> list[tuple[str, str | int]]:
        """The options of each channel."""
        return [
            # without this, channels to one address share a connection
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.max_send_message_length", self.max_message_bytes),
            ("grpc.max_receive_message_length", self.max_message_bytes),
            ("grpc.enable_retries", int(self.attempts > 1)),
            # a request larger than this buffer is never sent again; the default of 256 KiB is less than a batch
            ("grpc.per_rpc_retry_buffer_size", self.max_message_bytes),
            ("grpc.service_config", self.service_config()),
            # a worker that died is replaced in a fraction of a second; the default waits a second before it looks
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.min_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 2_000),
            ("grpc.primary_user_agent", user_agent),
        ]

    def roster_options(self, user_agent: str) -> list[tuple[str, str | int]]:
        """The options of the channel for rosters: batches are sent again by the client itself, where it must be.

        Answers are larger than batches, and come from a server that we chose: no limit there.
        """
        others = {"grpc.enable_retries": 0, "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1}
        return [(name, others.get(name, value)) for name, value in self.grpc_options(user_agent)]

    def service_config(self) -> str:
        """The gRPC service config, JSON, with the retry policy of every call."""
        method: dict[str, object] = {"name": [{"service": service} for service in _SERVICES]}
        if self.attempts > 1:
            method["retryPolicy"] = {
                "maxAttempts": self.attempts,
                "initialBackoff": "0.1s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
            }
        return json.dumps({"methodConfig": [method]})


def with_metadata(method: Callable[..., Any], options: Options) -> Callable[..., Any]:
    """The method with what goes with a call, looked up whenever it is called: a roster may connect again much later."""
    return lambda *args, **more: method(*args, metadata=options.metadata(), **more)
