"""A minute of the fuzz of the wire; `make fuzz` goes on for as long as one likes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rollbook.v1 import decision_pb2
from tests.server.attacks.fuzzing import Fuzz, asking, table
from tests.server.running import FACTS

SECONDS = float(os.environ.get("ROLLBOOK_TEST_FUZZ_SECONDS", "60"))
SEED = int(os.environ.get("ROLLBOOK_TEST_SEED", "5"))


@pytest.mark.budget
def test_whatever_is_sent_gets_an_answer_of_ours(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with asking(tmp_path) as (attacked, token):
        ids = tuple(attacked.decide(FACTS, mode=decision_pb2.MODE_RECORD).decision_id for _ in range(5))
        fuzz = Fuzz(attacked.target, SEED, ids, token)
        fuzz.run(SECONDS)
        record_property("table", table(fuzz))
        assert fuzz.faults == []
        assert len({method for method, _ in fuzz.statuses}) > 20, "every method was called"
        attacked.unharmed()
