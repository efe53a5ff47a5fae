"""What gRPC is told of connections: their port, how large messages may be, how long a connection lasts."""

from __future__ import annotations

from server.config import Settings

__all__ = ["transport_options"]


def transport_options(settings: Settings, *, shared_port: bool) -> list[tuple[str, int]]:
    """The options of the server; with `shared_port` others may listen on its port too."""
    options = [
        # On by default, so that a second server on the same port would start silently and take half of the calls.
        ("grpc.so_reuseport", int(shared_port)),
        # More than our own limits, so that a message somewhat too large gets our answer, which says what the limit is.
        ("grpc.max_receive_message_length", max(2 * settings.max_message_bytes, _most_of_roster(settings))),
        # A client that vanished without a word is noticed, and its streams end.
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
    ]
    if settings.max_connection_age_seconds:
        options += [
            ("grpc.max_connection_age_ms", _milliseconds(settings.max_connection_age_seconds)),
            ("grpc.max_connection_age_grace_ms", _milliseconds(settings.max_connection_age_grace_seconds)),
        ]
    return options


def _most_of_roster(settings: Settings) -> int:
    return settings.roster_max_message_bytes + settings.roster_max_message_bytes // 8


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 1)
