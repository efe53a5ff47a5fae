"""Connections that are no HTTP/2, or badly so: written frame by frame, since no client would send them."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable
from random import Random
from typing import Final

from hpack import Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

__all__ = ["ATTACKS", "PREFACE", "attack_connection", "headers", "opened", "request_headers"]

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SECONDS: Final = 0.5
_PATHS: Final = (
    *("/rollbook.v1.DecisionService/Decide", "/rollbook.v1.RosterService/DecideRoster", "/grpc.health.v1.Health/Watch"),
    *("/grpc.health.v1.Health/Check", "/", "", "/rollbook.v1.DecisionService/" + "x" * 2_000, "/../../etc/passwd"),
)


def opened(target: str) -> socket.socket:
    """A connection on which HTTP/2 has begun."""
    connection = _connected(target)
    connection.sendall(PREFACE + SettingsFrame(0).serialize())
    return connection


def request_headers(path: str = _PATHS[0], *more: tuple[str, str]) -> bytes:
    """The headers of a call, packed."""
    usual = ((":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("te", "trailers"))
    packed: bytes = Encoder().encode([*usual, ("content-type", "application/grpc"), *more])
    return packed


def headers(stream: int, packed: bytes, *, ends: bool = True) -> bytes:
    """A frame of headers, the last unless it is said otherwise."""
    frame = HeadersFrame(stream, packed, flags=["END_HEADERS"] if ends else [])
    return frame.serialize()


def attack_connection(target: str, random: Random) -> str:
    """Attacks by a connection of its own, and gives the name of the attack."""
    name = random.choice(sorted(ATTACKS))
    with contextlib.suppress(OSError):  # the server may hang up at any moment
        if name == "no HTTP/2":
            with _connected(target) as connection:
                connection.sendall(random.randbytes(random.choice((1, 100, 20_000))))
                _read(connection)
        else:
            with opened(target) as connection:
                connection.sendall(ATTACKS[name](random))
                _read(connection)
                if random.random() < 0.5:  # without a farewell
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return name


def _connected(target: str) -> socket.socket:
    host, _, port = target.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SECONDS)


def _read(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.settimeout(0.02)
        while connection.recv(65_536):
            pass


def _random_frames(random: Random) -> bytes:
    """Frames of any kind with anything in them."""
    raw = b""
    for _ in range(random.choice((1, 10, 100))):
        body = random.randbytes(random.choice((0, 1, 4, 8, 100)))
        stream = random.choice((0, 1, 3, 2, 2**31 - 1))
        raw += len(body).to_bytes(3, "big") + bytes((random.randrange(14), random.randrange(256)))
        raw += stream.to_bytes(4, "big") + body
    return raw


def _half_open(random: Random) -> bytes:
    """Calls that begin and go no further."""
    packed = request_headers(random.choice(_PATHS))
    return b"".join(headers(stream, packed) for stream in range(1, random.choice((3, 100)), 2))


def _resets(random: Random) -> bytes:
    """Calls that are begun and given up at once, many of them."""
    packed = request_headers(random.choice(_PATHS[:4]))
    return b"".join(headers(stream, packed) + RstStreamFrame(stream, 8).serialize() for stream in range(1, 1_001, 2))


def _large_headers(random: Random) -> bytes:
    """Headers larger than anyone needs."""
    packed = request_headers(_PATHS[0], *((f"x-{number}", "v" * 200) for number in range(random.choice((50, 500)))))
    parts = [packed[at : at + 16_000] for at in range(0, len(packed), 16_000)]
    raw = headers(1, parts[0], ends=len(parts) == 1)
    for number, part in enumerate(parts[1:], 2):
        raw += ContinuationFrame(1, part, flags=["END_HEADERS"] if number == len(parts) else []).serialize()
    return raw


def _packed_headers(_random: Random) -> bytes:
    """Headers that take one byte each to say again what is large."""
    first = b"\x40\x03x-a" + b"\x7f\xa1\x1e" + b"v" * 4_000  # stored in the table, then named by index 62
    return headers(1, request_headers()[:-1] + first + b"\xbe" * 12_000)


def _endless_headers(random: Random) -> bytes:
    """Continuations without an end."""
    raw = headers(1, request_headers()[:10], ends=False)
    return raw + ContinuationFrame(1, b"").serialize() * random.choice((10, 10_000))


def _settings(_random: Random) -> bytes:
    """Settings again and again, each of which wants an answer."""
    return SettingsFrame(0, {SettingsFrame.HEADER_TABLE_SIZE: 2**32 - 1}).serialize() * 3_000


def _strange_settings(random: Random) -> bytes:
    settings = {random.randrange(12): random.choice((0, 1, 2**31, 2**32 - 1)) for _ in range(6)}
    return SettingsFrame(0, settings).serialize() + headers(1, request_headers())


def _pings(_random: Random) -> bytes:
    return PingFrame(0, b"12345678").serialize() * 5_000


def _windows(_random: Random) -> bytes:
    return WindowUpdateFrame(0, 2**31 - 1).serialize() * 3 + WindowUpdateFrame(1, 2**31 - 1).serialize() * 100


def _priorities(_random: Random) -> bytes:
    return b"".join(PriorityFrame(stream, depends_on=stream + 2).serialize() for stream in range(1, 4_001, 2))


def _empty_data(_random: Random) -> bytes:
    return headers(1, request_headers()) + DataFrame(1, b"").serialize() * 5_000


def _wrong_lengths(random: Random) -> bytes:
    """A message that says that it is larger than it is, or smaller."""
    size = random.choice((0, 1, 2**31, 2**32 - 1)).to_bytes(4, "big")
    flag = bytes((random.choice((0, 1, 2, 255)),))
    return headers(1, request_headers()) + DataFrame(1, flag + size + b"abc", flags=["END_STREAM"]).serialize()


def _goaway(random: Random) -> bytes:
    return headers(1, request_headers()) + GoAwayFrame(0, last_stream_id=random.choice((0, 2**31 - 1))).serialize()


def _push(_random: Random) -> bytes:
    """What only servers send."""
    raw = (4).to_bytes(3, "big") + b"\x05\x04" + (1).to_bytes(4, "big") + (2).to_bytes(4, "big")
    return headers(1, request_headers()) + raw


def _nothing(_random: Random) -> bytes:
    return b""


ATTACKS: Final[dict[str, Callable[[Random], bytes]]] = {
    "no HTTP/2": _nothing,
    "random frames": _random_frames,
    "half-open calls": _half_open,
    "resets": _resets,
    "large headers": _large_headers,
    "packed headers": _packed_headers,
    "endless headers": _endless_headers,
    "settings": _settings,
    "strange settings": _strange_settings,
    "pings": _pings,
    "windows": _windows,
    "priorities": _priorities,
    "empty data": _empty_data,
    "wrong lengths": _wrong_lengths,
    "goaway": _goaway,
    "push": _push,
}
"""What is sent, by name."""
