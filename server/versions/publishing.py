"""Whether a version may be published: its check, its scenarios, and what else decides on its days.

All is looked at as it would be: on each of its days the version stands together with what is published of the rulesets
that it builds on, and those that build on it stand together with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from engine import reference
from engine.calendars import Calendar
from engine.calendars.loading import check_calendar
from engine.cases import CaseEngine
from engine.rulesets.calendar_use import needs_calendar
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.documents import Ruleset
from engine.rulesets.facts import leaves
from engine.rulesets.findings import Findings
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import read_yaml
from engine.scenarios import Decide, ScenarioResult, Scenarios, check_scenarios, run_scenario
from server.versions.asked import Dated, Examined, Finding, Publishing
from server.versions.files import CALENDAR_FILE, RULESET_FILE, SCENARIOS_FILE, findings_of
from server.versions.retiring import spoiled
from server.versions.timeline import Days, Surroundings, days_of, deciding, surroundings

__all__ = ["publishable"]

_NEWEST: Final = 2**31 - 1
"""The publication number that a version would have, as far as the order goes."""

_NAMES_ONLY: Final = ("outcome", "candidates", "holds", "not_holds", "holds_only", "complete")
"""Differences that are told in words, since these name only parts of the ruleset; others could tell of a case."""


def publishable(asked: Publishing) -> Examined:
    """Whether the version may be published, on which days, and what stands against it."""
    version = asked.version
    if version.kind == "calendar":
        _, problems = check_calendar(version.text, CALENDAR_FILE, named=version.name)
        days = tuple(_empty(version))
        return Examined(version.first, version.last, days, tuple(findings_of(problems)))
    version, wrong = _dated(version)
    if wrong:
        return Examined(version.first, version.last, wrong)
    candidate = replace(version, publication=_NEWEST)
    findings = dict.fromkeys(_against(candidate, asked.published))
    return Examined(version.first, version.last, (), tuple(findings))


def _against(candidate: Dated, published: tuple[Dated, ...]) -> Iterator[Finding]:
    """What stands against a version whose days are known."""
    after = (*published, candidate)
    around = surroundings(candidate.name, after, days_of(candidate))
    good: list[tuple[Surroundings, CheckedRuleset]] = []
    for one in around:
        checked, problems = one.neighbours().check(candidate.name, candidate.text, RULESET_FILE)
        yield from findings_of(problems)
        if checked is not None:
            good.append((one, checked))
    if len(good) < len(around):
        return
    yield from _scenarios(candidate, after, good)
    yield from _without_calendar(candidate, after, good[0][1])
    yield from _removed(candidate, published, good[0][1])
    yield from spoiled(candidate.name, published, after, days_of(candidate))


def _dated(version: Dated) -> tuple[Dated, tuple[Finding, ...]]:
    """The version with its days: those that the caller gave, else its document's; and what is wrong with them."""
    findings = Findings(RULESET_FILE)
    source = read_yaml(version.text, RULESET_FILE, findings)
    fitted = None if source is None else fit(source, Ruleset, findings, placeholders={})
    effective = None if fitted is None else fitted.document.effective
    own = Days(
        date.min if effective is None else effective.from_,
        date.max if effective is None or effective.until is None else effective.until,
    )
    wrong = [
        Finding(field, f"The document is for {own}; the days of its publication lie within.")
        for field, day in (("in_force_from", version.first), ("in_force_until", version.last))
        if day is not None and day not in own
    ]
    first, last = version.first or own.first, version.last or own.last
    version = replace(version, first=None if first == date.min else first, last=None if last == date.max else last)
    return version, tuple(wrong or _empty(version))


def _empty(version: Dated) -> Iterator[Finding]:
    days = days_of(version)
    if days.last < days.first:
        yield Finding("in_force_until", "The last day on which it is in force lies before the first.")


def _scenarios(
    candidate: Dated, versions: tuple[Dated, ...], around: list[tuple[Surroundings, CheckedRuleset]]
) -> Iterator[Finding]:
    """The scenarios that do not come out as they expect, by the case engine or by the reference.

    Each is decided with what stands around the version on the scenario's own day; one that lies outside of the days of
    the version, with what stands around it on the nearest of them.
    """
    days, calendars = days_of(candidate), _Calendars(versions)
    for one, checked in around:
        scenarios: Scenarios | None = Scenarios(candidate.name, ())
        if candidate.scenarios:
            scenarios, problems = check_scenarios(candidate.scenarios, SCENARIOS_FILE, checked)
            yield from findings_of(problems)
        evaluators: Mapping[str, Decide] = {
            "the case engine": CaseEngine.build(checked).decide,
            "the reference": partial(reference.decide, checked),
        }
        if scenarios is None:
            continue
        for scenario in scenarios.scenarios:
            day = days.nearest(scenario.rules_as_of)
            if any(day in part for part in one.days):
                counted = calendars.on(day, scenario.calendar)
                for evaluator, decide in evaluators.items():
                    yield from _differences(run_scenario(scenario, decide, counted), evaluator)


class _Calendars:
    """The calendars of a time, each read once."""

    def __init__(self, versions: tuple[Dated, ...]) -> None:
        self._versions = versions
        self._read: dict[tuple[str, str], Calendar | None] = {}

    def on(self, day: date, name: str | None) -> dict[str, Calendar]:
        """The calendar of that name, as it is in force on `day`; nothing where there is none."""
        found = deciding(self._versions, "calendar", day).get(name or "")
        if found is None:
            return {}
        key = found.name, found.version
        if key not in self._read:
            self._read[key], _ = check_calendar(found.text, CALENDAR_FILE)
        calendar = self._read[key]
        return {} if calendar is None else {found.name: calendar}


def _differences(result: ScenarioResult, evaluator: str) -> Iterator[Finding]:
    place = f"{SCENARIOS_FILE}:{result.scenario.line}:1"
    for difference in result.differences:
        what = f"`{result.scenario.id}` does not come out as expected by {evaluator}: {difference.what}"
        if difference.what in _NAMES_ONLY:
            what += f" is {difference.actual}, not {difference.expected}"
        elif difference.what == "error":
            what += f": {difference.actual}"
        yield Finding(place, f"{what}.")


def _without_calendar(candidate: Dated, versions: tuple[Dated, ...], checked: CheckedRuleset) -> Iterator[Finding]:
    """A ruleset that counts in a calendar of its own needs one that is in force when it is."""
    name = checked.document.calendar
    if name is None or not needs_calendar(checked):
        return
    days = days_of(candidate)
    there = (days_of(one) for one in versions if (one.kind, one.name) == ("calendar", name))
    if not any(one.first <= days.last and days.first <= one.last for one in there):
        message = (
            f"It counts in the calendar `{name}`, of which no version is published for these days; publish it first."
        )
        yield Finding(RULESET_FILE, message)


def _removed(candidate: Dated, published: tuple[Dated, ...], checked: CheckedRuleset) -> Iterator[Finding]:
    """Facts that callers may send by a version in force on these days, and that they could not send any more."""
    kept = {fact.path: fact.kind for fact in leaves(checked.facts)}
    for one in surroundings(candidate.name, published, days_of(candidate)):
        before = one.rulesets.get(candidate.name)
        if before is None:
            continue
        declared, _ = one.neighbours().check(before.name, before.text, RULESET_FILE)
        for fact in leaves(declared.facts) if declared is not None else ():
            if kept.get(fact.path) != fact.kind:
                done = "does not declare" if fact.path not in kept else f"declares as {kept[fact.path]}"
                message = (
                    f"Version {before.version[:12]}, in force on {one.days[0]}, declares the fact `{fact.path}` "
                    f"({fact.kind}), which this one {done}. Declare it as before, with `deprecated` where no rule "
                    "reads it, or retire that version, or publish this one for days on which it is not in force."
                )
                yield Finding(f"{RULESET_FILE} facts.{fact.path}", message)
