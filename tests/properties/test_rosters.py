"""Reference, case engine and roster engine decide alike, whatever the ruleset and the cases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
_RULESETS: Final = 144
_PER_PROCESS: Final = 18
_SECONDS: Final = 600


def _share(first: int) -> dict[str, Any]:
    arguments = {"seed": "rollbook", "first": first, "rulesets": _PER_PROCESS}
    done = subprocess.run(
        [sys.executable, "-m", "tests.properties.roster_chunk", json.dumps(arguments)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        return {"counts": {}, "failures": [f"{arguments} ended with {done.returncode}:\n{done.stderr[-4000:]}"]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.timeout(1200)
def test_the_three_evaluators_agree_on_rosters(record_property: Callable[[str, object], None]) -> None:
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for share in pool.map(_share, range(0, _RULESETS, _PER_PROCESS)):
            counts += Counter(share["counts"])
            failures += share["failures"]
    record_property("table", "\n".join(f"{count:>8} {what}" for what, count in counts.most_common()))
    assert not failures, "\n\n".join(failures)
    assert counts["roster cases"] >= 5_000
    assert counts["rulesets that SQL covers"] >= 0.75 * counts["rulesets"]
    assert counts["roster cases by query"] >= 0.3 * counts["roster cases"]
