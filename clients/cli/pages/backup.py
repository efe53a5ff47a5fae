"""Backups: how far one is, and what is in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clients.cli.console import screen
from clients.cli.pages.words import counted

if TYPE_CHECKING:
    from server.backups import Manifest, Progress

__all__ = ["show_manifest", "shown_progress"]


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """What is told how far it is; on a terminal a bar shows it, elsewhere nothing does."""
    if not sys.stderr.isatty():
        yield lambda _stage, _share: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen(errors=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, share: bar.update(task, description=stage, completed=share)


def show_manifest(manifest: Manifest) -> None:
    """Prints what is in a backup, and of when."""
    from server.ids import milliseconds_of

    page = screen()
    made_at = manifest.made_at.astimezone(UTC).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    page.print(f"A backup of {made_at}, by Rollbook {manifest.release}, of {manifest.database}.", soft_wrap=True)
    single, rosters = manifest.counts.get("decisions", 0), manifest.counts.get("roster_decisions", 0)
    page.print(f"  {counted(single, 'decision')}, {counted(rosters, 'decision')} of recorded rosters", soft_wrap=True)
    if manifest.newest_decision:
        newest = datetime.fromtimestamp(milliseconds_of(manifest.newest_decision) / 1000, UTC)
        page.print(f"  the newest of {newest:%Y-%m-%d %H:%M:%S} UTC")
    page.print(f"  schema {manifest.schema_revision}")
