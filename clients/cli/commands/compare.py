"""`rollbook compare`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.failures import Exit, FailureError
from clients.cli.options import AbsentIsNone, AsOf, Calendar, Form, Output, RulesAsOf, Rulesets, Server, day_option
from clients.cli.roster_options import BatchRows, CasesFile, Ids, MemoryLimit, Quiet, ReadAs, SpillFolder, Threads

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
    server: Server = None,
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

    With --server an id is one of the server's rulesets, and a file is sent there as a draft, of which nothing is kept.
    """
    from clients.cli.comparing import Comparing, by_server, in_process
    from clients.cli.console import note, screen, write_json
    from clients.cli.pages.comparison import comparison_json, show_comparison, watching_comparison
    from clients.pictures.files import PictureError, check_picture, write_picture
    from clients.rosters.reading import BATCH_ROWS, open_cases

    if server is not None and rulesets is not None:
        message = "--server and --rulesets exclude each other: the server has its own rulesets."
        raise typer.BadParameter(message)
    if picture is not None:
        try:
            check_picture(picture)
        except PictureError as error:
            raise FailureError(error.message, error.remedy) from None
    table = open_cases(cases, form)
    rows = batch_rows or BATCH_ROWS
    asked = Comparing(
        before, after, as_of, rules_as_of, after_rules_as_of, absent_is_none, calendar, tuple(ids), rows, examples
    )
    with watching_comparison(quiet=quiet) as watcher:
        if server is not None:
            result = by_server(server, asked, table, watcher)
        else:
            result = in_process(
                asked, table, watcher,
                rulesets=rulesets, threads=threads, memory_limit=memory_limit, spill_folder=spill_folder,
            )  # fmt: skip
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
