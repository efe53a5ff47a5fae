"""Keeping the server on one processor core: threads that hop between cores pay for Python's lock twice."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Literal

from server.config import SettingsError

__all__ = ["pin"]


def pin(core: Literal["auto", "off"] | int, *, batch: bool = False) -> int | None:
    """Keeps every thread of this process, present and future, on one core; returns it, or None for `off`.

    `auto` takes the last core that the process may use, since interrupts tend to be served by the first. With `batch`
    threads that wake up do not interrupt the one that runs (SCHED_BATCH): where that is one of ours, it has Python's
    lock, so they could only go back to sleep; but where it is another process's, they wait for it.

    Raises:
        SettingsError: when the process may not use the core.
    """
    if core == "off":
        return None
    allowed = sorted(os.sched_getaffinity(0))
    chosen = allowed[-1] if core == "auto" else core
    if chosen not in allowed:
        message = f"pin_core is {chosen}, but this process may use only {', '.join(map(str, allowed))}."
        raise SettingsError(message)
    for task in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # a thread that has just ended
            os.sched_setaffinity(int(task.name), {chosen})
            if batch:
                os.sched_setscheduler(int(task.name), os.SCHED_BATCH, os.sched_param(0))
    return chosen
