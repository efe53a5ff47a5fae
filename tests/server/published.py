"""Servers that decide by the published versions of a database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from server.store import Database
from tests.server.running import MARKS, Running, wait_until
from tests.server.store.publishing import publish, retire

__all__ = ["FEW", "ID", "REPORT", "Publisher", "calendar", "marks"]

ID = "demo/marks"
FEW = {"enrollment": {"instructional_days": 10}, "student": {"foster_youth": False}}


def marks(days: int, id_: str = ID, more: str = "") -> str:
    """A ruleset that withholds marks below so many days."""
    return MARKS.replace("2018-08-03: 15", f"2018-08-03: {days}").replace("demo/marks", id_) + more


def calendar(*days: str) -> str:
    """The calendar `oak`, with these school days of September 2018."""
    held = ", ".join(f"2018-09-{day}: instructional-day" for day in days)
    return f"calendar: oak\ntitle: Oak\ncoverage: {{from: 2018-09-01, through: 2018-09-30}}\ndays: {{{held}}}\n"


REPORT = marks(15, "demo/report").replace(
    "when: enrollment.instructional_days < minimum_days", "given: ['demo/marks#too-few-days']"
)
"""A ruleset that builds on the one above."""


class Publisher:
    """A database in which versions are published, and servers that decide by it."""

    def __init__(self, url: str, nowhere: Path) -> None:
        self.url = url
        self._nowhere = nowhere
        self._database = Database(url)
        self._running: list[Running] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for server in self._running:
            server.__exit__(None, None, None)
        self._database.close()

    def serve(self, **settings: Any) -> Running:
        """Another server on the database; the folder that it is told does not exist."""
        server = Running(self._nowhere, rulesets_source="database", database_url=self.url, **settings)
        self._running.append(server)
        return server.__enter__()

    def reconnect(self) -> None:
        """Drops its connections, which a restart of the database has broken."""
        self._database.close()

    def ruleset(self, text: str, first: date | None = None, last: date | None = None, **more: Any) -> str:
        """Publishes a ruleset, and waits until every server serves it."""
        return self._published("ruleset", more.pop("id_", ID), text, first, last, **more)

    def calendar(self, text: str, first: date | None = None, last: date | None = None) -> str:
        """Publishes the calendar `oak`, and waits likewise."""
        return self._published("calendar", "oak", text, first, last)

    def retire(self, version: str, id_: str = ID) -> None:
        """Retires a version of a ruleset, and waits likewise."""
        readings = self._readings()
        retire(self._database, "ruleset", id_, version)
        self._taken_up(readings)

    def _published(self, kind: Any, name: str, text: str, first: date | None, last: date | None, **more: Any) -> str:
        readings = self._readings()
        version = publish(self._database, kind, name, text, first=first, last=last, **more)
        self._taken_up(readings)
        return version

    def _readings(self) -> list[int]:
        return [server.server.catalogue.readings for server in self._running]

    def _taken_up(self, before: list[int]) -> None:
        for server, readings in zip(self._running, before, strict=True):
            catalogue = server.server.catalogue
            wait_until(lambda catalogue=catalogue, readings=readings: catalogue.readings > readings)  # type: ignore[misc]  # bound defaults
