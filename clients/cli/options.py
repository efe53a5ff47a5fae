"""Arguments and options that several commands share."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "AbsentIsNone",
    "AsOf",
    "Calendar",
    "FactsFile",
    "Form",
    "Output",
    "RulesAsOf",
    "RulesetId",
    "Rulesets",
    "Server",
    "day_option",
]


class Form(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        message = f"{text!r} is no date; write it as 2018-11-02."
        raise typer.BadParameter(message) from None


def day_option(name: str, help_: str) -> Any:
    """An option that is a date."""
    return typer.Option(name, metavar="DATE", parser=_day, help=help_, show_default=False)


RulesetId = Annotated[
    str,
    typer.Argument(metavar="RULESET", help="The ruleset, by its id, such as lausd/grade-marking.", show_default=False),
]
FactsFile = Annotated[
    str,
    typer.Option(
        "--facts",
        metavar="FILE",
        help="The facts of the case: a JSON file, or - for standard input. Leave out what you do not know; a place of "
        "`show --template` that is still to be filled in counts as left out.",
        show_default=False,
    ),
]
AsOf = Annotated[
    date,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=_day,
        help="The date of the decision, as 2018-11-02: what 'today' means in the rules.",
        show_default=False,
    ),
]
RulesAsOf = Annotated[
    date | None,
    typer.Option(
        "--rules-as-of",
        metavar="DATE",
        parser=_day,
        help="The date whose rules and parameters are used.",
        show_default="the date of --as-of",
    ),
]
AbsentIsNone = Annotated[
    bool,
    typer.Option(
        "--absent-is-none",
        help="Facts left out are none, where the ruleset says what none means. Only for a system that cannot tell "
        "'nothing entered' from 'there is none'.",
    ),
]
Calendar = Annotated[
    str,
    typer.Option(
        "--calendar",
        metavar="NAME",
        help="The calendar that school days are counted in, such as westlake.",
        show_default="the ruleset's own",
    ),
]
Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="HOST:PORT",
        help="Ask this server. Without it the rulesets of a folder are used, without any server.",
        show_default=False,
    ),
]
Rulesets = Annotated[
    Path | None,
    typer.Option(
        "--rulesets",
        metavar="DIR",
        help="The folder of rulesets.",
        show_default="'rulesets' in this folder or the nearest one above",
    ),
]
Output = Annotated[Form, typer.Option("--output", "-o", help="text for people, json for programs.")]
