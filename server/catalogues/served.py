"""What a call looks at: the rulesets that are served, each on its days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from prometheus_client import Counter

from engine.documents import Documents
from engine.errors import RollbookError
from engine.library import Library
from engine.loading import LoadedRuleset, ReadRuleset
from engine.rulesets.checked import CheckedRuleset
from rollbook.v1.decision_pb2 import RulesetSource
from server.errors import RefusalError
from server.metrics import Metrics
from server.replies import DecisionWriter
from server.store.entries import Document

__all__ = ["Edition", "Named", "Served", "Snapshot", "counts_of", "stored_documents"]


@dataclass(frozen=True, slots=True)
class Named:
    """A version that can be asked for by its name.

    Attributes:
        loaded: as it was read.
        source: where it was read from.
        first, last: the days on which it is in force, both included.
        counts: decisions made, by outcome.
        documents: it, and those that it builds on, as the decision log stores them.
    """

    loaded: ReadRuleset
    source: RulesetSource.ValueType
    first: date
    last: date
    counts: Mapping[str, Counter]
    documents: tuple[Document, ...]

    def in_force(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Served(Named):
    """A version that decides.

    Attributes:
        loaded: as it was read, with its engine.
        writer: writes its decisions.
    """

    loaded: LoadedRuleset
    writer: DecisionWriter


@dataclass(frozen=True, slots=True)
class Edition:
    """What is served on some days: rulesets, what they build on, and calendars, all in force together.

    Attributes:
        first, last: the days, both included.
        library: as it was read.
        served: the rulesets that decide, by id.
        documents: their texts, and those of the calendars.
    """

    first: date
    last: date
    library: Library
    served: Mapping[str, Served]
    documents: Documents

    def has(self, id_: str) -> bool:
        """Whether it has the ruleset, be it broken."""
        return id_ in self.served or id_ in self.library.broken


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is served at one moment; a call looks at one snapshot from beginning to end.

    Attributes:
        editions: for every day one, in the order of the days; a folder has one for all.
        number: how often something else has been served before; 0 until the first reading.
        source: where they were read from.
        known: ids of rulesets that have had a version; one that is served need not be among them.
    """

    editions: tuple[Edition, ...]
    number: int
    source: RulesetSource.ValueType
    known: frozenset[str]

    def on(self, day: date) -> Edition:
        """What is served for `day`."""
        return self.editions[bisect_right(self.editions, day, key=lambda edition: edition.first) - 1]

    def in_force(self, id_: str, day: date) -> Served:
        """The ruleset of that id, in force on `day`.

        Raises:
            RefusalError: UNKNOWN_RULESET, RULESET_INVALID or NOT_IN_FORCE.
        """
        edition = self.on(day)
        found = edition.served.get(id_)
        if found is None:
            if id_ not in edition.library.broken and (id_ in self.known or self.edition_of(id_) is not None):
                self._not_in_force(id_, day)
            self._refuse(edition, id_)
        if not found.in_force(day):
            self._not_in_force(id_, day)
        return found

    def get(self, id_: str) -> Served:
        """The ruleset of that id, as it is served for the latest days.

        Raises:
            RefusalError: UNKNOWN_RULESET or RULESET_INVALID.
        """
        edition = self.edition_of(id_) or self.editions[-1]
        if (found := edition.served.get(id_)) is None:
            self._refuse(edition, id_)
        return found

    def named(self, id_: str, version: str, day: date | None = None) -> Named:
        """The version of that name, which need not be in force; on `day` it builds on what is in force then.

        Raises:
            RefusalError: UNKNOWN_RULESET, UNKNOWN_VERSION or RULESET_INVALID.
        """
        del day  # a folder has one version of each
        found = self.get(id_)
        if found.loaded.checked.version != version:
            self._no_version(id_)
        return found

    def beside(self, id_: str, version: str) -> Documents:
        """A version that there is, with its scenarios, and what is in force with it on its latest day."""
        del id_, version  # a folder has one version of each
        return self.editions[-1].documents

    def edition_of(self, id_: str, day: date | None = None) -> Edition | None:
        """The edition of `day` if it has the ruleset, else the latest that has it; None where none has."""
        if day is not None and (edition := self.on(day)).has(id_):
            return edition
        return next((edition for edition in reversed(self.editions) if edition.has(id_)), None)

    def serving(self, id_: str, version: str, built_on: Mapping[str, str]) -> Served | None:
        """What decides on some day by this version, and those that it builds on; None where nothing does."""
        for served in self.each():
            own = served.loaded.checked
            if own.document.ruleset == id_ and (own.version, own.built_on) == (version, built_on):
                return served
        return None

    def each(self) -> Iterator[Served]:
        """Everything that decides on some day, once."""
        seen: set[int] = set()
        for edition in self.editions:
            for served in edition.served.values():
                if id(served) not in seen:
                    seen.add(id(served))
                    yield served

    def ids(self) -> set[str]:
        """Of all rulesets, broken ones too."""
        return {id_ for edition in self.editions for id_ in (*edition.served, *edition.library.broken)}

    def drafts_beside(self, day: date) -> Documents:
        """What a draft of that day may build on, and count in."""
        return self.on(day).documents

    @property
    def library(self) -> Library:
        """As it was read, for the latest days."""
        return self.editions[-1].library

    @property
    def served(self) -> Mapping[str, Served]:
        """The rulesets that decide on some day, by id, as they do for the latest days on which they do."""
        return {id_: served for edition in self.editions for id_, served in edition.served.items()}

    def _refuse(self, edition: Edition, id_: str) -> NoReturn:
        try:
            edition.library.get(id_)
        except RollbookError as error:
            raise RefusalError(error.reason.value, error.message, metadata={"ruleset": f"rulesets/{id_}"}) from None
        raise AssertionError(id_)  # what the library can decide by is served

    def _not_in_force(self, id_: str, day: date) -> NoReturn:
        metadata = {"ruleset": f"rulesets/{id_}", "date": day.isoformat()}
        raise RefusalError("NOT_IN_FORCE", "The ruleset has no version in force on that date.", metadata=metadata)

    def _no_version(self, id_: str) -> NoReturn:
        message = "The ruleset has no such version."
        raise RefusalError("UNKNOWN_VERSION", message, metadata={"ruleset": f"rulesets/{id_}"})


def counts_of(metrics: Metrics, id_: str, checked: CheckedRuleset) -> Mapping[str, Counter]:
    """What the decisions of a ruleset are counted in, by outcome."""
    outcomes = (*checked.outcomes, "indeterminate")
    return {outcome: metrics.decisions.labels(id_, outcome) for outcome in outcomes}


def stored_documents(id_: str, loaded: ReadRuleset) -> tuple[Document, ...]:
    """The ruleset, and those that it builds on, as the decision log stores them."""
    others = loaded.checked.built_on.items()
    return (
        Document("ruleset", id_, loaded.checked.version, loaded.text),
        *(Document("ruleset", other, version, loaded.built_on[other]) for other, version in others),
    )
