"""Many decisions in one process, and how much memory it has half-way and at the end.

Run as a module with the number of decisions; prints a JSON object with both figures in bytes.
"""

from __future__ import annotations

import gc
import json
import sys
from random import Random
from typing import Final

import psutil

from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.inference import Inference
from engine.rulesets.loading import check_text
from tests.properties.making_cases import DAYS, as_json, leave_out, make_case
from tests.properties.making_facts import FactsMade
from tests.properties.making_rulesets import make_ruleset

__all__ = ["main"]

_SIZES: Final = ("large", "large", "large", "medium", "medium", "small", "small", "small")
_CASES: Final = 400
_FRESH: Final = 8
"""Of so many decisions one is about a case that was not asked before."""


def _engines(random: Random) -> list[tuple[CaseEngine, FactsMade]]:
    inference = Inference()
    found: list[tuple[CaseEngine, FactsMade]] = []
    while len(found) < len(_SIZES):
        made = make_ruleset(random, f"soak-{len(found)}", _SIZES[len(found)])
        checked, _ = check_text(made.text, "soak.yaml")
        if checked is not None:
            found.append((CaseEngine.build(checked, inference), made.facts))
    return found


def _case(random: Random, facts: FactsMade) -> bytes:
    return as_json(leave_out(random, make_case(random, facts), random.choice((0.0, 0.1, 0.3))))


def _memory() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def main(decisions: int) -> dict[str, int]:
    """Memory half-way and at the end, in bytes, and how many cases were decided and refused."""
    random = Random("soak")
    engines = _engines(random)
    cases = [(engine, facts, _case(random, facts)) for _ in range(_CASES // len(engines)) for engine, facts in engines]
    half_way = refused = 0
    for number in range(decisions):
        if number == decisions // 2:
            half_way = _memory()
        place = number % len(cases)
        engine, facts, case = cases[place]
        if number % _FRESH == 0:
            case = _case(random, facts)
            cases[place] = engine, facts, case
        try:
            engine.decide(case, as_of=DAYS[number % len(DAYS)])
        except RollbookError:
            refused += 1
    return {"half_way": half_way, "end": _memory(), "decided": decisions - refused, "refused": refused}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))  # noqa: T201 - what the parent reads
