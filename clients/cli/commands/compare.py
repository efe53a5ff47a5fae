"""`rollbook compare`."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.failures import Exit, FailureError
from clients.cli.options import AbsentIsNone, AsOf, Calendar, Form, Output, RulesAsOf, Rulesets, day_option
from clients.cli.roster_options import BatchRows, CasesFile, Ids, MemoryLimit, Quiet, ReadAs, SpillFolder, Threads

if TYPE_CHECKING:
    from clients.cli.versions import Version
    from clients.rosters.comparing import ComparedSide
    from engine.rosters import Question, RosterSettings

__all__ = ["compare"]

_MOST_EXAMPLES = 100

BeforeVersion = Annotated[
    str,
    typer.Argument(
        metavar="RULESET_A",
        help="The version before: a ruleset by its id, such as lausd/grade-marking, or by the path of its file.",
        show_default=False,
    ),
]
AfterVersion = Annotated[
    str,
    typer.Argument(
        metavar="RULESET_B",
        help="The version after: an id, the path of an edited copy, or another folder of rulesets that has it.",
        show_default=False,
    ),
]
Examples = Annotated[
    int,
    typer.Option(
        "--examples", metavar="N", min=0, max=_MOST_EXAMPLES, help="How many cases to show of each change, at most."
    ),
]
Picture = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        metavar="FILE",
        help="Draw the outcomes before and after: .png (needs matplotlib) or .html. No fact of a case is in it.",
        show_default=False,
    ),
]


def compare(
    before: BeforeVersion,
    after: AfterVersion,
    cases: CasesFile,
    as_of: AsOf,
    examples: Examples = 3,
    picture: Picture = None,
    ids: Ids = [],  # noqa: B006 - Typer copies it
    rules_as_of: RulesAsOf = None,
    after_rules_as_of: Annotated[
        date | None,
        day_option("--after-rules-as-of", "The date whose parameters RULESET_B uses, where it is another one."),
    ] = None,
    absent_is_none: AbsentIsNone = False,
    calendar: Calendar = "",
    form: ReadAs = None,
    rulesets: Rulesets = None,
    batch_rows: BatchRows = None,
    threads: Threads = None,
    memory_limit: MemoryLimit = "1GB",
    spill_folder: SpillFolder = None,
    quiet: Quiet = False,
    output: Output = Form.TEXT,
) -> None:
    """Show what a change of rules would do: two versions over one table of cases, before anything is published.

    How many cases get another outcome, from which to which, by which rules, with examples; what else changes; and which
    cases only one version can decide. Examples show what the decisions say of a case. Nothing is recorded.

        rollbook compare lausd/grade-marking edited/ruleset.yaml cases.parquet --as-of 2018-11-02 --picture change.png
    """
    from clients.cli.console import note, screen, write_json
    from clients.cli.pages.comparison import comparison_json, show_comparison, watching_comparison
    from clients.cli.versions import read_versions
    from clients.pictures.files import PictureError, check_picture, write_picture
    from clients.rosters.comparing import compare_roster
    from clients.rosters.reading import BATCH_ROWS, open_cases
    from engine.rosters import Question, RosterSettings

    if picture is not None:
        try:
            check_picture(picture)
        except PictureError as error:
            raise FailureError(error.message, error.remedy) from None
    table = open_cases(cases, form)
    one, other = read_versions(before, after, rulesets, calendar)
    days = rules_as_of, after_rules_as_of or rules_as_of
    with tempfile.TemporaryDirectory(prefix="rollbook-", dir=spill_folder) as spill:
        settings = RosterSettings(memory_limit, threads or len(os.sched_getaffinity(0)), spill)
        first, second = (
            _side(version, Question(as_of, day, absent_is_none, version.calendar), settings)
            for version, day in zip((one, other), days, strict=True)
        )
        with watching_comparison(quiet=quiet) as watcher:
            result = compare_roster(
                table, first, second, watcher, ids=ids, batch_rows=batch_rows or BATCH_ROWS, examples=examples
            )
    if picture is not None:
        write_picture(result, as_of, picture)
    if output is Form.JSON:
        write_json(comparison_json(result, as_of))
    else:
        show_comparison(screen(), result, as_of)
        if picture is not None:
            note(f"The picture is {picture}.")
    if result.refused_by_both:
        raise typer.Exit(Exit.REJECTS)


def _side(version: Version, question: Question, settings: RosterSettings) -> ComparedSide:
    """One version, ready to be asked; says where it is not in force on the date whose rules are asked for."""
    from clients.cli.console import note
    from clients.rosters.comparing import ComparedSide
    from engine.rosters import RosterEngine

    effective = version.checked.document.effective
    day = question.rules_as_of or question.as_of
    if effective is not None and not (effective.from_ <= day and (effective.until is None or day <= effective.until)):
        note(f"{version.path} is not in force on {day}; it is compared as if it were.")
    return ComparedSide(RosterEngine.build(version.engine, settings), question)
