"""The published versions of the database: what was published decides on its days, on every server, within seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.documents import Documents
from engine.errors import RulesetError
from engine.loading import LoadedRuleset
from engine.rulesets.problems import Problem
from rollbook.v1.decision_pb2 import RULESET_SOURCE_DATABASE
from server.catalogue import Catalogue
from server.catalogues.days import InForce, spans
from server.catalogues.editions import Editions, Network, documents_of
from server.catalogues.served import Named, Served, Snapshot, counts_of, stored_documents
from server.catalogues.telling import count, problem_texts
from server.config import SettingsError
from server.errors import RefusalError
from server.metrics import Metrics
from server.replies import DecisionWriter
from server.store.database import Database, error_name
from server.store.published import Published, PublishedVersion
from server.store.schema import check_schema

__all__ = ["DatabaseCatalogue"]

POLL_SECONDS: Final = 0.5
"""How often the number of publications is looked at."""

RETRY_SECONDS: Final = 60.0
"""When a version is tried again that could not be made ready."""

_log = structlog.stdlib.get_logger("server")


@dataclass(frozen=True, slots=True)
class PublishedSnapshot(Snapshot):
    """What is served of the published versions.

    Attributes:
        published: all of them.
        catalogue: reads those that decide on no day.
    """

    published: tuple[PublishedVersion, ...]
    catalogue: DatabaseCatalogue

    def named(self, id_: str, version: str, day: date | None = None) -> Named:
        """The version of that name; it may decide on no day, where others supersede it.

        On `day` it builds on what is in force then; without one, on what is on its own latest day.
        """
        found = self._find(id_, version)
        day = self._day_of(found) if day is None else day
        served = self.on(day).served.get(id_)
        if served is not None and served.loaded.checked.version == version:
            return served
        return self.catalogue.unserved(found, self.in_force_on(day))

    def beside(self, id_: str, version: str) -> Documents:
        """A version that there is, with its scenarios, and what is in force with it on its latest day."""
        found = self._find(id_, version)
        return documents_of({**self.in_force_on(self._day_of(found)), ("ruleset", id_): found})

    def in_force_on(self, day: date) -> InForce:
        """The versions that are in force on `day`."""
        return next(span.in_force for span in spans(self.published) if span.first <= day <= span.last)

    def drafts_beside(self, day: date) -> Documents:
        """What is in force on `day`; of names that have nothing then, what comes into force next, else what was last.

        So a draft may build on what will be in force when it is.
        """
        there: dict[tuple[str, str], PublishedVersion] = {}
        all_days = list(spans(self.published))
        for span in (*(span for span in all_days if span.last >= day), *reversed(all_days)):
            there = {**span.in_force, **there}
        return documents_of(there)

    def _find(self, id_: str, version: str) -> PublishedVersion:
        ours = (one for one in self.published if (one.kind, one.name, one.version) == ("ruleset", id_, version))
        if (found := next(ours, None)) is None:
            if id_ not in self.known:
                self._refuse(self.editions[-1], id_)
            self._no_version(id_)
        return found

    def _day_of(self, version: PublishedVersion) -> date:
        """The latest day on which it decides; where it decides on none, its last day."""
        for edition in reversed(self.editions):
            served = edition.served.get(version.name)
            if served is not None and served.loaded.checked.version == version.version:
                return edition.last
        return version.last or date.max


class DatabaseCatalogue(Catalogue):
    """Reads what is published, at first and whenever something was published or retired.

    While the database cannot be reached it goes on with what it has.

    Args:
        database: where versions are; it is closed with the catalogue.
        metrics: what readings and rulesets are counted in.
        rehearse: builds networks in a child process, and raises where that fails.
        after_reading: called whenever they have been read.
        when_ready: called after the first reading, where that came after `read` had failed.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        rehearse: Callable[[Sequence[Network]], None],
        after_reading: Callable[[], None] | None = None,
        when_ready: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(metrics, after_reading)
        self._database = database
        self._published = Published(database)
        self._editions = Editions(self._inference, self._served, rehearse)
        self._when_ready = when_ready
        self._served_now: PublishedSnapshot | None = None
        self._number = -1
        self._reached = True
        self._checked = False
        self._retry_at: float | None = None

    def read(self) -> None:
        """Reads what is published and serves it; where the database cannot be reached, what there was goes on."""
        try:
            self._look()
        except SQLAlchemyError as error:
            self._unreachable(error)

    def stop(self) -> None:
        """Stops looking, and ends the connections."""
        super().stop()
        self._database.close()

    def unserved(self, version: PublishedVersion, in_force: InForce) -> Named:
        """A version that decides on no day.

        Raises:
            RefusalError: RULESET_INVALID.
        """
        try:
            read = self._editions.read(version, in_force)
        except RulesetError as error:
            metadata = {"ruleset": f"rulesets/{version.name}"}
            raise RefusalError(error.reason.value, error.message, metadata=metadata) from None
        return Named(
            loaded=read,
            source=RULESET_SOURCE_DATABASE,
            first=version.first or date.min,
            last=version.last or date.max,
            counts=counts_of(self._metrics, version.name, read.checked),
            documents=stored_documents(version.name, read),
        )

    def _watch(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            was_ready = self.ready
            try:
                self._look()
            except SQLAlchemyError as error:
                self._unreachable(error)
            except SettingsError as error:
                if self._reached:
                    _log.error("published_versions_refused", message=str(error))
                self._reached = False
            except Exception as error:  # noqa: BLE001 - the server goes on with what it serves
                self._metrics.reloads.labels("refused").inc()
                _log.error("rulesets_refused", message="", exc_info=error)
                self._read_once_more()
            if self.ready and not was_ready and self._when_ready is not None:
                self._when_ready()

    def _look(self) -> None:
        """Reads anew where something was published or retired.

        Raises:
            SQLAlchemyError: when the database cannot be reached.
            SettingsError: when it has a schema that this release does not know.
        """
        if not self._checked:
            self._checked = check_schema(self._database) == "good"
        number = self._published.number()
        if not self._reached:
            self._reached = True
            _log.info("published_versions_reachable")
        if number == self._number and not (self._retry_at is not None and monotonic() >= self._retry_at):
            return
        published, known = self._published.published(), self._published.rulesets()
        with self._reading:
            before = self._served_now
            editions, complete = self._editions.of(published)
            self._snapshot = self._served_now = snapshot = PublishedSnapshot(
                editions,
                0 if before is None else before.number + 1,
                RULESET_SOURCE_DATABASE,
                known,
                published,
                self,
            )
            self._number = number
            self._retry_at = None if complete else monotonic() + RETRY_SECONDS
            _tell(snapshot, before)
            count(snapshot, self._metrics, stale_serves=False)
        if before is not None:
            self._metrics.reloads.labels("swapped").inc()
        if self._after_reading is not None:
            self._after_reading()
        self._read_once_more()

    def _unreachable(self, error: SQLAlchemyError) -> None:
        if self._reached:
            self._reached = False
            _log.error("published_versions_unreachable", error=error_name(error), serving=self.ready)

    def _served(self, version: PublishedVersion, loaded: LoadedRuleset) -> Served:
        return Served(
            loaded=loaded,
            source=RULESET_SOURCE_DATABASE,
            first=version.first or date.min,
            last=version.last or date.max,
            counts=counts_of(self._metrics, version.name, loaded.checked),
            documents=stored_documents(version.name, loaded),
            writer=DecisionWriter(loaded.checked, RULESET_SOURCE_DATABASE),
        )


def _tell(snapshot: PublishedSnapshot, before: PublishedSnapshot | None) -> None:
    """Logs which versions are published now that were not, which are no more, and what is newly wrong."""
    known = {} if before is None else {one.publication: one for one in before.published}
    now = {one.publication: one for one in snapshot.published}
    for number in sorted(known.keys() ^ now.keys()):
        one = now.get(number) or known[number]
        first, last = (None if day is None else day.isoformat() for day in (one.first, one.last))
        about = {one.kind: one.name, "version": one.version, "first": first, "last": last}
        _log.info("published" if number in now else "retired", **about)
    wrong = {} if before is None else _broken(before)
    for (kind, name, version), problems in _broken(snapshot).items():
        if wrong.get((kind, name, version)) != problems:
            _log.error(f"{kind}_refused", **{kind: name}, version=version, problems=problem_texts(problems)[:20])


def _broken(snapshot: PublishedSnapshot) -> dict[tuple[str, str, str], tuple[Problem, ...]]:
    """What is wrong with versions that decide on some day, by kind, name and version."""
    found = {}
    for edition, span in zip(snapshot.editions, spans(snapshot.published), strict=True):
        for kind, broken in (("ruleset", edition.library.broken), ("calendar", edition.library.calendars.broken)):
            for name, problems in broken.items():
                found[kind, name, span.in_force[kind, name].version] = problems
    return found
