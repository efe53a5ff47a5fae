"""`rollbook decide`."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.asking import asked
from clients.cli.console import note, screen, write_json
from clients.cli.facts import GivenFacts, read_facts
from clients.cli.options import AbsentIsNone, AsOf, Calendar, FactsFile, Form, Output, RulesAsOf, Rulesets, Server

__all__ = ["decide", "facts_from"]


def decide(
    ruleset_ids: Annotated[
        list[str],
        typer.Argument(
            metavar="RULESET…",
            help="The rulesets, by their ids, such as lausd/grade-marking; several are decided together.",
            show_default=False,
        ),
    ],
    facts: FactsFile,
    as_of: AsOf,
    rules_as_of: RulesAsOf = None,
    absent_is_none: AbsentIsNone = False,
    calendar: Calendar = "",
    server: Server = None,
    rulesets: Rulesets = None,
    output: Output = Form.TEXT,
) -> None:
    """Decide one case: the outcome, the rules with their citations, what to do by when, what is missing.

    Without --server the case is decided here, from a folder of rulesets. Nothing is recorded in either way.

        rollbook decide lausd/grade-marking --facts case.json --as-of 2018-11-02
    """
    given = facts_from(facts)
    with asked(server, rulesets, ruleset_ids) as rulebook:
        from rollbook import Case, Mode

        decisions = rulebook.decide_together(
            ruleset_ids,
            Case(given.facts, calendar=calendar),
            as_of=as_of,
            mode=Mode.TRY,
            rules_as_of=rules_as_of,
            absent_is_none=absent_is_none,
        )
    if output is Form.JSON:
        write_json({"decisions": decisions})
        return
    from clients.cli.pages.decision import show_decision

    page = screen()
    for number, decision in enumerate(decisions):
        if number:
            page.print()
        show_decision(page, decision)


def facts_from(source: str) -> GivenFacts:
    """The facts in the file `source`; tells on standard error how many places of a template are left."""
    given = read_facts(source)
    if given.places_left:
        note(f"{given.places_left} places of the template are not filled in; these facts count as left out.")
    return given
