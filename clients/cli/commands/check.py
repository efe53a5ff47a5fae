"""`rollbook check`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.failures import Exit

__all__ = ["check"]


class CheckForm(StrEnum):
    """How problems are written."""

    TEXT = "text"
    LINES = "lines"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…",
            help="Rulesets and calendars: files, or folders that are searched for ruleset.yaml and calendars/*.yaml.",
            show_default=False,
        ),
    ],
    form: Annotated[
        CheckForm,
        typer.Option(
            "--format",
            help="text for people, with the line in question; lines for editors, FILE:LINE:COLUMN: SEVERITY: …; json; "
            "sarif for code scanning; github for annotations of GitHub Actions.",
        ),
    ] = CheckForm.TEXT,
    provisions: Annotated[
        bool,
        typer.Option(
            "--provisions",
            help="Also print, section by section, which rules encode it. Printed anyhow when the path is one ruleset.",
        ),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
) -> None:
    """Check rulesets, their scenarios, and calendars: names, types, tables, citations, circles. Nothing is decided.

    rollbook check rulesets
    """
    from clients.cli.checking import check_files
    from clients.cli.folders import find_all
    from clients.cli.pages import problems
    from clients.cli.pages.provisions import show_provisions

    found = check_files(*find_all(paths))
    match form:
        case CheckForm.TEXT:
            problems.show_text(found)
            if provisions or len(found.files) == 1:
                show_provisions(found.rulesets)
        case CheckForm.LINES:
            problems.show_lines(found)
        case CheckForm.JSON:
            problems.show_json(found)
        case CheckForm.SARIF:
            problems.show_sarif(found)
        case CheckForm.GITHUB:
            problems.show_github(found)
    if found.errors or (strict and found.warnings):
        raise typer.Exit(Exit.FAILED)
