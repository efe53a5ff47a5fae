"""Versions put into a database as if they had been drafted, approved and published."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import insert, select, update

from engine.calendars.loading import check_calendar
from engine.rulesets.canonical import version
from engine.rulesets.documents import Ruleset
from engine.rulesets.findings import Findings
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import read_yaml
from server.store import Database
from server.store.version_tables import lifecycles, publications

__all__ = ["publish", "retire", "version_of"]

Kind = Literal["ruleset", "calendar"]


def publish(
    database: Database,
    kind: Kind,
    name: str,
    text: str,
    *,
    scenarios: str = "",
    first: date | None = None,
    last: date | None = None,
    state: str = "published",
) -> str:
    """Publishes a document for the days from `first` through `last`, and returns its version; unchecked."""
    values: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "version": version_of(kind, text),
        "text": text,
        "scenarios": scenarios,
        "state": state,
        "created_at": 0,
        "created_by": "test",
        "in_force_from": first,
        "in_force_until": last,
    }
    with database.writing() as connection:
        if state == "published":
            values["publication"] = 1 + connection.execute(select(publications.c.number)).scalar_one()
            connection.execute(update(publications).values(number=values["publication"]))
        connection.execute(insert(lifecycles).values(values))
    return str(values["version"])


def retire(database: Database, kind: Kind, name: str, version: str) -> None:
    """Ends that a published version decides."""
    which = (lifecycles.c.kind == kind, lifecycles.c.name == name, lifecycles.c.version == version)
    with database.writing() as connection:
        connection.execute(update(lifecycles).where(*which).values(state="retired"))
        connection.execute(update(publications).values(number=publications.c.number + 1))


def version_of(kind: Kind, text: str) -> str:
    """The version that a document is; of one that cannot be read, something of the same form."""
    findings = Findings("ruleset.yaml")
    if kind == "calendar":
        calendar, _ = check_calendar(text, "calendar.yaml")
        found = None if calendar is None else calendar.version
    else:
        source = read_yaml(text, "ruleset.yaml", findings)
        fitted = None if source is None else fit(source, Ruleset, findings, placeholders={})
        found = None if fitted is None else version(fitted.document)
    return found or sha256(text.encode()).hexdigest()
