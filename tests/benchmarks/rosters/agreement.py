"""That everyone gives the same answers: without it the figures would say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from engine.rosters import Question, RosterEngine
from tests.benchmarks import zen_peer
from tests.benchmarks.cases import Case
from tests.benchmarks.peers import Disagreement, load_engine
from tests.benchmarks.rosters.cases import AS_OF, make_batch
from tests.benchmarks.rosters.contestants import mappings
from tests.benchmarks.rosters.hand_written import HandWritten

__all__ = ["AGREED", "check_agreement"]

AGREED: Final = 20_000
"""Cases on which the roster engine is compared with the SQL written by hand, before anything is timed."""

Answer = tuple[str, list[str]]
"""The outcome, and the rules that hold."""

_LOOPED: Final = 2_000
"""Cases of those on which those who take one at a time are compared as well."""


def check_agreement(cases: int = AGREED) -> tuple[int, int]:
    """How many rules hold in some of the first `cases`, on all of which everyone agrees; and how many rules there are.

    Raises:
        Disagreement: when a case is decided differently, refused, or incomplete.
    """
    batch = make_batch(cases)
    case_engine = load_engine()
    engine = RosterEngine.build(case_engine)
    decided = engine.decide(batch, Question(AS_OF, detail="outcomes"))
    by_hand = HandWritten().decide(batch, AS_OF)
    outcomes = pa.Table.from_batches([decided.decisions])
    if not outcomes.num_rows == by_hand.num_rows == cases or not all(outcomes.column("complete").to_pylist()):
        message = "not every case is decided completely"
        raise Disagreement(message)
    ours = [*_answers(outcomes)]
    _compare("the SQL written by hand", ours, [*_answers(by_hand)])
    single = [Case(facts, AS_OF) for facts in mappings(batch.slice(0, _LOOPED))]
    decisions = [case_engine.decide(case.json, as_of=AS_OF) for case in single]
    in_loop = [(each.outcome, [*dict.fromkeys(held.rule for held in each.held)]) for each in decisions]
    _compare("the case engine", ours, in_loop)
    as_sets = [(outcome, sorted(rules)) for outcome, rules in ours]  # zen-engine lists the strongest rules first
    by_zen = zen_peer.by_batch()([case.json_with_date for case in single])
    _compare("zen-engine", as_sets, [(outcome, sorted(rules)) for outcome, rules in by_zen])
    return len({rule for _, rules in ours for rule in rules}), len(engine.ruleset.rules)


def _compare(who: str, ours: Sequence[Answer], theirs: Sequence[Answer]) -> None:
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if one != other:
            message = f"case {number}: the roster engine says {one}, {who} {other}"
            raise Disagreement(message)


def _answers(decided: pa.Table) -> Iterator[Answer]:
    return zip(decided.column("outcome").to_pylist(), decided.column("rules").to_pylist(), strict=True)
