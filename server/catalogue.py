"""What is served: the rulesets of a folder as they were last read, swapped as a whole when the folder has changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from typing import Any, Final, Literal

import structlog
from prometheus_client import Counter
from watchfiles import watch

from engine.errors import RollbookError
from engine.inference import Inference
from engine.library import Library, LoadedRuleset
from engine.rulesets.problems import Problem
from rollbook.v1 import decision_pb2
from server.errors import RefusalError
from server.metrics import Metrics
from server.replies import DecisionWriter
from server.store.entries import Document

__all__ = ["Catalogue", "Served", "Snapshot"]

_MOST_SETTLE_MILLISECONDS: Final = 60_000
"""An edit that never ends is taken up after this, settled or not."""

_log = structlog.stdlib.get_logger("server")


@dataclass(frozen=True, slots=True)
class Served:
    """A ruleset that is served.

    Attributes:
        loaded: as it was read.
        writer: writes its decisions.
        first, last: the days on which it is in force, both included.
        counts: decisions made, by outcome.
        documents: it, and those that it builds on, as the decision log stores them.
    """

    loaded: LoadedRuleset
    writer: DecisionWriter
    first: date
    last: date
    counts: Mapping[str, Counter]
    documents: tuple[Document, ...]

    def in_force(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is served at one moment; a call looks at one snapshot from beginning to end.

    Attributes:
        library: as it was read.
        served: the rulesets that decide, by id.
        number: how often something else has been served before; 0 until the first reading.
    """

    library: Library
    served: Mapping[str, Served]
    number: int

    def get(self, id_: str) -> Served:
        """The ruleset of that id.

        Raises:
            RefusalError: UNKNOWN_RULESET or RULESET_INVALID.
        """
        if (found := self.served.get(id_)) is not None:
            return found
        try:
            self.library.get(id_)
        except RollbookError as error:
            raise RefusalError(error.reason.value, error.message, metadata={"ruleset": f"rulesets/{id_}"}) from None
        raise AssertionError(id_)  # what the library can decide by is served

    def in_force(self, id_: str, day: date) -> Served:
        """The ruleset of that id, in force on `day`.

        Raises:
            RefusalError: UNKNOWN_RULESET, RULESET_INVALID or NOT_IN_FORCE.
        """
        found = self.get(id_)
        if not found.in_force(day):
            metadata = {"ruleset": f"rulesets/{id_}", "date": day.isoformat()}
            message = "The ruleset has no version in force on that date."
            raise RefusalError("NOT_IN_FORCE", message, metadata=metadata)
        return found


class Catalogue:
    """Reads the folder of rulesets, at first and whenever it has changed.

    Attributes:
        folder: the folder.
        readings: how often the folder has been read, refused readings too.

    Args:
        folder: the folder.
        metrics: what readings and rulesets are counted in.
        settle_seconds: how long the folder must be quiet before it is read again.
        rehearse: tries a reading in a child process before this process does it, and raises when it must not.
        after_reading: called whenever the folder has been read.
        only: the ids of the rulesets to read; all when None.
    """

    def __init__(
        self,
        folder: Path,
        metrics: Metrics,
        *,
        settle_seconds: float,
        rehearse: Callable[[], None] | None = None,
        after_reading: Callable[[], None] | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self.folder = folder
        self._only = only
        self._metrics = metrics
        self._settle_milliseconds = max(int(settle_seconds * 1000), 1)
        self._rehearse = rehearse
        self._after_reading = after_reading
        self._inference = Inference()
        self._snapshot: Snapshot | None = None
        self._reading = Lock()
        self._changed = Condition()
        self.readings = 0
        self._stop = Event()
        self._watcher: Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether the rulesets have been read."""
        return self._snapshot is not None

    def snapshot(self) -> Snapshot:
        """What is served now.

        Raises:
            RefusalError: NOT_READY before the first reading.
        """
        if (snapshot := self._snapshot) is None:
            raise RefusalError("NOT_READY", "The server is starting; its rulesets are not read yet.")
        return snapshot

    def read(self) -> Snapshot:
        """Reads the folder and serves what it holds; a ruleset whose file is broken goes on as it was before."""
        with self._reading:
            before = self._snapshot
            previous = None if before is None else before.library
            library = Library.load(self.folder, self._inference, previous=previous, only=self._only)
            snapshot = self._made(library, before)
            self._snapshot = snapshot
            self._tell(snapshot, before)
            self._count(snapshot)
        if self._after_reading is not None:
            self._after_reading()
        self._read_once_more()
        return snapshot

    def read_again(self) -> None:
        """Reads the folder after a change; where the rehearsal fails, everything stays as it is."""
        try:
            if self._rehearse is not None:
                self._rehearse()
            before = self._snapshot
            after = self.read()
            same = before is not None and _all_versions(before) == _all_versions(after)
            self._metrics.reloads.labels("unchanged" if same else "swapped").inc()
        except Exception as error:  # noqa: BLE001 - the server goes on with what it serves
            self._metrics.reloads.labels("refused").inc()
            message = error.message if isinstance(error, RollbookError | RefusalError) else ""
            _log.error("rulesets_refused", message=message, exc_info=error)
            self._read_once_more()

    def start_watching(self) -> None:
        """Reads the folder again whenever it has changed and settled, in a thread of its own."""
        self._watcher = Thread(target=self._watch, name="rulesets", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stops watching, and the thread that durable-rules runs in."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join()
        self._inference.close()

    def wait_for_reading(self, number: int, timeout: float) -> bool:
        """Waits until the folder has been read `number` times in all, refused readings too; False when in vain."""
        with self._changed:
            return self._changed.wait_for(lambda: self.readings >= number, timeout)

    def _watch(self) -> None:
        changes = watch(
            self.folder,
            stop_event=self._stop,
            step=self._settle_milliseconds,
            debounce=max(_MOST_SETTLE_MILLISECONDS, self._settle_milliseconds),
            rust_timeout=500,
            yield_on_timeout=False,
            raise_interrupt=False,
        )
        for _ in changes:
            self.read_again()

    def _read_once_more(self) -> None:
        with self._changed:
            self.readings += 1
            self._changed.notify_all()

    def _made(self, library: Library, before: Snapshot | None) -> Snapshot:
        served = {}
        for id_, loaded in library.rulesets.items():
            kept = before.served.get(id_) if before is not None else None
            served[id_] = kept if kept is not None and kept.loaded is loaded else self._served(id_, loaded)
        return Snapshot(library, served, 0 if before is None else before.number + 1)

    def _served(self, id_: str, loaded: LoadedRuleset) -> Served:
        effective = loaded.checked.document.effective
        first = effective.from_ if effective is not None else date.min
        last = effective.until if effective is not None and effective.until is not None else date.max
        outcomes = (*loaded.checked.outcomes, "indeterminate")
        counts = {outcome: self._metrics.decisions.labels(id_, outcome) for outcome in outcomes}
        writer = DecisionWriter(loaded.checked, decision_pb2.RULESET_SOURCE_FOLDER)
        return Served(loaded, writer, first, last, counts, _documents(id_, loaded))

    def _tell(self, snapshot: Snapshot, before: Snapshot | None) -> None:
        """Logs what is served now that was not, and every problem that is new."""
        library, known = snapshot.library, Library({}, {}) if before is None else before.library
        versions = _versions(snapshot)
        _tell_changes("ruleset", {} if before is None else _versions(before), versions)
        _tell_changes("calendar", known.calendars.versions, library.calendars.versions)
        _tell_problems("ruleset", known.broken, library.broken, versions)
        _tell_problems("calendar", known.calendars.broken, library.calendars.broken, library.calendars.versions)

    def _count(self, snapshot: Snapshot) -> None:
        broken, serving = snapshot.library.broken.keys(), snapshot.served.keys()
        self._metrics.rulesets.labels("serving").set(len(serving - broken))
        self._metrics.rulesets.labels("stale").set(len(serving & broken))
        self._metrics.rulesets.labels("invalid").set(len(broken - serving))


def _documents(id_: str, loaded: LoadedRuleset) -> tuple[Document, ...]:
    others = loaded.checked.built_on.items()
    return (
        Document("ruleset", id_, loaded.checked.version, loaded.text),
        *(Document("ruleset", other, version, loaded.built_on[other]) for other, version in others),
    )


def _versions(snapshot: Snapshot) -> dict[str, str]:
    return {id_: served.loaded.checked.version for id_, served in snapshot.served.items()}


def _all_versions(snapshot: Snapshot) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return _versions(snapshot), snapshot.library.calendars.versions


def _tell_changes(what: Literal["ruleset", "calendar"], before: Mapping[str, str], after: Mapping[str, str]) -> None:
    for id_ in sorted(before.keys() | after.keys()):
        if before.get(id_) != after.get(id_):
            _log.info(what, **{what: id_}, version=after.get(id_), version_before=before.get(id_))


def _tell_problems(
    what: Literal["ruleset", "calendar"],
    before: Mapping[str, tuple[Problem, ...]],
    after: Mapping[str, tuple[Problem, ...]],
    served: Container[str],
) -> None:
    for id_, problems in after.items():
        if before.get(id_) == problems:
            continue
        texts = [str(problem) for problem in problems if problem.severity == "error"]
        about: dict[str, Any] = {what: id_, "still_served": id_ in served}
        _log.error(f"{what}_refused", **about, problems=texts[:20], problem_count=len(texts))
