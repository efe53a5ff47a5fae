"""Makes published versions ready: each checked once beside what it builds on, each network built once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import RLock
from types import MappingProxyType
from typing import Final

from engine.calendars.folder import Calendars, LoadedCalendar, read_calendar
from engine.cases.engine import networks_of
from engine.documents import Documents, GivenDocuments
from engine.errors import RulesetError
from engine.inference import Inference, Links
from engine.library import Library
from engine.loading import LoadedRuleset, ReadRuleset, load_read, read_ruleset, refused
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem
from server.catalogues.days import InForce, spans
from server.catalogues.served import Edition, Served
from server.store.published import PublishedVersion

__all__ = ["Editions", "Network", "documents_of"]

Network = Mapping[str, Links]

_ABSENT: Final = "no version of it is in force on the same days."


@dataclass(slots=True)
class _Reading:
    """What a version came to beside certain versions of others.

    Attributes:
        beside: the version of each ruleset that was looked for; None where none was in force.
        read: as it was read; None where it has errors.
        problems: what is wrong with it.
        loaded: with its engine, once that has been built.
        served: as it is served.
    """

    beside: Mapping[str, str | None]
    read: ReadRuleset | None
    problems: tuple[Problem, ...] = ()
    loaded: LoadedRuleset | None = None
    served: Served | None = None

    def fits(self, in_force: InForce) -> bool:
        """Whether it is what the version comes to beside these too."""
        return all(_version(in_force, other) == version for other, version in self.beside.items())


class Editions:
    """Makes editions of what is published, and remembers every engine: what durable-rules takes is never freed.

    Args:
        inference: the thread that durable-rules runs in.
        make: makes of a version that has an engine what is served.
        rehearse: builds networks in a child process, and raises where that fails.
    """

    def __init__(
        self,
        inference: Inference,
        make: Callable[[PublishedVersion, LoadedRuleset], Served],
        rehearse: Callable[[Sequence[Network]], None],
    ) -> None:
        self._inference = inference
        self._make = make
        self._rehearse = rehearse
        self._readings: dict[tuple[str, str], list[_Reading]] = {}
        self._calendars: dict[tuple[str, str], LoadedCalendar | tuple[Problem, ...]] = {}
        self._rehearsed: set[tuple[tuple[str, Links], ...]] = set()
        self._changing = RLock()

    def of(self, published: Sequence[PublishedVersion]) -> tuple[tuple[Edition, ...], bool]:
        """An edition for each span of days, and whether all could be made ready.

        A version that cannot be used is among the broken of its editions: nothing else decides on its days. One whose
        rehearsal failed is tried again by the next call.
        """
        with self._changing:
            found = [(span, self._in(span.in_force)) for span in spans(published)]
            failed = self._ready({id(one): one for _, (ones, _) in found for one in ones.values()}.values())
            editions = (self._edition(span.first, span.last, span.in_force, *made, failed) for span, made in found)
            return tuple(editions), not failed

    def read(self, version: PublishedVersion, in_force: InForce) -> ReadRuleset:
        """A version as it is beside these, whether it is among them or not; no engine is built.

        Raises:
            RulesetError: when it has errors.
        """
        with self._changing:
            reading = self._reading(version, {**in_force, (version.kind, version.name): version})
        if reading.read is None:
            raise RulesetError(reading.problems, "The ruleset has errors and cannot decide.")
        return reading.read

    def _in(self, in_force: InForce) -> tuple[dict[str, _Reading], Calendars]:
        in_order = sorted(in_force.items())
        rulesets = {name: self._reading(one, in_force) for (kind, name), one in in_order if kind == "ruleset"}
        calendars = {name: self._calendar(one) for (kind, name), one in in_order if kind == "calendar"}
        loaded = {name: found for name, found in calendars.items() if isinstance(found, LoadedCalendar)}
        broken = {name: found for name, found in calendars.items() if not isinstance(found, LoadedCalendar)}
        return rulesets, Calendars(MappingProxyType(loaded), MappingProxyType(broken))

    def _edition(
        self,
        first: date,
        last: date,
        in_force: InForce,
        readings: Mapping[str, _Reading],
        calendars: Calendars,
        failed: Mapping[int, tuple[Problem, ...]],
    ) -> Edition:
        served: dict[str, Served] = {}
        broken: dict[str, tuple[Problem, ...]] = {}
        for id_, reading in readings.items():
            if reading.loaded is None:
                broken[id_] = failed.get(id(reading), reading.problems)
                continue
            version = in_force["ruleset", id_]
            if reading.served is None or (reading.served.first, reading.served.last) != _days(version):
                reading.served = self._make(version, reading.loaded)
            served[id_] = reading.served
        rulesets = {id_: one.loaded for id_, one in served.items()}
        library = Library(MappingProxyType(rulesets), MappingProxyType(broken), calendars)
        return Edition(first, last, library, MappingProxyType(served), documents_of(in_force))

    def _reading(self, version: PublishedVersion, in_force: InForce) -> _Reading:
        known = self._readings.setdefault((version.name, version.version), [])
        if (found := next((one for one in known if one.fits(in_force)), None)) is None:
            known.append(found := _read(version, in_force))
        return found

    def _calendar(self, version: PublishedVersion) -> LoadedCalendar | tuple[Problem, ...]:
        key = version.name, version.version
        if key not in self._calendars:
            try:
                found = read_calendar(version.name, version.text)
                if found.calendar.version != version.version:
                    raise _other_version(version)
                self._calendars[key] = found
            except RulesetError as error:
                self._calendars[key] = error.problems
        return self._calendars[key]

    def _ready(self, readings: Iterable[_Reading]) -> dict[int, tuple[Problem, ...]]:
        """Gives each an engine that has none, and returns what is wrong with those whose rehearsal failed."""
        new = [(one, one.read) for one in readings if one.loaded is None and one.read is not None]
        failed: dict[int, tuple[Problem, ...]] = {}
        if not self._passes([read for _, read in new]):
            for one, read in new:
                if not self._passes([read]):
                    id_ = read.checked.document.ruleset
                    message = "The ruleset has no errors, but making it ready ended a child process."
                    remedy = "Retire it, and publish one with fewer rules that touch each other."
                    failed[id(one)] = refused(id_, "not-ready", message, remedy).problems
        for one, read in new:
            if id(one) not in failed:
                self._load(one, read)
        return failed

    def _passes(self, read: Sequence[ReadRuleset]) -> bool:
        """Whether the networks that have never been built can be."""
        networks = {tuple(network.items()): network for one in read for network in networks_of(one.checked)}
        new = {key: network for key, network in networks.items() if key not in self._rehearsed}
        if new:
            try:
                self._rehearse(tuple(new.values()))
            except Exception:  # noqa: BLE001 - whatever ended it, it must not end this process
                return False
            self._rehearsed |= new.keys()
        return True

    def _load(self, reading: _Reading, read: ReadRuleset) -> None:
        try:
            reading.loaded = load_read(read, self._inference)
        except RulesetError as error:
            reading.read, reading.problems = None, error.problems


@dataclass(frozen=True, slots=True)
class _Watched:
    """Documents, and which rulesets were looked for in them."""

    documents: Documents
    asked: set[str] = field(default_factory=set)

    @property
    def absent(self) -> str:
        return self.documents.absent

    def rulesets(self) -> Iterable[str]:
        return self.documents.rulesets()

    def calendars(self) -> Iterable[str]:
        return self.documents.calendars()

    def ruleset(self, id_: str) -> str | None:
        self.asked.add(id_)
        return self.documents.ruleset(id_)

    def scenarios(self, id_: str) -> str:
        return self.documents.scenarios(id_)

    def calendar(self, name: str) -> str | None:
        return self.documents.calendar(name)


def documents_of(in_force: InForce) -> GivenDocuments:
    """The texts of what is in force together."""
    return GivenDocuments(
        {name: one.text for (kind, name), one in in_force.items() if kind == "ruleset"},
        {name: one.text for (kind, name), one in in_force.items() if kind == "calendar"},
        {name: one.scenarios for (kind, name), one in in_force.items() if kind == "ruleset"},
        _ABSENT,
    )


def _read(version: PublishedVersion, in_force: InForce) -> _Reading:
    watched = _Watched(documents_of(in_force))
    read: ReadRuleset | None = None
    problems: tuple[Problem, ...] = ()
    try:
        read = read_ruleset(version.name, watched, Neighbours(watched))
        if read is not None and read.checked.version != version.version:
            raise _other_version(version)
    except RulesetError as error:
        read, problems = None, error.problems
    beside = {other: _version(in_force, other) for other in watched.asked if other != version.name}
    return _Reading(beside, read, problems)


def _other_version(version: PublishedVersion) -> RulesetError:
    message = "The document is not that of the version that it was published as."
    return refused(version.name, "version-differs", message, "Restore the database from a backup.")


def _version(in_force: InForce, id_: str) -> str | None:
    found = in_force.get(("ruleset", id_))
    return None if found is None else found.version


def _days(version: PublishedVersion) -> tuple[date, date]:
    return version.first or date.min, version.last or date.max
