"""`rollbook schema`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["schema"]


class Document(StrEnum):
    """A kind of document."""

    RULESET = "ruleset"
    SCENARIOS = "scenarios"
    CALENDAR = "calendar"


def schema(
    document: Annotated[Document, typer.Argument(help="Of which file: ruleset.yaml, scenarios.yaml, or a calendar.")],
) -> None:
    """Print the JSON Schema of a kind of document, so that an editor completes and checks while you write.

    For VS Code with its YAML extension: `rollbook schema ruleset > ruleset.schema.json`, and as the first line of the
    ruleset `# yaml-language-server: $schema=ruleset.schema.json`.
    """
    from clients.cli.console import write_json

    if document is Document.RULESET:
        from engine.rulesets.schema import ruleset_schema

        write_json(ruleset_schema())
    elif document is Document.CALENDAR:
        from engine.calendars.loading import calendar_schema

        write_json(calendar_schema())
    else:
        from engine.scenarios import scenarios_schema

        write_json(scenarios_schema())
