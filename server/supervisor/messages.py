"""What supervisor and worker say to each other over the pipe between them: a line of JSON each.

The worker gets its `Order` first. Then it says in which `State` it is, whenever that changes, and answers what it is
asked. When the pipe ends, whoever is left knows that the other is there no more.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

__all__ = ["MOST_BYTES", "Drain", "Failed", "FromWorker", "Order", "State", "Tell", "ToWorker", "Told", "Well"]

MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of a line: metrics have a few hundred thousand."""


class Order(msgspec.Struct, frozen=True, tag="order"):
    """What a worker is to be.

    Attributes:
        worker: its number, from 0.
        settings: its settings, all of them, with those that are secret.
        core: the core that it stays on.
        cores: the cores that its child processes may use.
        rosters: those of them for rosters.
    """

    worker: int
    settings: dict[str, Any]
    core: int | None
    cores: tuple[int, ...]
    rosters: tuple[int, ...]


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """What is asked: whether it is `well`, or its `metrics`."""

    what: Literal["well", "metrics"]


class Drain(msgspec.Struct, frozen=True, tag="drain"):
    """Finish what is in flight and end; with `delay` after `drain_delay_seconds`, else without."""

    delay: bool


class State(msgspec.Struct, frozen=True, tag="state"):
    """How far it is.

    Attributes:
        state: `ready` when it listens and its rulesets are read, `draining` when it takes no more calls.
        rulesets: how many it serves.
    """

    state: Literal["ready", "draining"]
    rulesets: int = 0


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It cannot serve as the settings say; `error` is for those who run the server."""

    error: str


class Well(msgspec.Struct, frozen=True, tag="well"):
    """It answers."""


class Told(msgspec.Struct, frozen=True, tag="metrics"):
    """Its metrics, as Prometheus reads them."""

    text: str


ToWorker = Order | Tell | Drain
FromWorker = State | Failed | Well | Told
