"""The case engine and the reference decide alike, whatever the ruleset and the case; and both keep their promises.

Fixed seeds in `make test`; in `make soak` fresh ones for as many minutes as ROLLBOOK_SOAK says (10 unless it does).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest

from tests.properties.counting import lacking, table

_ROOT: Final = Path(__file__).parents[2]
_SEED: Final = "rollbook"
_RULESETS: Final = 432
_CHAINS: Final = 5
_PER_PROCESS: Final = 36
_SECONDS: Final = 600


def _share(seed: str, first: int) -> dict[str, Any]:
    """What one process of its own finds; a crash or a limit reached there is a failure here."""
    arguments = {"seed": seed, "first": first, "rulesets": _PER_PROCESS, "chains": _CHAINS}
    done = subprocess.run(
        [sys.executable, "-m", "tests.properties.chunk", json.dumps(arguments)],
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


def _shares(seed: str) -> Iterator[tuple[str, int]]:
    """The seed and the first number of each share."""
    return ((seed, first) for first in range(0, _RULESETS, _PER_PROCESS))


def _fresh_shares() -> Iterator[tuple[str, int]]:
    """Shares of one fresh seed after the other, until the time is over."""
    until = time.monotonic() + 60 * float(os.environ.get("ROLLBOOK_SOAK", "10"))
    while True:
        for share in _shares(secrets.token_hex(4)):
            yield share
            if time.monotonic() > until:
                return


def _check(shares: Iterator[tuple[str, int]]) -> tuple[Counter[str], list[str]]:
    """What was made, and what failed, until the first failure."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        while not failures and (some := list(islice(shares, 2))):
            for share in pool.map(lambda one: _share(*one), some):
                counts += Counter(share["counts"])
                failures += share["failures"]
    return counts, failures


@pytest.mark.timeout(1200)
def test_case_engine_and_reference_agree(record_property: Callable[[str, object], None]) -> None:
    counts, failures = _check(_shares(_SEED))
    record_property("table", table(counts))
    assert not failures, "\n\n".join(failures)
    assert counts["pairs"] >= 10_000
    assert lacking(counts) == []


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_case_engine_and_reference_agree_on_fresh_seeds(record_property: Callable[[str, object], None]) -> None:
    counts, failures = _check(_fresh_shares())
    record_property("table", table(counts))
    assert not failures, "\n\n".join(failures)
