"""Everyone who decides the roster: what is got ready, and what is timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pyarrow as pa

from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rosters.columns import facts_of
from engine.rosters.model import Detail
from tests.benchmarks import zen_peer
from tests.benchmarks.cases import Case
from tests.benchmarks.peers import load_engine
from tests.benchmarks.rosters.cases import AS_OF, BATCH, make_batch, make_batches
from tests.benchmarks.rosters.hand_written import HandWritten

__all__ = ["CONTESTANTS", "IN_TURN", "WIRE_BATCH", "Contestant", "Work", "documents", "mappings"]

Work = Callable[[], object]
"""Decides the whole roster once; what it decides is thrown away."""

_SPARSE: Final = 0.05
"""The share of the cases in which a fact is missing, in the roster where some are."""

WIRE_BATCH: Final = 20_000
"""Cases of a batch of `DecideRoster`: as many as a server takes by default."""

_ZEN_BATCH: Final = 200
"""Cases of one call; larger ones are slower."""


@dataclass(frozen=True)
class Contestant:
    """One who decides the roster.

    Attributes:
        name: in the table.
        cases: how many it is given, in a whole run and in a quick one.
        get_ready: makes its cases and what decides them; given how many cases and threads.
        threaded: whether it is measured on two threads as well.
    """

    name: str
    cases: tuple[int, int]
    get_ready: Callable[[int, int], Work]
    threaded: bool = False


def _roster(detail: Detail, missing: float = 0.0, size: int = BATCH) -> Callable[[int, int], Work]:
    def get_ready(cases: int, threads: int) -> Work:
        batches = tuple(make_batches(cases, missing=missing, size=size))
        engine = RosterEngine.build(load_engine(), RosterSettings(threads=threads))
        question = Question(AS_OF, detail=detail)

        def work() -> None:
            for batch in batches:
                engine.decide(batch, question)

        return work

    return get_ready


def _by_hand(cases: int, threads: int) -> Work:
    batches, query = tuple(make_batches(cases)), HandWritten(threads)

    def work() -> None:
        for batch in batches:
            query.decide(batch, AS_OF)

    return work


def _case_engine(read: Callable[[pa.RecordBatch], list[Any]]) -> Callable[[int, int], Work]:
    def get_ready(cases: int, _threads: int) -> Work:
        facts, decide = read(make_batch(cases)), load_engine().decide

        def work() -> None:
            for each in facts:
                decide(each, as_of=AS_OF)

        return work

    return get_ready


def _zen_loop(cases: int, _threads: int) -> Work:
    given, decide = [Case(facts, AS_OF) for facts in mappings(make_batch(cases))], zen_peer.by_table()
    for case in given:
        _ = case.json_with_date  # written once, and not timed

    def work() -> None:
        for case in given:
            decide(case)

    return work


def _zen_batch(cases: int, _threads: int) -> Work:
    given, decide = [Case(facts, AS_OF).json_with_date for facts in mappings(make_batch(cases))], zen_peer.by_batch()
    parts = [given[start : start + _ZEN_BATCH] for start in range(0, cases, _ZEN_BATCH)]

    def work() -> None:
        for part in parts:
            decide(part)

    return work


def mappings(cases: pa.RecordBatch) -> list[dict[str, Any]]:
    """The facts of the cases, each as a system would have them: dates as text, none as None."""
    return [msgspec.json.decode(document) for document in documents(cases)]


def documents(cases: pa.RecordBatch) -> list[bytes]:
    """The same as JSON."""
    return [msgspec.json.encode(facts) for facts in facts_of(cases, load_engine().ruleset.facts)]


_MILLION: Final = (1_000_000, 250_000)

CONTESTANTS: Final[Mapping[str, Contestant]] = {
    "hand-written": Contestant("hand-written SQL: outcome and rules", _MILLION, _by_hand, threaded=True),
    "outcomes": Contestant("roster engine: outcomes and rules", _MILLION, _roster("outcomes"), threaded=True),
    "decisions": Contestant("roster engine: whole decisions", _MILLION, _roster("decisions"), threaded=True),
    "outcomes-sparse": Contestant(
        "roster engine: outcomes, 5 % of cases lack a fact", _MILLION, _roster("outcomes", _SPARSE), threaded=True
    ),
    "decisions-sparse": Contestant(
        "roster engine: decisions, 5 % of cases lack a fact", _MILLION, _roster("decisions", _SPARSE), threaded=True
    ),
    "case-engine-json": Contestant("case engine in a loop, JSON", (100_000, 5_000), _case_engine(documents)),
    "case-engine-mappings": Contestant("case engine in a loop, mappings", (100_000, 5_000), _case_engine(mappings)),
    "zen-loop": Contestant("zen-engine in a loop, JSON", (20_000, 4_000), _zen_loop),
    "zen-batch": Contestant("zen-engine, batches of 200, JSON", (20_000, 4_000), _zen_batch, threaded=True),
    "small-outcomes": Contestant(
        "in process: outcomes and rules", (400_000, 100_000), _roster("outcomes", size=WIRE_BATCH)
    ),
    "small-decisions": Contestant(
        "in process: whole decisions", (400_000, 100_000), _roster("decisions", size=WIRE_BATCH)
    ),
}
"""By the key that figures have."""

IN_TURN: Final = tuple(key for key in CONTESTANTS if not key.startswith("small-"))
"""Those who are measured beside each other; the others are there to be compared with `DecideRoster`."""
