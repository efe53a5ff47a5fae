"""Connections and bytes that no client would send: the server says so, lives, and answers the others."""

from __future__ import annotations

import contextlib
import socket
import threading
import zlib
from random import Random
from typing import Any, Final

import grpc
import pytest
from hyperframe.frame import DataFrame

from tests.server.attacks import frames
from tests.server.attacks.attacked import MEGABYTE, Attacked
from tests.server.attacks.methods import AnyMethod, methods_of
from tests.server.running import FACTS, error_of

GARBAGE: Final[dict[str, list[bytes]]] = {
    "no message": [],
    "bytes": [b"\xff\xff\xff"],
    "a message that is cut": [b"\x0a\x05ab"],
    "a field of number 0": [b"\x00\x01"],
    "groups without an end": [b"\x0b" * 10_000],
    "a length without an end": [b"\x0a" + b"\xff" * 20],
}


@pytest.fixture(scope="module")
def methods(attacked: Attacked) -> tuple[AnyMethod, ...]:
    return methods_of(attacked.channel)


@pytest.mark.parametrize("attack", GARBAGE)
def test_every_method_refuses_what_is_no_message(
    attacked: Attacked, methods: tuple[AnyMethod, ...], attack: str
) -> None:
    assert len(methods) > 10
    for method in methods:
        call: Any = method.call(attacked.channel, GARBAGE[attack], 20)
        with pytest.raises(grpc.RpcError) as caught:
            list(call) if method.gives_stream else call.result()
        error = error_of(caught.value)
        if error.reason != "REQUEST_INVALID":  # a service of gRPC's own that is listed and not served
            assert (error.code, error.reason) == (grpc.StatusCode.UNIMPLEMENTED, ""), method
    attacked.unharmed()


def test_every_method_refuses_what_is_too_large(attacked: Attacked, methods: tuple[AnyMethod, ...]) -> None:
    for method in methods:
        call: Any = method.call(attacked.channel, [bytes(9 * MEGABYTE)], 20)
        with pytest.raises(grpc.RpcError) as caught:
            list(call) if method.gives_stream else call.result()
        error = error_of(caught.value)
        assert error.reason == "TOO_LARGE" or error.code is grpc.StatusCode.UNIMPLEMENTED, method
    attacked.unharmed()


@pytest.mark.parametrize("attack", frames.ATTACKS)
def test_a_connection_that_attacks(attacked: Attacked, attack: str) -> None:
    """Twenty connections at a time, while others decide."""

    def attack_it(number: int) -> None:
        with contextlib.suppress(OSError), frames.opened(attacked.target) as connection:
            connection.sendall(frames.ATTACKS[attack](Random(number)))
            connection.recv(65_536)

    threads = [threading.Thread(target=attack_it, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        with contextlib.suppress(grpc.RpcError):  # while calls come by the thousand, one may be too many
            assert attacked.decide(FACTS).outcome == "assign"
    for thread in threads:
        thread.join()
    attacked.unharmed()


def test_a_message_that_unpacks_to_a_thousand_times_its_size(attacked: Attacked) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(1_000)) + packer.flush()
    body = b"\x01" + len(packed).to_bytes(4, "big") + packed
    before = attacked.most["server"]
    with frames.opened(attacked.target) as connection:
        path = "/rollbook.v1.DecisionService/Decide"
        raw = frames.headers(1, frames.request_headers(path, ("grpc-encoding", "gzip")))
        for at in range(0, len(body), 16_000):
            last = at + 16_000 >= len(body)
            raw += DataFrame(1, body[at : at + 16_000], flags=["END_STREAM"] if last else []).serialize()
        with contextlib.suppress(OSError):
            connection.sendall(raw)
            while connection.recv(65_536):
                pass
    attacked.unharmed()
    assert attacked.most["server"] - before < 100 * MEGABYTE


def test_connections_that_say_nothing(attacked: Attacked) -> None:
    silent = [socket.create_connection(("127.0.0.1", attacked.port)) for _ in range(300)]
    with attacked.new_channel() as channel:
        call: Any = channel.unary_unary("/grpc.health.v1.Health/Check", bytes, bytes)
        assert call(b"", timeout=20)
    attacked.unharmed()
    for connection in silent:
        connection.close()
