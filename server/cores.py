"""Which worker stays on which core, and which cores are left for rosters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server.config import SettingsError

__all__ = ["Cores", "share_out"]


@dataclass(frozen=True, slots=True)
class Cores:
    """How workers share the machine.

    Attributes:
        of_workers: the core of each worker; None where it keeps to none.
        rosters: the cores for the child processes that decide rosters.
        crowded: whether several workers have to share a core.
    """

    of_workers: tuple[int | None, ...]
    rosters: frozenset[int]
    crowded: bool


def share_out(
    allowed: Iterable[int], workers: int, pin_core: Literal["auto", "off"] | int, roster_threads: int
) -> Cores:
    """The last cores for workers, one each, since interrupts tend to be served by the first; the others for rosters.

    Rosters may use all cores where those left are fewer than their threads.

    Args:
        allowed: the cores that may be used.
        workers: how many workers there are.
        pin_core: as the setting says.
        roster_threads: threads that decide one roster.

    Raises:
        SettingsError: when `pin_core` names one core for several workers, or one that may not be used.
    """
    usable = sorted(allowed)
    crowded = workers > len(usable)
    if pin_core == "off":
        return Cores((None,) * workers, frozenset(usable), crowded)
    if pin_core == "auto":
        last = usable[-workers:]
    elif workers > 1:
        message = f"pin_core is {pin_core}, but there are {workers} workers. Set it to auto or off."
        raise SettingsError(message)
    elif pin_core not in usable:
        message = f"pin_core is {pin_core}, but this process may use only {', '.join(map(str, usable))}."
        raise SettingsError(message)
    else:
        last = [pin_core]
    cores = tuple(last[number % len(last)] for number in range(workers))
    left = frozenset(usable) - set(cores)
    return Cores(cores, left if len(left) >= roster_threads else frozenset(usable), crowded)
