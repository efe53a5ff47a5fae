"""Reads what is published: the versions of rulesets and calendars that decide, each on its days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import select

from server.store.database import Database
from server.store.version_tables import lifecycles, publications

__all__ = ["Published", "PublishedVersion"]

_FIELDS: Final[Mapping[str, Any]] = {
    "kind": lifecycles.c.kind,
    "name": lifecycles.c.name,
    "version": lifecycles.c.version,
    "text": lifecycles.c.text,
    "scenarios": lifecycles.c.scenarios,
    "first": lifecycles.c.in_force_from,
    "last": lifecycles.c.in_force_until,
    "publication": lifecycles.c.publication,
}


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that decides on its days.

    Attributes:
        kind: whether it is of a ruleset or of a calendar.
        name: `lausd/grade-marking`, or that of the calendar.
        version: the SHA-256 of its canonical form.
        text, scenarios: YAML as their author wrote it; scenarios are empty where there are none.
        first, last: the days on which it is in force, both included; None: without a beginning, without an end.
        publication: of two versions of one name that are in force on the same day the larger number decides.
    """

    kind: Literal["ruleset", "calendar"]
    name: str
    version: str
    text: str
    scenarios: str
    first: date | None
    last: date | None
    publication: int


class Published:
    """The published versions of one database. Safe to be used by many threads.

    Its methods raise what SQLAlchemy raises where the database cannot be reached.
    """

    def __init__(self, database: Database) -> None:
        """Asks nothing yet."""
        self._database = database

    def number(self) -> int:
        """How often something has been published or retired: while it stays, `published` says the same."""
        with self._database.reading() as connection:
            found: int | None = connection.execute(select(publications.c.number)).scalar_one_or_none()
        return found or 0

    def rulesets(self) -> frozenset[str]:
        """The ids of all rulesets that have ever had a published version, be it retired since."""
        was = lifecycles.c.state.in_(("published", "retired"))
        query = select(lifecycles.c.name).distinct().where(lifecycles.c.kind == "ruleset", was)
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def published(self) -> tuple[PublishedVersion, ...]:
        """Every version that is published now and not retired, in the order of publication.

        Who asks for the number first may miss nothing: what was published in between changes the number again.
        """
        columns = [column.label(name) for name, column in _FIELDS.items()]
        query = select(*columns).where(lifecycles.c.state == "published").order_by(lifecycles.c.publication)
        with self._database.reading() as connection:
            return tuple(PublishedVersion(**row) for row in connection.execute(query).mappings())
