"""What a child process does with versions: it checks drafts, and says whether one may be published or retired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from engine.calendars.documents import CalendarDocument
from engine.calendars.loading import check_calendar
from engine.cases import CaseEngine
from engine.documents import GivenDocuments
from engine.rosters.coverage import coverage_notes
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.findings import Findings
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem, errors_among
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import read_yaml
from engine.scenarios import check_scenarios
from server.versions.asked import Drafted, Drafting, Publishing, Retiring
from server.versions.files import CALENDAR_FILE, RULESET_FILE, SCENARIOS_FILE
from server.versions.publishing import publishable
from server.versions.retiring import retirable
from server.versions.timeline import deciding

__all__ = ["drafted", "examine"]

_CALENDAR_PLACEHOLDERS: Final = {"calendar": "unknown", "title": "?", "days": {}}


def examine(request: bytes) -> bytes:
    """The answer to a Drafting, Publishing or Retiring, both as JSON."""
    asked: Drafting | Publishing | Retiring = msgspec.json.decode(request, type=Drafting | Publishing | Retiring)
    match asked:
        case Drafting():
            return msgspec.json.encode(drafted(asked))
        case Publishing():
            return msgspec.json.encode(publishable(asked))
        case Retiring():
            return msgspec.json.encode(retirable(asked))


def drafted(asked: Drafting) -> Drafted:
    """What is wrong with a document.

    It is checked together with the newest versions of what it builds on, since rulesets that build on each other are
    drafted together; where that fails, with what is published of them.
    """
    if asked.kind == "calendar":
        return _calendar(asked)
    found = _ruleset(asked, asked.newest)
    if errors_among(found.problems) and asked.published:
        last = max(version.last or date.max for version in asked.published)  # as they stand at last
        standing = deciding(asked.published, "ruleset", last)
        other = _ruleset(asked, {name: version.text for name, version in standing.items()})
        found = found if errors_among(other.problems) else other
    return found


def _calendar(asked: Drafting) -> Drafted:
    calendar, problems = check_calendar(asked.text, CALENDAR_FILE, named=asked.name)
    if asked.scenarios:
        message = "A calendar has no scenarios."
        problems += (Problem("error", SCENARIOS_FILE, 1, 1, "", "misplaced-file", message, "Leave them out."),)
    if calendar is None or errors_among(problems):
        return Drafted("", "", problems)
    return Drafted(calendar.version, _calendar_title(asked.text), problems)


def _calendar_title(text: str) -> str:
    findings = Findings(CALENDAR_FILE)
    source = read_yaml(text, CALENDAR_FILE, findings)
    fitted = None if source is None else fit(source, CalendarDocument, findings, placeholders=_CALENDAR_PLACEHOLDERS)
    return "" if fitted is None else str(fitted.document.title)


def _ruleset(asked: Drafting, others: Mapping[str, str]) -> Drafted:
    texts = {**others, asked.name: asked.text}
    neighbours = Neighbours(GivenDocuments(texts))
    checked, problems = neighbours.check(asked.name, asked.text, RULESET_FILE)
    if checked is None:
        return Drafted("", "", problems)
    problems += _other_name(checked, asked)
    if asked.scenarios:
        problems += check_scenarios(asked.scenarios, SCENARIOS_FILE, checked)[1]
    if errors_among(problems):
        return Drafted("", "", problems)
    CaseEngine.build(checked)  # its network and its Python too must come into being
    problems += coverage_notes(checked, RULESET_FILE)
    return Drafted(checked.version, str(checked.document.title), problems)


def _other_name(checked: CheckedRuleset, asked: Drafting) -> tuple[Problem, ...]:
    if checked.document.ruleset == asked.name:
        return ()
    message = f"The ruleset calls itself {checked.document.ruleset}; it is to be a version of {asked.name}."
    remedy = f"Write `ruleset: {asked.name}`."
    return (Problem("error", RULESET_FILE, 1, 1, "ruleset", "name-differs", message, remedy),)
