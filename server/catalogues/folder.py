"""The rulesets of a folder: any edit is live as soon as it has settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import structlog
from watchfiles import watch

from engine.documents import FolderDocuments
from engine.errors import RollbookError
from engine.library import Library, LoadedRuleset
from rollbook.v1.decision_pb2 import RULESET_SOURCE_FOLDER
from server.catalogue import Catalogue
from server.catalogues.served import Edition, Served, Snapshot, counts_of, stored_documents
from server.catalogues.telling import count, tell_changes, tell_problems
from server.errors import RefusalError
from server.metrics import Metrics
from server.replies import DecisionWriter

__all__ = ["FolderCatalogue"]

_MOST_SETTLE_MILLISECONDS: Final = 60_000
"""An edit that never ends is taken up after this, settled or not."""

_log = structlog.stdlib.get_logger("server")


class FolderCatalogue(Catalogue):
    """Reads the folder of rulesets, at first and whenever it has changed.

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
        super().__init__(metrics, after_reading)
        self._documents = FolderDocuments(folder)
        self._only = only
        self._settle_milliseconds = max(int(settle_seconds * 1000), 1)
        self._rehearse = rehearse

    def read(self) -> None:
        """Reads the folder and serves what it holds; a ruleset whose file is broken goes on as it was before."""
        with self._reading:
            before = self._snapshot
            previous = None if before is None else before.library
            library = Library.load(self._documents, self._inference, previous=previous, only=self._only)
            self._snapshot = snapshot = self._made(library, before)
            _tell(snapshot, before)
            count(snapshot, self._metrics, stale_serves=True)
        if self._after_reading is not None:
            self._after_reading()
        self._read_once_more()

    def read_again(self) -> None:
        """Reads the folder after a change; where the rehearsal fails, everything stays as it is."""
        try:
            if self._rehearse is not None:
                self._rehearse()
            before = self._snapshot
            self.read()
            same = before is not None and _all_versions(before) == _all_versions(self.snapshot())
            self._metrics.reloads.labels("unchanged" if same else "swapped").inc()
        except Exception as error:  # noqa: BLE001 - the server goes on with what it serves
            self._metrics.reloads.labels("refused").inc()
            message = error.message if isinstance(error, RollbookError | RefusalError) else ""
            _log.error("rulesets_refused", message=message, exc_info=error)
            self._read_once_more()

    def _watch(self) -> None:
        changes = watch(
            self._documents.folder,
            stop_event=self._stop,
            step=self._settle_milliseconds,
            debounce=max(_MOST_SETTLE_MILLISECONDS, self._settle_milliseconds),
            rust_timeout=500,
            yield_on_timeout=False,
            raise_interrupt=False,
        )
        for _ in changes:
            self.read_again()

    def _made(self, library: Library, before: Snapshot | None) -> Snapshot:
        known = {} if before is None else before.editions[0].served
        served = {}
        for id_, loaded in library.rulesets.items():
            kept = known.get(id_)
            served[id_] = kept if kept is not None and kept.loaded is loaded else self._served(id_, loaded)
        edition = Edition(date.min, date.max, library, served, self._documents)
        return Snapshot((edition,), 0 if before is None else before.number + 1, RULESET_SOURCE_FOLDER, frozenset())

    def _served(self, id_: str, loaded: LoadedRuleset) -> Served:
        effective = loaded.checked.document.effective
        return Served(
            loaded=loaded,
            source=RULESET_SOURCE_FOLDER,
            first=effective.from_ if effective is not None else date.min,
            last=effective.until if effective is not None and effective.until is not None else date.max,
            counts=counts_of(self._metrics, id_, loaded.checked),
            documents=stored_documents(id_, loaded),
            writer=DecisionWriter(loaded.checked, RULESET_SOURCE_FOLDER),
        )


def _tell(snapshot: Snapshot, before: Snapshot | None) -> None:
    library, known = snapshot.library, Library({}, {}) if before is None else before.library
    versions = _versions(snapshot)
    tell_changes("ruleset", {} if before is None else _versions(before), versions)
    tell_changes("calendar", known.calendars.versions, library.calendars.versions)
    tell_problems("ruleset", known.broken, library.broken, versions)
    tell_problems("calendar", known.calendars.broken, library.calendars.broken, library.calendars.versions)


def _versions(snapshot: Snapshot) -> dict[str, str]:
    return {id_: served.loaded.checked.version for id_, served in snapshot.served.items()}


def _all_versions(snapshot: Snapshot) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return _versions(snapshot), snapshot.library.calendars.versions
