"""`rollbook spark`."""

from __future__ import annotations

from time import monotonic
from typing import Annotated

import typer

from clients.cli.failures import Exit
from clients.cli.options import AbsentIsNone, AsOf, Calendar, Form, Output, RulesAsOf, RulesetId, Rulesets
from clients.cli.roster_options import Detail, HowMuch, Ids, MemoryLimit, Quiet

__all__ = ["spark"]


def spark(
    ruleset_id: RulesetId,
    cases: Annotated[
        str,
        typer.Argument(
            metavar="CASES",
            help="The table of cases: a folder of Parquet files, as Spark finds it (hdfs://, s3a://, …).",
            show_default=False,
        ),
    ],
    as_of: AsOf,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Where the folders `decisions` and `rejects` of Parquet files are written.",
            show_default=False,
        ),
    ],
    rules_as_of: RulesAsOf = None,
    absent_is_none: AbsentIsNone = False,
    calendar: Calendar = "",
    ids: Ids = [],  # noqa: B006 - Typer copies it
    detail: HowMuch = Detail.DECISIONS,
    rulesets: Rulesets = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is in FOLDER.")] = False,
    master: Annotated[
        str | None,
        typer.Option(
            "--master",
            metavar="URL",
            help="Where Spark runs: local[4], spark://host:7077, yarn.",
            show_default="as Spark is configured; this machine",
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option("--threads", metavar="N", min=1, max=1024, help="Threads of a query on an executor.")
    ] = 1,
    memory_limit: MemoryLimit = "1GB",
    quiet: Quiet = False,
    output: Output = Form.TEXT,
) -> None:
    """Decide a whole table of cases on Spark: folders of Parquet in and out. Needs rollbook[spark] and Java.

    The exit code is 3 when rows were rejected, as with `rollbook roster`.

        rollbook spark lausd/grade-marking marks/ --as-of 2018-11-02 --out decided/ --id student_id
    """
    from clients.cli.folders import find_rulesets
    from clients.cli.pages.roster import show_summary, summary
    from clients.spark.deciding import RosterQuestion, decide_roster
    from clients.spark.errors import telling
    from clients.spark.job import FILE, POSITION, read_cases, write_answers
    from clients.spark.session import session
    from engine.rosters import RosterSettings

    question = RosterQuestion(
        as_of, rules_as_of, absent_is_none, calendar, "outcomes" if detail is Detail.OUTCOMES else "decisions"
    )
    folder, settings = find_rulesets(rulesets), RosterSettings(memory_limit, threads)
    started = monotonic()
    with (
        session(master) as running,
        telling(),
        decide_roster(
            read_cases(running, cases),
            ruleset_id,
            question,
            rulesets=folder,
            ids=(*ids, FILE),
            row=POSITION,
            settings=settings,
        ) as roster,
    ):
        tally = write_answers(roster, out, overwrite=overwrite)
    told = summary(
        roster.asked, tally, f"{out}/decisions", f"{out}/rejects" if tally.rejected else None, monotonic() - started
    )
    show_summary(told, output is Form.JSON, quiet=quiet)
    if tally.rejected:
        raise typer.Exit(Exit.REJECTS)
