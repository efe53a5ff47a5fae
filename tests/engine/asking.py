"""Asking the reference, and what its decisions say."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.decisions import Decision
from engine.feel.unknown import Cause
from engine.reference import decide
from engine.rulesets.checked import CheckedRuleset

DAY = date(2019, 1, 15)


def ask(ruleset: CheckedRuleset, facts: dict[str, Any] | None = None, **options: Any) -> Decision:
    return decide(ruleset, facts or {}, **{"as_of": DAY, **options})


def flags(**values: bool) -> dict[str, Any]:
    return {"f": values}


def held(decision: Decision) -> list[str]:
    return [rule.rule for rule in decision.held]


def paths(causes: tuple[Cause, ...]) -> list[str]:
    return [cause.path for cause in causes]
