"""A process that decides for a long time does not grow."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
_DECISIONS: Final = 200_000
_MEGABYTE: Final = 1 << 20


@pytest.mark.timeout(900)
def test_memory_is_flat_over_200_000_decisions(record_property: Callable[[str, object], None]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak.deciding", str(_DECISIONS)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    growth = (found["end"] - found["half_way"]) / _MEGABYTE
    record_property(
        "table",
        f"soak: {found['decided']} decisions ({found['refused']} more refused), memory half-way "
        f"{found['half_way'] / _MEGABYTE:.1f} MB, at the end {found['end'] / _MEGABYTE:.1f} MB",
    )
    assert found["decided"] > _DECISIONS / 2, "too few cases are decided for the memory to tell anything"
    assert growth < 5
