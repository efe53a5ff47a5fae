"""`rollbook explain`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.asking import asked
from clients.cli.commands.decide import facts_from
from clients.cli.console import screen, write_json
from clients.cli.failures import FailureError
from clients.cli.options import (
    AbsentIsNone,
    AsOf,
    Calendar,
    FactsFile,
    Form,
    Output,
    RulesAsOf,
    RulesetId,
    Rulesets,
    Server,
)

if TYPE_CHECKING:
    from rollbook import Explanation

__all__ = ["explain"]


def explain(
    ruleset_id: RulesetId,
    facts: FactsFile,
    as_of: AsOf,
    rules_as_of: RulesAsOf = None,
    absent_is_none: AbsentIsNone = False,
    calendar: Calendar = "",
    server: Server = None,
    rulesets: Rulesets = None,
    output: Output = Form.TEXT,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="RULE", help="Only this rule; may be given again.", show_default=False),
    ] = None,
) -> None:
    """Say why: for every rule whether it holds, or why not, with the value of each part of its premise.

    rollbook explain lausd/grade-marking --facts case.json --as-of 2018-11-02
    """
    given = facts_from(facts)
    with asked(server, rulesets, [ruleset_id]) as rulebook:
        from rollbook import Case

        case = Case(given.facts, calendar=calendar)
        explanation = rulebook.explain(
            ruleset_id, case, as_of=as_of, rules_as_of=rules_as_of, absent_is_none=absent_is_none
        )
    if rule:
        explanation = _only(explanation, rule)
    if output is Form.JSON:
        write_json({"explanations": [explanation]})
        return
    from clients.cli.pages.explanation import show_explanation

    show_explanation(screen(), explanation)


def _only(explanation: Explanation, names: Collection[str]) -> Explanation:
    """The explanation with those rules only.

    Raises:
        FailureError: when there is no such rule.
    """
    known = [rule.rule for rule in explanation.rules]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            message = f"the ruleset has no rule {name}."
            raise FailureError(message, f"Did you mean {near[0]}?" if near else "`rollbook show` lists its rules.")
    return replace(explanation, rules=tuple(rule for rule in explanation.rules if rule.rule in names))
