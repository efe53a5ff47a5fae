"""A process of its own for each contestant: its peak of memory is its own, and it has as many cores as threads."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Self

from tests.benchmarks.rosters.contestants import CONTESTANTS, Work

__all__ = ["Child", "Round", "peak_megabytes", "run_in_child"]

_work: Work
"""Of the contestant that this process is for."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a contestant.

    Attributes:
        cases: how many were decided.
        seconds: that it took.
        processor: seconds of processor time, of all threads.
        peak: megabytes of memory (resident) that the process had at most, its cases among them.
        load: of the machine over the last minute.
    """

    cases: int
    seconds: float
    processor: float
    peak: float
    load: float


class Child:
    """The process of one contestant, ready to decide. A context manager: at the end the process ends."""

    def __init__(self, key: str, threads: int, cases: int) -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _get_ready, (key, threads, cases))
        self._cases = cases
        self.round()  # gets ready, and warms up

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def round(self) -> Round:
        """Has it decide its cases once."""
        return self._pool.submit(_round, self._cases).result()


def run_in_child(threads: int, work: Callable[..., int], *arguments: object) -> Round:
    """One round of work, in a fresh process; it returns how many cases it decided."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _take_cores, (threads,)) as pool:
        return pool.submit(_timed, work, *arguments).result()


def peak_megabytes(process: int | str = "self") -> float:
    """The most resident memory that a process had; unlike rusage's it does not begin with that of the parent."""
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def _get_ready(key: str, threads: int, cases: int) -> None:
    global _work  # noqa: PLW0603 - what a process of a pool is for can be kept nowhere else
    _take_cores(threads)
    _work = CONTESTANTS[key].get_ready(cases, threads)
    Path("/proc/self/clear_refs").write_text("5", "utf-8")  # the peak is counted from here: proc(5)


def _take_cores(threads: int) -> None:
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:threads])


def _round(cases: int) -> Round:
    def work() -> int:
        _work()
        return cases

    return _timed(work)


def _timed(work: Callable[..., int], *arguments: object) -> Round:
    started, used = perf_counter(), process_time()
    cases = work(*arguments)
    seconds, processor = perf_counter() - started, process_time() - used
    return Round(cases, seconds, processor, peak_megabytes(), os.getloadavg()[0])
