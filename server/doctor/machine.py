"""The machine: cores, memory, open files, time zones, its clock."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError

import psutil

from server.config import Settings
from server.doctor.findings import Finding, good, warning, wrong
from server.doctor.folders import sized

__all__ = ["clock", "cores", "memory", "open_files", "release", "time_zones"]

_FILES_BESIDE_CALLS: Final = 256
"""Files that a process has open whatever is asked of it: modules, sockets, the database, pipes to children."""

_PROCESS_BYTES: Final = 300 * 1024 * 1024
"""Memory that one process takes that serves some dozens of rulesets, generously."""

_UNITS: Final = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}


def release() -> Iterator[Finding]:
    """What is installed."""
    database = f"SQLite {sqlite3.sqlite_version}"
    yield good("release", f"rollbook {version('rollbook')}, Python {platform.python_version()}, {database}")


def workers_of(settings: Settings) -> int:
    """Processes that answer calls."""
    return max(settings.workers, 1)


def cores(settings: Settings) -> Iterator[Finding]:
    """Whether the processes have a core each."""
    allowed = sorted(os.sched_getaffinity(0))
    workers = workers_of(settings)
    found = f"{len(allowed)} may be used; {workers} {'process answers' if workers == 1 else 'processes answer'} calls"
    if isinstance(settings.pin_core, int) and settings.pin_core not in allowed:
        remedy = f"Set `pin_core` to auto, or to one of {', '.join(map(str, allowed))}."
        yield wrong("cores", f"`pin_core` is {settings.pin_core}, which may not be used", remedy)
    elif workers > len(allowed):
        yield warning("cores", found, f"Set `workers` to {len(allowed)} or fewer: they share cores, and are slower.")
    else:
        yield good("cores", found)


def memory(settings: Settings) -> Iterator[Finding]:
    """Whether what the settings allow fits into memory."""
    number, unit = settings.roster_memory[:-3].strip(), settings.roster_memory[-3:]
    if unit not in _UNITS:
        number, unit = settings.roster_memory[:-2].strip(), settings.roster_memory[-2:]
    rosters = settings.rosters * (int(number) * _UNITS[unit] + _PROCESS_BYTES)
    sandboxes = settings.sandboxes * settings.sandbox_megabytes * 2**20
    most = workers_of(settings) * (_PROCESS_BYTES + rosters + sandboxes)
    total = psutil.virtual_memory().total
    found = f"{sized(total)}; the settings allow about {sized(most)}"
    if most > total:
        remedy = "Lower `rosters`, `roster_memory`, `sandboxes` or `sandbox_megabytes`, or `workers`."
        yield warning("memory", found, remedy)
    else:
        yield good("memory", found)


def open_files(settings: Settings) -> Iterator[Finding]:
    """Whether a process may open as many files as it may have connections."""
    wanted = settings.max_concurrent_calls + settings.stream_threads + _FILES_BESIDE_CALLS
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = limit == resource.RLIM_INFINITY
    found = f"a process of this shell may have {'any number' if unlimited else limit} open; {wanted} may be needed"
    if unlimited or limit >= wanted:
        yield good("open files", found)
        return
    by_hand = f"`ulimit -n {wanted}`" if most == resource.RLIM_INFINITY or most >= wanted else "the limit of the user"
    yield warning(
        "open files", found, f"`LimitNOFILE=` in the unit of systemd, or {by_hand} where it is started by hand."
    )


def time_zones() -> Iterator[Finding]:
    """Whether dates can be told from times in the zones of rulesets."""
    try:
        ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        yield wrong("time zones", "there is no data of time zones", "Install the package tzdata.")
        return
    system = [folder for folder in TZPATH if os.path.exists(os.path.join(folder, "America", "Los_Angeles"))]  # noqa: PTH110, PTH118 - TZPATH are strings
    try:
        packaged = f"the package tzdata {version('tzdata')}"
    except PackageNotFoundError:
        packaged = "no package"
    yield good("time zones", f"of {system[0]}" if system else f"of {packaged}")


def clock() -> Iterator[Finding]:
    """Whether the clock is kept right: ids and times of decisions come from it."""
    subject, program = "clock", shutil.which("timedatectl")
    if program is None:
        yield good(subject, "nobody here says whether it is kept right; see that it is (NTP)")
        return
    done = subprocess.run(  # noqa: S603 - a program of the system, no input of others
        [program, "show", "--property=NTPSynchronized", "--value"],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    said = done.stdout.strip()
    if said == "no":
        remedy = "`timedatectl set-ntp true`, or another time service: ids and times of decisions come from the clock."
        yield warning(subject, "it is not synchronised", remedy)
    elif said == "yes":
        yield good(subject, "it is synchronised")
    else:
        yield good(subject, "timedatectl does not say whether it is kept right; see that it is (NTP)")
