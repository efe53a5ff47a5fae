"""The head of a document, and what this version does not serve."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.findings import did_you_mean

__all__ = ["check_head", "check_not_served"]


def check_head(bench: Workbench) -> None:
    """The time zone, the time in force, the outcomes, and what interpretations are about."""
    document = bench.document
    if document.time_zone is not None and not _is_zone(document.time_zone):
        message = "There is no such time zone."
        bench.error(("time_zone",), "unknown-time-zone", message, "Write an IANA name: `America/Los_Angeles`.")
    effective = document.effective
    if effective is not None and effective.until is not None and effective.until < effective.from_:
        bench.error(("effective", "until"), "empty-period", "The last day in force lies before the first.")
    seen: set[str] = set()
    for position, outcome in enumerate(document.outcomes):
        path = ("outcomes", position)
        if outcome in seen:
            bench.error(path, "duplicate-id", f"The outcome `{outcome}` comes twice.", "Remove one of them.")
        if outcome == "indeterminate":
            message = "`indeterminate` stands for cases that cannot be decided."
            bench.error(path, "reserved-name", message, "Choose another name.")
        seen.add(outcome)
    _check_interpretation(bench)


def check_not_served(bench: Workbench) -> None:
    """Refuses what this version reads and does not evaluate, so that nothing is passed over in silence."""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_interpretation(bench: Workbench) -> None:
    document = bench.document
    known = {*document.rules, *document.values, *document.tables, *document.parameters, *document.facts}
    known |= {*document.outcomes, *document.results, *document.reference, *document.actions, *document.deadlines}
    known |= {str(path[1]) for path in bench.broken if len(path) > 1}
    for position, interpretation in enumerate(document.interpretation):
        about = interpretation.about
        if about not in known and about.partition(".")[0] not in known and about.partition("/")[0] not in known:
            path = ("interpretation", position, "about")
            message = f"There is nothing called `{about[:60]}` that this could be about."
            place = bench.source.value(path)
            bench.findings.warning(place, path, "unknown-about", message, did_you_mean(about, known))
