"""That the roster engine and the SQL written by hand give the same answers: without it figures would say nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from engine.rosters import Question, RosterEngine
from tests.benchmarks.peers import Disagreement, load_engine
from tests.benchmarks.rosters.cases import AS_OF, make_batch
from tests.benchmarks.rosters.hand_written import HandWritten

__all__ = ["AGREED", "check_agreement"]

AGREED = 20_000
"""Cases that are compared before anything is timed."""


def check_agreement(cases: int = AGREED) -> tuple[int, int]:
    """How many rules hold in some of the first `cases`, on all of which both agree; and how many rules there are.

    Raises:
        Disagreement: when a case is decided differently, refused, or incomplete.
    """
    batch = make_batch(cases)
    engine = RosterEngine.build(load_engine())
    decided = engine.decide(batch, Question(AS_OF, detail="outcomes"))
    by_hand = HandWritten().decide(batch, AS_OF)
    outcomes = pa.Table.from_batches([decided.decisions])
    if outcomes.num_rows != cases or not all(outcomes.column("complete").to_pylist()):
        message = "not every case is decided completely"
        raise Disagreement(message)
    seen: set[str] = set()
    for number, (ours, other) in enumerate(zip(_answers(outcomes), _answers(by_hand), strict=True)):
        seen.update(ours[1])
        if ours != other:
            message = f"case {number}: the roster engine says {ours}, the SQL written by hand {other}"
            raise Disagreement(message)
    return len(seen), len(engine.ruleset.rules)


def _answers(decided: pa.Table) -> Iterator[tuple[str, list[str]]]:
    return zip(decided.column("outcome").to_pylist(), decided.column("rules").to_pylist(), strict=True)
