"""Tells systemd how far the server is, where it was started by a unit of `Type=notify`."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Final, Literal

__all__ = ["tell_systemd"]

_SOCKET: Final = "NOTIFY_SOCKET"

_SAID: Final = {"ready": "READY=1", "reloading": "RELOADING=1", "stopping": "STOPPING=1"}


def tell_systemd(state: Literal["ready", "reloading", "stopping"]) -> None:
    """Says it, as sd_notify(3) describes; nothing happens where nobody wants to know."""
    where = os.environ.get(_SOCKET, "")
    if not where.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.sendto(_SAID[state].encode(), "\0" + where[1:] if where.startswith("@") else where)
