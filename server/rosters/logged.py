"""Decisions of recorded rosters, read from their segments as single decisions stand in the log."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

import structlog

from engine.rosters import Question
from engine.rosters.columns import facts_of
from engine.rosters.reading_back import decisions_of
from engine.rulesets.checked import CheckedRuleset
from server.canonical_facts import canonical_facts
from server.errors import RefusalError
from server.ids import milliseconds_of
from server.replies import DecisionWriter
from server.rosters.run_messages import SOURCES
from server.rosters.segments import Groups, Segment, SegmentError, read_file
from server.store import LoggedRow, Placed, Run

__all__ = ["LoggedRosters"]

_MOST_GROUPS: Final = 8
_MOST_RULESETS: Final = 16

_log = structlog.stdlib.get_logger("server")
_K = TypeVar("_K")
_V = TypeVar("_V")


class LoggedRosters:
    """Reads segments. Safe to be used by many threads.

    Args:
        folder: where segments are; None where it is not known.
        ruleset: gives the ruleset of a run in the version that decided.
        now: gives where a decision stands now, or None where it was deleted.
    """

    def __init__(
        self,
        folder: Path | None,
        ruleset: Callable[[Run], CheckedRuleset],
        now: Callable[[Placed], Placed | None],
    ) -> None:
        self._folder = folder
        self._ruleset = ruleset
        self._now = now
        self._rulesets: OrderedDict[tuple[str, ...], CheckedRuleset] = OrderedDict()
        self._groups: OrderedDict[tuple[str, int], Segment] = OrderedDict()
        self._files: OrderedDict[str, Groups] = OrderedDict()
        self._lock = Lock()

    def rows(self, found: Iterable[LoggedRow | Placed]) -> list[LoggedRow]:
        """The decisions, in their order; one that was deleted meanwhile is left out.

        Raises:
            RefusalError: LOG_UNAVAILABLE when a segment cannot be read.
            SegmentError: when one has changed since it was written.
        """
        found = list(found)
        parts: dict[str, list[Placed]] = {}
        for one in found:
            if isinstance(one, Placed):
                parts.setdefault(one.file, []).append(one)
        read = {row.id: row for part in parts.values() for row in self._part(part)}
        rows = (one if isinstance(one, LoggedRow) else read.get(one.id) for one in found)
        return [row for row in rows if row is not None]

    def _part(self, part: Sequence[Placed]) -> list[LoggedRow]:
        """Decisions that stand in one file."""
        try:
            groups = self._file(part[0])
        except FileNotFoundError:
            return self._moved(part)
        except OSError as error:
            raise _unreadable(part[0], error) from None
        except SegmentError:
            _log.error("segment_changed", file=part[0].file)
            raise
        by_group: dict[int, list[str]] = {}
        for one in part:
            if (number := groups.of(one.id)) is not None:
                by_group.setdefault(number, []).append(one.id)
        rows: list[LoggedRow] = []
        for number, ids in by_group.items():
            segment = self._group(part[0], groups, number)
            there = segment.decision_ids.to_pylist()
            places = [bisect_left(there, id_) for id_ in ids]
            kept = [place for place, id_ in zip(places, ids, strict=True) if there[place] == id_]
            rows += self._logged(segment.at(kept), part[0].run)
        return rows

    def _moved(self, part: Sequence[Placed]) -> list[LoggedRow]:
        """Decisions whose file is not there: it was written again without others, which were deleted."""
        now = [again for one in part if (again := self._now(one)) is not None]
        if any(again.file == part[0].file for again in now):
            raise _unreadable(part[0], FileNotFoundError())
        return self.rows(now)

    def _file(self, placed: Placed) -> Groups:
        if self._folder is None:
            message = "This server has no folder for recorded rosters. Set `roster_log_folder`."
            raise RefusalError("LOG_UNAVAILABLE", message)
        kept = _remembered(self._files, placed.sha256, self._lock)
        if kept is not None:
            return kept
        groups = Groups(read_file(self._folder / placed.file, placed.sha256))
        return _remember(self._files, placed.sha256, groups, 2, self._lock)

    def _group(self, placed: Placed, groups: Groups, number: int) -> Segment:
        key = placed.sha256, number
        kept = _remembered(self._groups, key, self._lock)
        return kept or _remember(self._groups, key, groups.read(number), _MOST_GROUPS, self._lock)

    def _logged(self, segment: Segment, run: Run) -> list[LoggedRow]:
        if not segment.named.num_rows:
            return []
        ruleset = self._of(run)
        builds_on, calendars = json.loads(run.builds_on), json.loads(run.calendars)
        writer = DecisionWriter(ruleset, SOURCES[run.source], run.engine)
        question = Question(run.as_of, run.rules_as_of, run.absent_is_none)
        made = decisions_of(segment.decisions, ruleset, question, calendars)
        facts = facts_of(segment.cases, ruleset.facts)
        return [
            LoggedRow(
                id=named["decision_id"],
                tenant=run.tenant,
                caller=run.caller,
                request_id=run.run_id or "",
                subject=named["subject"],
                school=named["school"],
                ruleset=run.ruleset,
                version=run.version,
                builds_on=builds_on,
                calendars=calendars,
                engine=run.engine,
                as_of=run.as_of,
                rules_as_of=run.rules_as_of,
                absent_is_none=run.absent_is_none,
                facts=canonical_facts(_said(of_case)),
                outcome=decision.outcome,
                decision=writer.encoded(decision, named["case_id"], named["decision_id"]),
                decided_at=milliseconds_of(named["decision_id"]),
                roster_run=run.id,
            )
            for named, decision, of_case in zip(segment.named.to_pylist(), made, facts, strict=True)
        ]

    def _of(self, run: Run) -> CheckedRuleset:
        kept = _remembered(self._rulesets, run.versions, self._lock)
        return kept or _remember(self._rulesets, run.versions, self._ruleset(run), _MOST_RULESETS, self._lock)


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts without groups of which nothing is said: columns cannot tell them from groups that were left out."""
    groups = {name: _said(value) for name, value in facts.items() if isinstance(value, Mapping)}
    return {name: groups.get(name, value) for name, value in facts.items() if groups.get(name, True)}


def _remembered(of: OrderedDict[_K, _V], key: _K, lock: Lock) -> _V | None:
    with lock:
        if key in of:
            of.move_to_end(key)
            return of[key]
    return None


def _remember(of: OrderedDict[_K, _V], key: _K, value: _V, most: int, lock: Lock) -> _V:
    with lock:
        of[key] = value
        if len(of) > most:
            of.popitem(last=False)
    return value


def _unreadable(placed: Placed, error: OSError) -> RefusalError:
    _log.error("segment_not_read", file=placed.file, error=type(error).__name__)
    message = "A segment of a recorded roster cannot be read; the server's log names it. Restore it from a backup."
    return RefusalError("LOG_UNAVAILABLE", message)
