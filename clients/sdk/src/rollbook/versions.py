"""Versions of rulesets and calendars as values: `version.proto`, under the same names."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from rollbook.conversion import Word
from rollbook.rulesets import Problem

__all__ = ["CreatedVersion", "Version", "VersionEvent", "VersionState"]


class VersionState(Word):
    """How far a version has come."""

    UNSPECIFIED = "unspecified"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class VersionEvent:
    """Something that was done with a version: what, by whom, when (UTC), and why in their words.

    The action is `created`, `changed` (its scenarios), `submitted`, `returned`, `approved`, `published`, `retired` or
    `discarded`.
    """

    action: str
    caller: str
    at: datetime.datetime
    comment: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a ruleset or calendar. What it says never changes; only its state does.

    Attributes:
        name: `rulesets/lausd/grade-marking/versions/…` or `calendars/westlake/versions/…`.
        state: how far it has come.
        title: its title.
        in_force_from, in_force_until: the days on which it is in force, both included; None before it is published, and
            where it has no beginning or end.
        publication: of two published versions that are in force on one day the larger number decides; 0 before.
        events: what was done with it, the oldest first.
        source_yaml, scenarios_yaml: its texts; empty unless one version was asked for.
    """

    name: str
    state: VersionState
    title: str
    in_force_from: datetime.date | None
    in_force_until: datetime.date | None
    publication: int
    events: tuple[VersionEvent, ...]
    source_yaml: str
    scenarios_yaml: str

    @property
    def parent(self) -> str:
        """Of what it is a version: `rulesets/lausd/grade-marking`."""
        return self.name.partition("/versions/")[0]

    @property
    def version(self) -> str:
        """The SHA-256 of its canonical form, which decisions name."""
        return self.name.rpartition("/")[2]

    def in_force(self, day: datetime.date) -> bool:
        """Whether it is published, and in force on `day`; a newer publication may decide nevertheless."""
        begun = self.in_force_from is None or self.in_force_from <= day
        ended = self.in_force_until is not None and self.in_force_until < day
        return self.state is VersionState.PUBLISHED and begun and not ended


@dataclass(frozen=True, slots=True)
class CreatedVersion:
    """A document that was stored, or was known; and what somebody should look at, though it is no error."""

    version: Version
    problems: tuple[Problem, ...]
