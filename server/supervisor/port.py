"""The port that all workers listen on: taken for them alone before the first of them starts."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack
from threading import Event
from time import monotonic
from typing import Final, Self

from server.config import SettingsError

__all__ = ["PATIENCE_SECONDS", "ReservedPort"]

PATIENCE_SECONDS: Final = 3.0
"""How long the port may still be taken: workers of a supervisor that was killed let go of it as soon as they notice."""

_LOOK_EVERY_SECONDS: Final = 0.1
_WILDCARDS: Final = ("", "0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


class ReservedPort:
    """Sockets that are bound and never listen: whoever wants the port for itself is refused while they are there.

    Workers bind beside them with SO_REUSEPORT, which the system allows to processes of the same user.

    Args:
        address: as the setting `address` has it.
        port: the port; 0 takes a free one.
        patience: seconds to wait for whoever has it.

    Attributes:
        port: the port.

    Raises:
        SettingsError: when somebody else listens there, or the address is none of this machine's.
    """

    def __init__(self, address: str, port: int, patience: float = PATIENCE_SECONDS) -> None:
        self._address = address
        self._held = ExitStack()
        until = monotonic() + patience
        while True:
            try:
                self.port = self._take(port)
                return
            except OSError as error:
                self._held.close()
                if error.errno != errno.EADDRINUSE or monotonic() >= until:
                    raise _refused(address, port, error) from None
            Event().wait(_LOOK_EVERY_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the port."""
        self._held.close()

    def _take(self, port: int) -> int:
        for family, where in _places(self._address):
            held = self._held.enter_context(_exclusively(family, where, port))
            port = held.getsockname()[1]  # the same for every address of a name
        return port


def _places(address: str) -> list[tuple[socket.AddressFamily, str]]:
    """The addresses that gRPC binds for `address`: a name may have several, and all addresses are one of IPv6."""
    host = address.removeprefix("[").removesuffix("]")
    if host in _WILDCARDS:
        return [(socket.AF_INET6, "::") if socket.has_dualstack_ipv6() else (socket.AF_INET, "0.0.0.0")]  # noqa: S104 - asked for
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found))


def _exclusively(family: socket.AddressFamily, where: str, port: int) -> socket.socket:
    """A socket that shares the port from now on, which nobody else had.

    For a moment the port is listened on alone, which fails wherever anybody else has it, sharing or not; then, before
    that ends, the port is bound again for sharing. A server's connections that have just ended are in nobody's way.
    """
    with _socket(family) as alone:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind((where, port))
        alone.listen(1)
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held = _socket(family)
        try:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind((where, alone.getsockname()[1]))
        except OSError:
            held.close()
            raise
        return held


def _socket(family: socket.AddressFamily) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    if family is socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    return made


def _refused(address: str, port: int, error: OSError) -> SettingsError:
    if error.errno == errno.EADDRINUSE:
        why = "another server is there. Stop it, or set another `port`"
    elif error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        why = "this machine has no such address. Set `address`"
    else:
        why = (error.strerror or "it cannot be bound").lower()
    return SettingsError(f"Cannot listen on {address}:{port}: {why}.")
