"""The machine that is measured: which cores there are for the server and for who asks it, and how busy it is."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cores", "cores", "on_core", "said_of_this_machine"]


@dataclass(frozen=True, slots=True)
class Cores:
    """Where servers and load run.

    Attributes:
        server: where a server of one process runs.
        load: where who asks runs; the same core where there is only one, which makes every figure worse.
        servers: the cores of servers of two processes; the load shares one of them where there are no more than two.
    """

    server: int
    load: int
    servers: tuple[int, ...]


def cores() -> Cores:
    """The last core for servers, as `pin_core = auto` takes it, and the first for load."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[-1], allowed[0], tuple(allowed[-2:]))


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started inside runs on `core` alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def said_of_this_machine() -> str:
    """Processor, cores, Python, and the load average, which should be near 0 before anything is measured."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    used = len(os.sched_getaffinity(0))
    return (
        f"{names[0] if names else platform.machine()}, {used} core{'s' if used > 1 else ''}, "
        f"Python {platform.python_version()}, load average {os.getloadavg()[0]:.1f}"
    )
