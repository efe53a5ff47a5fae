"""Load from our own SDK: the synchronous client, a thread per call in flight, in a process of its own.

    python -m tests.benchmarks.sdk_load HOST:PORT AS_OF FACTS_FILE CALLS IN_FLIGHT MODE

prints a JSON object with calls per second and the percentiles. The client is Python too, and shares nothing with the
server but the machine; it is the slower of the two, so its figures say what one Python process can ask.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from time import perf_counter

from rollbook import Client, Mode
from tests.benchmarks.cases import RULESET
from tests.benchmarks.h2load import Load, LoadError, percentiles

__all__ = ["load_from_sdk"]

_SECONDS = 120
_WARMING = 10
"""Calls of each thread before the clock starts."""


def load_from_sdk(target: str, as_of: date, facts: Path, calls: int, in_flight: int, mode: Mode) -> tuple[Load, int]:
    """Has the SDK decide the case `calls` times, `in_flight` at a time, in a process of its own.

    Returns:
        The round, and how many calls were made, those before the clock started too.

    Raises:
        LoadError: when a call failed.
    """
    arguments = (target, as_of.isoformat(), str(facts), str(calls), str(in_flight), mode.name)
    said = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.sdk_load", *arguments],
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    if said.returncode:
        raise LoadError(said.stderr)
    return Load(**json.loads(said.stdout)), calls + _WARMING * in_flight


def _main(target: str, as_of: date, facts: bytes, calls: int, in_flight: int, mode: Mode) -> Load:
    with Client(target) as client, ThreadPoolExecutor(in_flight) as threads:

        def ask(times: int) -> list[float]:
            taken = []
            for _ in range(times):
                started = perf_counter()
                client.decide(RULESET, facts, as_of=as_of, mode=mode)
                taken.append((perf_counter() - started) * 1e3)
            return taken

        list(threads.map(ask, [_WARMING] * in_flight))
        started = perf_counter()
        times = [time for part in threads.map(ask, [calls // in_flight] * in_flight) for time in part]
        seconds = perf_counter() - started
    return Load(len(times) / seconds, *percentiles(times))


if __name__ == "__main__":
    where, day, file, count, flying, how = sys.argv[1:]
    facts_given = Path(file).read_bytes()
    found = _main(where, date.fromisoformat(day), facts_given, int(count), int(flying), Mode[how])
    print(json.dumps({"rate": found.rate, "p50": found.p50, "p99": found.p99}))
