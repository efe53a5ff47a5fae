"""Arguments and options about rosters."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from clients.rosters.formats import CasesFormat

__all__ = [
    "BatchRows",
    "CaseIdColumn",
    "CasesFile",
    "Detail",
    "HowMuch",
    "Ids",
    "MemoryLimit",
    "OutFile",
    "Patience",
    "Quiet",
    "ReadAs",
    "Recorded",
    "Restart",
    "Resume",
    "SchoolColumn",
    "SpillFolder",
    "SubjectColumn",
    "Threads",
]

_MACHINE = "This machine"
_SIZE = r"[1-9][0-9]{0,5} ?(MB|GB|MiB|GiB)"
_LOG = "The decision log of the server"
_STOPPED = "A run that was stopped"


def _size(text: str) -> str:
    if re.fullmatch(_SIZE, text):
        return text
    message = f"{text!r} is no size; write it as 512MB or 4GB."
    raise typer.BadParameter(message)


class Detail(StrEnum):
    """How much is written of each case."""

    DECISIONS = "decisions"
    OUTCOMES = "outcomes"


CasesFile = Annotated[
    str,
    typer.Argument(
        metavar="CASES",
        help="The table of cases: .parquet, .csv, .jsonl (.ndjson), .arrow (.feather); or a folder or pattern of "
        "Parquet files.",
        show_default=False,
    ),
]
OutFile = Annotated[
    Path,
    typer.Option(
        "--out",
        metavar="FILE",
        help="The file of decisions: .parquet, .csv or .jsonl. It is there when all is done, and never half of it.",
        show_default=False,
    ),
]
Ids = Annotated[
    list[str],
    typer.Option(
        "--id",
        metavar="COLUMN",
        help="A column that says which case a row is: it is no fact, and stands first in what is written. May be given "
        "again.",
    ),
]
ReadAs = Annotated[
    CasesFormat | None,
    typer.Option("--format", help="How the cases are written.", show_default="what the ending of CASES says"),
]
HowMuch = Annotated[
    Detail,
    typer.Option("--detail", help="All of each decision, or its outcome and the rules that hold: faster and smaller."),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with the parts of a run that was stopped; begin where there are none.",
        rich_help_panel=_STOPPED,
    ),
]
Restart = Annotated[
    bool,
    typer.Option(
        "--restart", help="Throw away the parts of a run that was stopped, and begin anew.", rich_help_panel=_STOPPED
    ),
]
BatchRows = Annotated[
    int | None,
    typer.Option(
        "--batch-rows",
        metavar="N",
        min=1,
        max=10_000_000,
        help="Rows that are read, decided and written at a time; fewer take less memory.",
        show_default="100000",
        rich_help_panel=_MACHINE,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        metavar="N",
        min=1,
        max=1024,
        help="Threads to decide with; without --server.",
        show_default="the cores of this machine",
        rich_help_panel=_MACHINE,
    ),
]
MemoryLimit = Annotated[
    str,
    typer.Option(
        "--memory-limit",
        metavar="SIZE",
        parser=_size,
        help="Memory to decide in, such as 512MB or 4GB; without --server.",
        rich_help_panel=_MACHINE,
    ),
]
SpillFolder = Annotated[
    Path | None,
    typer.Option(
        "--spill-folder",
        metavar="DIR",
        help="Where that goes which does not fit in memory; without --server.",
        show_default="beside OUT",
        rich_help_panel=_MACHINE,
    ),
]
Patience = Annotated[
    float,
    typer.Option(
        "--patience",
        metavar="SECONDS",
        min=0,
        help="How long to wait for a server that is gone, or does not answer.",
    ),
]
Recorded = Annotated[
    bool,
    typer.Option(
        "--record", help="Have the server record every decision before it answers; with --server.", rich_help_panel=_LOG
    ),
]
SubjectColumn = Annotated[
    str,
    typer.Option(
        "--subject",
        metavar="COLUMN",
        help="The id column with your system's id of the student, by which decisions are found or erased.",
        show_default=False,
        rich_help_panel=_LOG,
    ),
]
SchoolColumn = Annotated[
    str,
    typer.Option(
        "--school",
        metavar="COLUMN",
        help="The id column with your id of the school.",
        show_default=False,
        rich_help_panel=_LOG,
    ),
]
CaseIdColumn = Annotated[
    str,
    typer.Option(
        "--case-id",
        metavar="COLUMN",
        help="The id column with your id of the case.",
        show_default=False,
        rich_help_panel=_LOG,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show neither progress nor summary.")]
