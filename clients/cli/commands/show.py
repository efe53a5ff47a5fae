"""`rollbook show`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.asking import asked
from clients.cli.console import screen, write_json
from clients.cli.options import Form, Output, RulesAsOf, RulesetId, Rulesets, Server

__all__ = ["show"]


def show(
    ruleset_id: RulesetId,
    rules_as_of: RulesAsOf = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a JSON file of facts to fill in, for `decide --facts`.")
    ] = False,
    server: Server = None,
    rulesets: Rulesets = None,
    output: Output = Form.TEXT,
) -> None:
    """Show one ruleset: its question, its outcomes in order, the facts that it asks for, its rules.

    rollbook show lausd/grade-marking --template > case.json
    """
    with asked(server, rulesets, [ruleset_id]) as rulebook:
        ruleset = rulebook.get_ruleset(ruleset_id, as_of=rules_as_of)
    if template:
        from clients.cli.facts import template as template_of

        typer.echo(template_of(ruleset.facts))
    elif output is Form.JSON:
        write_json(ruleset)
    else:
        from clients.cli.pages.rulesets import show_ruleset

        show_ruleset(screen(), ruleset)
