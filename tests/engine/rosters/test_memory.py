"""A roster engine is asked about batch after batch, for days: what it keeps is bounded."""

from __future__ import annotations

import gc
import resource
from pathlib import Path
from random import Random
from typing import Any

from engine.rosters import Question
from tests.children import in_child
from tests.engine.rosters.alike import AS_OF, batch_of_cases, query_engine

RULESET = "\n".join(
    (
        "facts: {" + ", ".join(f"n{place}: {{type: integer, at_most: 99}}" for place in range(8)) + "}",
        "rules:",
        *(f'  r{place}: {{when: n{place} > 3, outcome: deny, because: "{{n{place}}}"}}' for place in range(8)),
    )
)
BEFORE, BATCHES = 80, 200
MOST_GROWTH = 8 * 1024 * 1024


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def growth() -> tuple[int, int]:
    """Bytes by which the process grows over many small batches of many profiles, and the queries that are kept."""
    engine = query_engine(RULESET)
    random = Random(6)
    names = [f"n{place}" for place in range(8)]
    started = 0
    for number in range(BEFORE + BATCHES):
        left_out = {name for name in names if random.random() < 0.4}
        case: dict[str, Any] = {name: random.choice([1, 5, 100]) for name in names if name not in left_out}
        engine.decide(batch_of_cases(engine.ruleset, [case] * 5), Question(AS_OF))
        if number == BEFORE:
            gc.collect()
            started = resident()
    gc.collect()
    return resident() - started, len(engine._queries)


def test_many_batches_of_many_profiles_take_no_more_memory() -> None:
    grown, kept = in_child(growth)
    assert kept <= 16
    assert grown < MOST_GROWTH, f"{grown / 1024 / 1024:.1f} MB more"
