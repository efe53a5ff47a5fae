"""Rules of other rulesets that a rule builds on."""

from __future__ import annotations

from engine.rulesets.binding.workbench import NotUsable, Workbench
from engine.rulesets.facts import FactGroup
from engine.rulesets.findings import Path, did_you_mean
from engine.rulesets.parts import differing_facts, part_for

__all__ = ["borrow"]


def borrow(bench: Workbench, facts: FactGroup, target: str, path: Path, link: str) -> bool:
    """Whether the rule `target` (`district/name#rule`) can be built on; what of its ruleset decides it is kept.

    The facts that it reads must be declared here too, with the same path and type, so that one case answers both.
    """
    if target in bench.borrowed:
        return True
    if link != "given":
        message = "Only `given` may name a rule of another ruleset."
        bench.error(path, "not-given", message, "Write it under `given`.")
        return False
    id_, _, rule = target.partition("#")
    if id_ == bench.document.ruleset:
        bench.error(path, "circle", "That is a rule of this ruleset.", f"Write `{rule}`.")
        return False
    other = bench.others(id_)
    if isinstance(other, NotUsable):
        bench.error(path, other.code, f"`{id_}` cannot be built on: {other.why}")
        return False
    if rule not in other.rules:
        remedy = did_you_mean(rule, other.rules)
        bench.error(path, "unknown-rule", f"`{id_}` has no rule `{rule[:60]}`.", remedy)
        return False
    part = part_for(other, rule)
    differing = sorted(differing_facts(part, facts))
    for fact in differing:
        message = f"`{target}` reads `{fact}`, which is not declared here in the same way."
        bench.error(path, "facts-differ", message, f"Declare it as `{id_}` does.")
    if not differing:
        bench.borrowed[target] = part
    return not differing
