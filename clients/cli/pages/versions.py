"""Versions on a terminal: the list of them, one with its history, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from difflib import unified_diff
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from clients.cli.lifecycle.choosing import shown_name
from clients.cli.pages.words import counted, short

if TYPE_CHECKING:
    from rich.console import Console

    from clients.cli.lifecycle.importing import Imported
    from rollbook import Version

__all__ = ["days_text", "show_difference", "show_imported", "show_version", "show_versions"]

_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def show_versions(page: Console, versions: Sequence[Version]) -> None:
    """Prints a line for each version."""
    if not versions:
        page.print("There are no such versions.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("NAME", "VERSION", "STATE", "IN FORCE", "LAST STEP"):
        table.add_column(column, overflow="fold", no_wrap=column in ("NAME", "VERSION", "STATE"))
    for version in versions:
        last = version.events[-1] if version.events else None
        step = "" if last is None else f"{last.at.astimezone(UTC):%Y-%m-%d} {last.caller}"
        table.add_row(short(version.parent), version.version[:8], version.state, days_text(version), step)
    page.print(table)


def show_version(page: Console, version: Version, *, superseded_by: Version | None = None) -> None:
    """Prints a version's state, its days and what was done with it."""
    page.print(Text.assemble((short(version.parent), "bold"), f"  {version.title}"))
    page.print(f"version  {version.version}", soft_wrap=True)
    page.print(f"state    {version.state}")
    if days := days_text(version):
        page.print(f"in force {days}  (publication {version.publication})")
    if superseded_by is not None:
        page.print(f"today    {shown_name(superseded_by.name)} decides, a later publication")
    page.print()
    for event in version.events:
        comment = f": {event.comment}" if event.comment else ""
        page.print(f"{_time(event.at)}  {event.action} by {event.caller}{comment}", soft_wrap=True)


def show_difference(page: Console, before: Version, after: Version) -> None:
    """Prints what differs between the texts of two versions, line by line."""
    pairs = (
        ("ruleset.yaml", before.source_yaml, after.source_yaml),
        ("scenarios.yaml", before.scenarios_yaml, after.scenarios_yaml),
    )
    lines = [
        line
        for name, one, other in pairs
        for line in unified_diff(
            one.splitlines(),
            other.splitlines(),
            f"{shown_name(before.name)}/{name}",
            f"{shown_name(after.name)}/{name}",
            lineterm="",
        )
    ]
    if not lines:
        page.print("Their texts are the same.")
    for line in lines:
        page.print(Text(line, style=_STYLES.get(line[:1], "")), soft_wrap=True)


def show_imported(page: Console, found: Iterable[Imported]) -> int:
    """Prints what became of each document as it is known, and how many were refused."""
    counts = dict.fromkeys(("new", "changed", "known", "refused"), 0)
    for one in found:
        counts[one.became] += 1
        if one.version is None:
            page.print(f"refused  {short(one.name)}", soft_wrap=True)
            for line in () if one.failure is None else (one.failure.message, *one.failure.places):
                page.print(f"         {line}", soft_wrap=True)
            continue
        note = f"; {one.note}" if one.note else ""
        page.print(f"{one.became:<8} {shown_name(one.version.name)}  {one.version.state}{note}", soft_wrap=True)
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    page.print(f"{counted(sum(counts.values()), 'document')}: {told}.")
    return counts["refused"]


def days_text(version: Version) -> str:
    """`from 2018-08-03 through 2026-07-31`; empty for a version that was never published."""
    if not version.publication:
        return ""
    first = f"from {version.in_force_from}" if version.in_force_from is not None else ""
    last = f"through {version.in_force_until}" if version.in_force_until is not None else ""
    return " ".join(filter(None, (first, last))) or "always"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
