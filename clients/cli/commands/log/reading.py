"""`rollbook log get`, `list`, `runs`, `replay` and `export`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clients.cli.connection import connect
from clients.cli.console import json_line, note, screen, write_json
from clients.cli.failures import Exit
from clients.cli.options import Form, Output

if TYPE_CHECKING:
    from rollbook import Client, Wanted

__all__ = ["export", "get", "list_", "replay", "runs"]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no time; write it as 2026-10-01 or 2026-10-01T08:30:00-07:00."
        raise typer.BadParameter(message) from None
    return moment if moment.tzinfo is not None else moment.astimezone()


AskedServer = Annotated[
    str, typer.Option("--server", metavar="HOST:PORT", help="The server whose log it is.", show_default=False)
]
Subject = Annotated[str, typer.Option("--subject", metavar="ID", help="About this subject.", show_default=False)]
Ruleset = Annotated[
    str, typer.Option("--ruleset", metavar="RULESET", help="Of this ruleset, such as lausd/grade-marking.")
]
Outcome = Annotated[
    str, typer.Option("--outcome", metavar="OUTCOME", help="With this outcome, or `indeterminate`.", show_default=False)
]
Caller = Annotated[str, typer.Option("--caller", metavar="NAME", help="Asked for by this caller.", show_default=False)]
From = Annotated[
    datetime | None,
    typer.Option("--from", metavar="TIME", parser=_moment, help="Made then or later.", show_default=False),
]
Before = Annotated[
    datetime | None,
    typer.Option("--before", metavar="TIME", parser=_moment, help="Made before then.", show_default=False),
]
Run = Annotated[str, typer.Option("--run", metavar="RUN", help="Made in this recorded roster.", show_default=False)]
Ids = Annotated[list[str], typer.Argument(metavar="DECISION…", help="The ids of the decisions.", show_default=False)]


@contextmanager
def _asked(server: str) -> Iterator[Client]:
    with connect(server, 60.0) as client:
        yield client


def _wanted(**wanted: Any) -> Wanted:
    from rollbook import Wanted

    return Wanted(**wanted)


def get(ids: Ids, server: AskedServer, output: Output = Form.TEXT) -> None:
    """Show decisions with all that they were made from: facts, versions, caller, time."""
    with _asked(server) as client:
        found = [client.get_decision(id_) for id_ in ids]
    if output is Form.JSON:
        write_json({"decisions": found})
        return
    from clients.cli.pages.log import show_logged

    page = screen()
    for number, logged in enumerate(found):
        if number:
            page.print()
        show_logged(page, logged)


def list_(
    server: AskedServer,
    subject: Subject = "",
    ruleset: Ruleset = "",
    outcome: Outcome = "",
    caller: Caller = "",
    since: From = None,
    before: Before = None,
    run: Run = "",
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="At most so many.")] = 50,
    output: Output = Form.TEXT,
) -> None:
    """List decisions, the newest first."""
    wanted = _wanted(
        subject=subject,
        ruleset=ruleset,
        outcome=outcome,
        caller=caller,
        decided_from=since,
        decided_before=before,
        roster_run=run,
    )
    with _asked(server) as client:
        found = list(islice(client.list_decisions(wanted, page_size=min(most, 500)), most))
    if output is Form.JSON:
        write_json({"decisions": found})
        return
    from clients.cli.pages.log import show_list

    show_list(screen(), found)


def runs(
    server: AskedServer,
    ruleset: Ruleset = "",
    caller: Caller = "",
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="At most so many.")] = 50,
    output: Output = Form.TEXT,
) -> None:
    """List recorded rosters, the newest first. `rollbook log list --run RUN` lists the decisions of one."""
    with _asked(server) as client:
        wanted = client.list_roster_runs(ruleset=ruleset, caller=caller, page_size=min(most, 500))
        found = list(islice(wanted, most))
    if output is Form.JSON:
        write_json({"runs": found})
        return
    from clients.cli.pages.log import show_runs

    show_runs(screen(), found)


def replay(ids: Ids, server: AskedServer, output: Output = Form.TEXT) -> None:
    """Make decisions again by the facts and versions that were recorded, and say what differs; 1 where any does.

    An id of `-` reads ids from standard input, one a line.
    """
    wanted = [line.strip() for id_ in ids for line in (sys.stdin if id_ == "-" else [id_]) if line.strip()]
    with _asked(server) as client:
        found = {id_: client.replay_decision(id_) for id_ in wanted}
    if output is Form.JSON:
        write_json({"replays": [{"decision_id": id_, **_plain(one)} for id_, one in found.items()]})
    else:
        from clients.cli.pages.log import show_replays

        show_replays(screen(), found)
    if not all(one.same for one in found.values()):
        raise typer.Exit(Exit.FAILED)


def _plain(replay: Any) -> dict[str, Any]:
    return {"same": replay.same, "differences": replay.differences}


def export(
    server: AskedServer,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this file, which must not exist.", show_default=False),
    ] = None,
    subject: Subject = "",
    ruleset: Ruleset = "",
    outcome: Outcome = "",
    caller: Caller = "",
    since: From = None,
    before: Before = None,
    run: Run = "",
    after: Annotated[
        str, typer.Option("--after", metavar="DECISION", help="Go on after this decision.", show_default=False)
    ] = "",
) -> None:
    """Write decisions with their facts, one JSON object a line, the oldest first."""
    wanted = _wanted(
        subject=subject,
        ruleset=ruleset,
        outcome=outcome,
        caller=caller,
        decided_from=since,
        decided_before=before,
        roster_run=run,
    )
    count = 0
    with _asked(server) as client:
        file = sys.stdout if out is None else out.open("x", encoding="utf-8")
        try:
            for logged in client.export_decisions(wanted, after=after):
                file.write(json_line(logged) + "\n")
                count += 1
        finally:
            if out is not None:
                file.close()
    note(f"{count} {'decision' if count == 1 else 'decisions'} exported.")
