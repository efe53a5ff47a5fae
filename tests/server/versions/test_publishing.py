"""What may be published and retired, and what stands against it: checks, scenarios, facts, what builds on it, days."""

from __future__ import annotations

import pytest

from server.errors import RefusalError
from tests.server.running import MARKS
from tests.server.versions.conftest import Office

PARENT = "rulesets/demo/marks"
SCENARIOS = """
ruleset: demo/marks
usual: {as_of: 2018-09-14}
scenarios:
  few-days:
    cites: I.F
    facts: {enrollment: {instructional_days: 3}, student: {foster_youth: false}}
    expect: {outcome: withhold}
  enough:
    cites: I.F
    facts: {enrollment: {instructional_days: 4711}}
    expect: {outcome: assign}
"""
WIDER = MARKS.replace("2018-08-03: 15", "2018-08-03: 20")
WITHOUT = MARKS.replace("    share: {type: decimal, places: 2}\n", "")
OTHER_TYPE = MARKS.replace("share: {type: decimal, places: 2}", "share: {type: string}")
BUILDING = MARKS.replace("demo/marks", "demo/report").replace(
    "when: student.foster_youth", 'given: ["demo/marks#foster"]\n    when: "true"'
)
REPORT = "rulesets/demo/report"
OAK = """
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-09-30}
days: {2018-09-14: instructional-day}
"""
COUNTING = """
ruleset: demo/late
title: Late
effective: {from: 2018-08-03}
calendar: oak
facts:
  sent: {type: date}
outcomes: [late, in-time]
default: {outcome: in-time, because: In time.}
rules:
  late:
    when: school days between(sent, as_of) > 3
    outcome: late
    because: Late.
"""


def places(error: RefusalError) -> list[str]:
    return [violation.path for violation in error.violations]


def texts(error: RefusalError) -> str:
    return "\n".join(violation.message for violation in error.violations)


def days(version: object) -> tuple[str, str]:
    def text(name: str) -> str:
        day = getattr(version, name)
        return f"{day.year}-{day.month:02}-{day.day:02}" if day.year else ""

    return text("in_force_from"), text("in_force_until")


def test_it_is_in_force_on_the_days_of_its_document_or_fewer(office: Office) -> None:
    name = office.approved(PARENT, MARKS, SCENARIOS)
    for given in ({"first": "2018-08-02"}, {"first": "2019-08-01", "last": "2019-07-31"}, {"last": "2017-01-01"}):
        error = office.refused(lambda given=given: office.publish(name, **given))  # type: ignore[misc]
        assert error.reason == "REQUEST_INVALID", given
        assert places(error)[0] in ("in_force_from", "in_force_until")
    assert days(office.publish(name)) == ("2018-08-03", "")
    assert office.publish(name).publication == 1, "it was done already"
    assert office.publish(name, first="2018-08-03").publication == 1
    assert office.refused(lambda: office.publish(name, first="2019-01-01")).reason == "WRONG_STATE"
    other = office.approved(PARENT, WIDER)
    assert days(office.publish(other, first="2019-08-01", last="2020-07-31")) == ("2019-08-01", "2020-07-31")
    timeless = office.approved(PARENT, MARKS.replace("effective: {from: 2018-08-03}\n", ""))
    assert days(office.publish(timeless)) == ("", "")


def test_a_scenario_that_fails_stands_against_it_without_its_facts(office: Office) -> None:
    name = office.approved(PARENT, MARKS, SCENARIOS.replace("outcome: assign", "outcome: discretion"))
    error = office.refused(lambda: office.publish(name))
    assert error.reason == "NOT_PUBLISHABLE"
    assert places(error) == ["scenarios.yaml:9:1"] * 2
    assert "`enough` does not come out as expected by the case engine: outcome is assign, not discretion." in texts(
        error
    )
    assert "the reference" in texts(error)
    assert "4711" not in texts(error)
    assert office.get(name).state == office.get(office.approved(PARENT, WIDER)).state, "it is approved still"


def test_a_fact_that_a_version_in_force_declares_cannot_be_removed(office: Office) -> None:
    first = office.published(PARENT, MARKS)
    for text, said in ((WITHOUT, "does not declare"), (OTHER_TYPE, "declares as string")):
        error = office.refused(lambda text=text: office.publish(office.approved(PARENT, text)))  # type: ignore[misc]
        assert (error.reason, places(error)) == ("NOT_PUBLISHABLE", ["ruleset.yaml facts.mark.share"])
        assert said in texts(error)
    deprecated = office.published(PARENT, MARKS.replace("places: 2}", "places: 2, deprecated: Nobody reads it.}"))
    without = office.create(PARENT, WITHOUT).name
    assert office.refused(lambda: office.publish(without)).reason == "NOT_PUBLISHABLE", "it is declared still"
    office.retire(deprecated)
    assert office.refused(lambda: office.publish(without)).reason == "NOT_PUBLISHABLE", "the first decides again"
    office.retire(first)
    assert office.publish(without).publication == 5


def test_a_fact_may_go_where_the_version_that_declares_it_has_ended(office: Office) -> None:
    office.published(PARENT, MARKS, last="2026-07-31")
    name = office.approved(PARENT, WITHOUT)
    assert office.refused(lambda: office.publish(name, first="2026-07-31")).reason == "NOT_PUBLISHABLE"
    assert days(office.publish(name, first="2026-08-01")) == ("2026-08-01", "")


def test_what_it_builds_on_must_be_in_force_on_all_its_days(office: Office) -> None:
    office.create(PARENT, MARKS)
    name = office.approved(REPORT, BUILDING)
    error = office.refused(lambda: office.publish(name))
    assert error.reason == "NOT_PUBLISHABLE"
    assert "no version of it is in force on days from 2018-08-03" in texts(error)
    office.published(PARENT, MARKS, first="2019-01-01")
    assert "through 2018-12-31" in texts(office.refused(lambda: office.publish(name)))
    assert office.publish(name, first="2019-01-01").publication == 2


def test_what_others_build_on_can_neither_go_nor_lose_the_rule(office: Office) -> None:
    marks = office.published(PARENT, MARKS)
    report = office.published(REPORT, BUILDING)
    error = office.refused(lambda: office.retire(marks))
    assert error.reason == "NOT_PUBLISHABLE"
    assert places(error)[0].startswith("demo/report/ruleset.yaml:")
    renamed = office.approved(PARENT, MARKS.replace("  foster:\n", "  fostered:\n"))
    error = office.refused(lambda: office.publish(renamed))
    assert "demo/report" in texts(error)
    assert "has no rule `foster`" in texts(error)
    wider = office.published(PARENT, WIDER)
    office.retire(wider)
    office.retire(report)
    office.publish(renamed)
    office.retire(marks)


def test_drafts_that_build_on_each_other_are_made_together(office: Office) -> None:
    office.published(PARENT, MARKS)
    error = office.refused(lambda: office.create(REPORT, BUILDING.replace("#foster", "#other")))
    assert (error.reason, error.metadata) == ("RULESET_INVALID", {"ruleset": "rulesets/demo/report"})
    assert places(error)[0].startswith("ruleset.yaml:")
    office.create(PARENT, MARKS.replace("  foster:\n", "  other:\n"))
    office.create(REPORT, BUILDING.replace("#foster", "#other"))
    office.create(REPORT, BUILDING)


def test_calendars_are_published_too_and_kept_while_rulesets_count_in_them(office: Office) -> None:
    late = office.approved("rulesets/demo/late", COUNTING)
    assert "publish it first" in texts(office.refused(lambda: office.publish(late)))
    oak = office.published("calendars/oak", OAK)
    office.publish(late)
    error = office.refused(lambda: office.retire(oak))
    assert (error.reason, places(error)) == ("NOT_PUBLISHABLE", ["demo/late/ruleset.yaml"])
    longer = office.published("calendars/oak", OAK.replace("2018-09-30", "2018-10-31"), first="2018-08-01")
    office.retire(longer)
    office.retire(late)
    office.retire(oak)


@pytest.mark.parametrize(
    ("parent", "text", "scenarios", "place"),
    [
        ("rulesets/demo/other", MARKS, "", "ruleset.yaml:1:1"),
        ("calendars/elm", OAK, "", "calendar.yaml:2:11"),
        ("calendars/oak", OAK, SCENARIOS, "scenarios.yaml:1:1"),
        (PARENT, MARKS, SCENARIOS.replace("outcome: assign", "outcome: x"), "scenarios.yaml:12:23"),
        (PARENT, MARKS.replace("minimum_days\n", "minimum_day\n"), "", "ruleset.yaml:32:43"),
        (PARENT, "", "", "ruleset.yaml:1:1"),
    ],
)
def test_a_document_with_errors_is_not_kept(office: Office, parent: str, text: str, scenarios: str, place: str) -> None:
    error = office.refused(lambda: office.create(parent, text, scenarios))
    assert error.reason == "RULESET_INVALID"
    assert place in places(error)
