"""`rollbook test`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.failures import Exit
from clients.cli.options import Form, Output

__all__ = ["run_scenarios"]


def run_scenarios(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", help="Rulesets: files, or folders that are searched for ruleset.yaml.", show_default=False
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 also where no scenario sees a rule hold, or not hold.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help="How long the scenarios of one ruleset may take.")
    ] = 300.0,
    output: Output = Form.TEXT,
) -> None:
    """Run the scenarios of rulesets, and show which rules they saw hold and not hold.

    Each scenario is decided twice, by the reference and by the case engine, which serves; both must come out as
    expected.

        rollbook test rulesets
    """
    from clients.cli.console import screen, write_json
    from clients.cli.folders import find_documents
    from clients.cli.pages.scenarios import show_reports
    from clients.cli.trials import run

    trials = run(find_documents(paths), seconds)
    if output is Form.JSON:
        write_json({"trials": trials})
    else:
        show_reports(screen(), trials)
    if not all(trial.passed and (trial.covers_all or not strict) for trial in trials):
        raise typer.Exit(Exit.FAILED)
