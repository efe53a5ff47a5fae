"""What the server asks a child process about versions, and what that answers: JSON, by msgspec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import msgspec

from engine.rulesets.problems import Problem

__all__ = ["Dated", "Drafted", "Drafting", "Examined", "Finding", "Publishing", "Retiring"]

Kind = Literal["ruleset", "calendar"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A version with the days on which it is, or would be, in force.

    Attributes:
        kind, name, version: which it is.
        text, scenarios: YAML; scenarios are empty where there are none.
        first, last: both included; None: without a beginning, without an end.
        publication: of two versions of one name that are in force on one day the larger number decides.
    """

    kind: Kind
    name: str
    version: str
    text: str
    scenarios: str = ""
    first: date | None = None
    last: date | None = None
    publication: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Why something cannot be done: where, such as `ruleset.yaml:12:5`, and what is wrong there, without any fact."""

    place: str
    message: str


class Drafting(msgspec.Struct, frozen=True, tag="draft"):
    """What is wrong with a document?

    Attributes:
        kind, name: what it must be.
        text, scenarios: YAML.
        newest: the newest versions of the rulesets that it may build on, by id, whatever their state.
        published: what is published of them.
    """

    kind: Kind
    name: str
    text: str
    scenarios: str
    newest: Mapping[str, str]
    published: tuple[Dated, ...]


class Drafted(msgspec.Struct, frozen=True):
    """What was found in a document: its version and title, empty where it has errors, and all problems."""

    version: str
    title: str
    problems: tuple[Problem, ...]


class Publishing(msgspec.Struct, frozen=True, tag="publish"):
    """May a version be published?

    Attributes:
        version: it, with the days that the caller gives.
        published: what is published of whatever it has to do with; of rulesets and calendars.
    """

    version: Dated
    published: tuple[Dated, ...]


class Retiring(msgspec.Struct, frozen=True, tag="retire"):
    """May a published version be retired? `published` is what is published of whatever it has to do with, it too."""

    version: Dated
    published: tuple[Dated, ...]


class Examined(msgspec.Struct, frozen=True):
    """Whether it may.

    Attributes:
        first, last: the days on which it would be in force.
        days: what is wrong with the days that the caller gave, by the field of the request.
        findings: what else stands against it.
    """

    first: date | None = None
    last: date | None = None
    days: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()
