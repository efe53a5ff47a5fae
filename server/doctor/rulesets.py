"""The rulesets: all of them are made ready, as a server would."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from engine.documents import Documents, FolderDocuments
from engine.errors import RollbookError
from engine.library import Library
from engine.rulesets.problems import Problem
from server.catalogues.days import spans
from server.catalogues.editions import documents_of
from server.config import Settings
from server.doctor.findings import Finding, good, warning, wrong
from server.errors import RefusalError
from server.metrics import Metrics
from server.sandboxes import Sandboxes, SandboxFaultError
from server.store.database import Database
from server.store.published import Published
from server.store.schema import check_schema

__all__ = ["rulesets"]

_SUBJECT: Final = "rulesets"
_CHECK: Final = "`rollbook check` shows every problem with its place."


def rulesets(settings: Settings) -> Iterator[Finding]:
    """Whether every ruleset and calendar can be used: those of the folder, or those in force today of the database."""
    if settings.rulesets_source == "folder":
        folder = settings.rulesets
        if folder.is_dir():
            yield from _looked_at(FolderDocuments(folder), str(folder), settings)
        else:
            yield wrong(_SUBJECT, f"there is no folder {folder}", "Set `rulesets` to the folder of rulesets.")
        return
    assert settings.database_url is not None  # which the settings see to
    with Database(settings.database_url.get_secret_value()) as database:
        if check_schema(database) != "good":
            return  # the look at the database tells it
        published = Published(database).published()
    today = datetime.now(UTC).date()
    in_force = next(span.in_force for span in spans(published) if span.first <= today <= span.last)
    where = f"{len(published)} published versions, in force today"
    if in_force:
        yield from _looked_at(documents_of(in_force), where, settings)
    else:
        remedy = "`rollbook import` makes drafts of files; docs/versions.md says how they are published."
        found = f"of {len(published)} published versions none is in force today: nothing can be decided"
        yield warning(_SUBJECT, found, remedy)


def _looked_at(documents: Documents, where: str, settings: Settings) -> Iterator[Finding]:
    sandboxes = Sandboxes(
        Metrics(),
        seconds=settings.sandbox_seconds,
        megabytes=settings.sandbox_megabytes,
        cores=frozenset(os.sched_getaffinity(0)),
    )
    try:  # in a child process first: what brings that down would bring this one down
        sandboxes.run("rehearse", b"", documents=documents)
    except RefusalError as error:
        yield wrong(_SUBJECT, error.message, "Take the newest edit back.")
        return
    except (RollbookError, SandboxFaultError):
        remedy = "Take the newest edit back, and try rulesets one by one with `rollbook test`."
        yield wrong(_SUBJECT, f"reading {where} brings a process down", remedy)
        return
    yield from _of(Library.load(documents), where)


def _of(library: Library, where: str) -> Iterator[Finding]:
    count = len(library.rulesets)
    if not count and not library.broken:
        yield wrong(_SUBJECT, f"there are none in {where}", "A ruleset is a file <district>/<name>/ruleset.yaml.")
        return
    yield good(_SUBJECT, f"{count} of {where}, can decide; {len(library.calendars.loaded)} calendars can be counted in")
    for name, problems in library.broken.items():
        yield wrong(f"ruleset {name}", _first(problems), _CHECK)
    for name, problems in library.calendars.broken.items():
        yield wrong(f"calendar {name}", _first(problems), _CHECK)
    for id_, loaded in library.rulesets.items():
        if loaded.warnings:
            yield warning(f"ruleset {id_}", _first(loaded.warnings), _CHECK)
    for name, calendar in library.calendars.loaded.items():
        if calendar.warnings:
            yield warning(f"calendar {name}", _first(calendar.warnings), _CHECK)


def _first(problems: Iterable[Problem]) -> str:
    """The first of them, and how many more there are."""
    first, *more = problems
    said = f"line {first.line}: {first.message.removesuffix('.')}"
    return f"{said} (and {len(more)} more)" if more else said
