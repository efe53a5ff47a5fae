"""Who compares two versions over a roster, from the options of a command: this process, or a server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clients.cli.connection import connect
from clients.cli.console import note
from clients.cli.served_versions import Served, served_versions
from clients.cli.versions import Version, out_of_force, read_versions
from clients.rosters.comparing import ComparedSide, ComparisonWatcher, compare_roster
from clients.rosters.reading import Cases
from clients.rosters.remote_comparing import compare_by_server
from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rosters.changes import ComparisonResult
from rollbook import NotFoundError

__all__ = ["Comparing", "by_server", "in_process"]


@dataclass(frozen=True, slots=True)
class Comparing:
    """What is compared, and what is asked; the words are those of `rollbook compare`."""

    before: str
    after: str
    as_of: date
    rules_as_of: date | None
    after_rules_as_of: date | None
    absent_is_none: bool
    calendar: str
    ids: Sequence[str]
    batch_rows: int
    examples: int

    @property
    def days(self) -> tuple[date, date]:
        """The dates whose rules are used, before and after."""
        usual = self.rules_as_of or self.as_of
        return usual, self.after_rules_as_of or usual


def in_process(
    asked: Comparing,
    cases: Cases,
    watcher: ComparisonWatcher,
    *,
    rulesets: Path | None,
    threads: int | None,
    memory_limit: str,
    spill_folder: Path | None,
) -> ComparisonResult:
    """The comparison, by versions in folders of this machine; says where one is not in force."""
    versions = read_versions(asked.before, asked.after, rulesets, asked.calendar)
    with tempfile.TemporaryDirectory(prefix="rollbook-", dir=spill_folder) as spill:
        settings = RosterSettings(memory_limit, threads or len(os.sched_getaffinity(0)), spill)
        before, after = (
            _side(version, Question(asked.as_of, day, asked.absent_is_none, version.calendar), settings)
            for version, day in zip(versions, asked.days, strict=True)
        )
        return compare_roster(
            cases, before, after, watcher, ids=asked.ids, batch_rows=asked.batch_rows, examples=asked.examples
        )


def by_server(server: str, asked: Comparing, cases: Cases, watcher: ComparisonWatcher) -> ComparisonResult:
    """The comparison, by the server at `server`; drafts are sent to it.

    Raises:
        RollbookError (of the SDK): when the server refuses something, or is gone.
        RulesetError: when a draft has errors.
    """
    versions = served_versions(asked.before, asked.after)
    with connect(server) as client:
        days = (None, asked.after_rules_as_of)
        before, after = (
            version.asked(client, other_day, day)
            for version, other_day, day in zip(versions, days, asked.days, strict=True)
        )
        try:
            return compare_by_server(
                cases,
                client,
                before,
                after,
                watcher,
                as_of=asked.as_of,
                batch_rows=asked.batch_rows,
                id_columns=asked.ids,
                max_examples=asked.examples,
                rules_as_of=asked.rules_as_of,
                absent_is_none=asked.absent_is_none,
                calendar=asked.calendar,
            )
        except NotFoundError as error:
            for version in versions:
                if isinstance(version, Served) and Path(version.name).exists():
                    error.add_note(f"{version.name} was taken for an id; ./{version.name} is the path.")
            raise


def _side(version: Version, question: Question, settings: RosterSettings) -> ComparedSide:
    """One version, ready to be asked; says where it is not in force on the date whose rules are asked for."""
    effective = version.checked.document.effective
    day = question.rules_as_of or question.as_of
    if effective is not None and (told := out_of_force(version.path, effective.from_, effective.until, day)):
        note(told)
    return ComparedSide(RosterEngine.build(version.engine, settings), question)
