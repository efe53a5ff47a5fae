"""Whether a published version may be retired: nothing that is published may lose what it builds on or counts in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from engine.rulesets.calendar_use import needs_calendar
from engine.rulesets.problems import errors_among
from server.versions.asked import Dated, Examined, Finding, Retiring
from server.versions.files import RULESET_FILE
from server.versions.timeline import Days, builders, days_of, deciding, stretches, surroundings

__all__ = ["retirable", "spoiled"]


def retirable(asked: Retiring) -> Examined:
    """Whether the version may be retired, and what stands against it."""
    version = asked.version
    days = days_of(version)
    after = tuple(one for one in asked.published if one != version)
    if version.kind == "calendar":
        findings = dict.fromkeys(_uncounted(version, asked.published, after))
    else:
        findings = dict.fromkeys(spoiled(version.name, asked.published, after, days))
    return Examined(version.first, version.last, (), tuple(findings))


def spoiled(name: str, before: Collection[Dated], after: Collection[Dated], days: Days) -> Iterator[Finding]:
    """Published rulesets that have no errors on `days` before, and have some after, since they build on `name`."""
    for other in sorted(builders((name,), (*before, *after))):
        for now in surroundings(other, after, days):
            version = now.rulesets.get(other)
            if version is None:
                continue
            _, problems = now.neighbours().check(other, version.text, f"{other}/{RULESET_FILE}")
            errors = errors_among(problems)
            if errors and _was_good(version, before, now.days[0]):
                message = (
                    f"{other} (version {version.version[:12]}), in force on {now.days[0]}, builds on this: "
                    f"{errors[0].message}"
                )
                yield Finding(f"{other}/{RULESET_FILE}:{errors[0].line}:{errors[0].column}", message)


def _was_good(version: Dated, before: Collection[Dated], days: Days) -> bool:
    """Whether the ruleset has no errors on the first of these days."""
    (then,) = surroundings(version.name, before, Days(days.first, days.first))
    _, problems = then.neighbours().check(version.name, version.text, RULESET_FILE)
    return not errors_among(problems)


def _uncounted(calendar: Dated, before: Collection[Dated], after: Collection[Dated]) -> Iterator[Finding]:
    """Published rulesets whose own calendar this is, on days on which there would be none any more."""
    for days in stretches(before, days_of(calendar)):
        if calendar.name in deciding(after, "calendar", days.first):
            continue
        for name in sorted(deciding(before, "ruleset", days.first)):
            (now,) = surroundings(name, before, Days(days.first, days.first))
            version = now.rulesets[name]
            checked, _ = now.neighbours().check(name, version.text, RULESET_FILE)
            if checked is not None and checked.document.calendar == calendar.name and needs_calendar(checked):
                message = (
                    f"{name} (version {version.version[:12]}), in force on {days}, counts in this calendar; publish "
                    "another version of the calendar first."
                )
                yield Finding(f"{name}/{RULESET_FILE}", message)
