"""All who decide the cases of the benchmark, and what makes their answers comparable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.inference import Inference
from engine.library import Library
from tests.benchmarks import cel_peer, hand_written, zen_peer
from tests.benchmarks.cases import RULESET, Case

__all__ = ["OURS", "Disagreement", "Peer", "check_agreement", "load_engine", "peers", "rulesets_folder"]

OURS: Final = "Rollbook case engine"

Answer = tuple[str, tuple[str, ...]]
"""The outcome, and the rules that hold, sorted, each once."""


class Disagreement(AssertionError):  # noqa: N818 - no error of the program, but of what it compares
    """Two who are timed decide a case differently."""


@dataclass(frozen=True)
class Peer:
    """One who decides.

    Attributes:
        key: its name in the file of figures.
        name: its name in the table.
        decide: what is timed: from the JSON bytes of a case to its decision, in the engine's own form.
        answer: that decision as all have it.
    """

    key: str
    name: str
    decide: Callable[[Case], Any]
    answer: Callable[[Any], Answer]


def rulesets_folder() -> Path:
    """The rulesets of this project."""
    return Path(__file__).resolve().parents[2] / "rulesets"


def load_engine() -> CaseEngine:
    """The case engine of the ruleset, as a server would load it."""
    inference = Inference()
    try:
        return Library.load(rulesets_folder(), inference, only=(RULESET,)).get(RULESET).engine
    finally:
        inference.close()


def peers() -> tuple[Peer, ...]:
    """Everyone, the case engine first."""
    engine, read = load_engine(), msgspec.json.Decoder().decode
    return (
        Peer("case-engine", OURS, lambda case: engine.decide(case.json, as_of=case.as_of), _of_decision),
        Peer("zen-table", "zen-engine, decision table by key", zen_peer.by_table(), _of_pair),
        Peer("zen-expression", "zen-engine, one compiled expression", zen_peer.by_expression(), _of_pair),
        Peer("cel-expression", "cel-expr-python, one compiled expression", cel_peer.by_expression(), _of_pair),
        Peer(
            "hand-written",
            "hand-written Python function",
            lambda case: hand_written.decide(read(case.json_with_date), case.as_of_text),
            _of_pair,
        ),
    )


def check_agreement(cases: Iterable[Case], everyone: tuple[Peer, ...]) -> int:
    """How many rules are seen to hold, and that everyone gives the first one's answer to each of `cases`.

    Raises:
        Disagreement: for the first case that two decide differently, or that is not complete.
    """
    seen: set[str] = set()
    for number, case in enumerate(cases):
        expected, *others = (peer.answer(peer.decide(case)) for peer in everyone)
        seen.update(expected[1])
        for peer, answer in zip(everyone[1:], others, strict=True):
            if answer != expected:
                message = f"case {number}: {everyone[0].name} says {expected}, {peer.name} says {answer}"
                raise Disagreement(message)
    return len(seen)


def _of_decision(decision: Decision) -> Answer:
    if not decision.complete:
        message = f"the case is not complete: {decision.missing}"
        raise Disagreement(message)
    return decision.outcome, tuple(sorted({held.rule for held in decision.held}))


def _of_pair(pair: tuple[str, Iterable[str]]) -> Answer:
    return pair[0], tuple(sorted(pair[1]))
