"""Gathers what a child process needs to know of what else there is, and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from server.store.lifecycle_rows import StoredVersion, VersionKey
from server.store.published import PublishedVersion
from server.store.versions import VersionStore
from server.versions.asked import Dated, Drafting, Publishing, Retiring
from server.versions.timeline import mentioned, related

__all__ = ["dated", "drafting", "publishing", "retiring"]


def drafting(key: VersionKey, text: str, scenarios: str, store: VersionStore, published: Collection[Dated]) -> Drafting:
    """Asks what is wrong with a document."""
    newest: dict[str, str] = {}
    wanted = mentioned(text) - {key.name}
    while wanted:
        found = {name: version.text for name, version in store.newest(wanted).items()}
        newest |= found
        named = (name for text in found.values() for name in mentioned(text))
        wanted = frozenset(named) - newest.keys() - wanted - {key.name}
    others = tuple(one for one in published if one.kind == "ruleset" and one.name in _below(text, published))
    return Drafting(key.kind, key.name, text, scenarios, newest, others)


def publishing(
    version: StoredVersion, first: date | None, last: date | None, published: Collection[Dated]
) -> Publishing:
    """Asks whether a version may be published for these days, or those of its document where they are not given."""
    candidate = Dated(
        version.kind, version.name, version.version, version.text, version.scenarios, first, last, publication=0
    )
    return Publishing(candidate, tuple(_related(candidate, published)))


def retiring(version: StoredVersion, published: Collection[Dated]) -> Retiring:
    """Asks whether a published version may be retired."""
    candidate = next(one for one in published if (one.kind, one.name, one.version) == version.key)
    return Retiring(candidate, tuple(_related(candidate, published)))


def dated(published: Collection[PublishedVersion]) -> tuple[Dated, ...]:
    """What is published."""
    return tuple(
        Dated(
            one.kind, one.name, one.version, one.text, one.scenarios, one.first, one.last, publication=one.publication
        )
        for one in published
    )


def _related(candidate: Dated, published: Collection[Dated]) -> Iterator[Dated]:
    """What the version builds on and counts in, and what builds on it or counts in it."""
    rulesets = [one for one in published if one.kind == "ruleset"]
    if candidate.kind == "ruleset":
        names = related((candidate.name,), (*rulesets, candidate))
    else:
        names = related((one.name for one in rulesets if candidate.name in one.text), rulesets)
    yield from (one for one in rulesets if one.name in names)
    written = candidate.text + candidate.scenarios
    for one in published:
        if one.kind == "calendar" and (one.name == candidate.name or one.name in written):
            yield one


def _below(text: str, published: Collection[Dated]) -> frozenset[str]:
    """What a document builds on, directly or through others, as far as it is published."""
    names = set(mentioned(text))
    while more := {name for one in published if one.name in names for name in mentioned(one.text)} - names:
        names |= more
    return frozenset(names)
