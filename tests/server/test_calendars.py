"""A case is counted in the calendar that it names, else in the ruleset's own; the decision says in which version."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import grpc
import pytest

from engine.calendars.loading import check_calendar
from rollbook.v1 import decision_pb2 as pb
from rollbook.v1 import missing_pb2
from rollbook.v1.decision_service_pb2 import DecideBatchRequest, ExplainRequest
from rollbook.v1.ruleset_service_pb2 import (
    GetRulesetRequest,
    RulesetDocument,
    RunScenariosRequest,
    ValidateRulesetRequest,
)
from server.catalogues.folder import FolderCatalogue
from server.logs import configure_logs
from tests.server.running import NAME, Error, Folder, Running, error_of, request

LATE = """
ruleset: demo/late
title: Late forms
case: [form]
calendar: oak
facts: {sent_on: {type: date}}
values: {days: 'school days between(sent_on, as_of)'}
outcomes: [late, in-time]
default: {outcome: in-time, because: "{days} school days."}
rules:
  late: {when: days > 3, outcome: late, because: "{days} school days."}
"""
OAK = """
calendar: oak
title: Oak
coverage: {from: 2018-09-01, through: 2018-09-30}
days: {2018-09-10: instructional-day, 2018-09-11: instructional-day, 2018-09-12: instructional-day}
"""
ELM = (
    OAK.replace("oak", "elm")
    .replace("Oak", "Elm")
    .replace("2018-09-12: ", "2018-09-13: instructional-day, 2018-09-12: ")
)
SCENARIOS = """
ruleset: demo/late
usual: {as_of: 2018-09-14, facts: {sent_on: 2018-09-09}}
scenarios:
  own: {cites: I, expect: {outcome: in-time}}
  named: {cites: I, calendar: elm, expect: {outcome: late}}
"""
LATE_NAME = "rulesets/demo/late"
SENT = {"sent_on": "2018-09-09"}


def version(text: str) -> str:
    calendar, _ = check_calendar(text, "x.yaml")
    assert calendar is not None
    return calendar.version


def write_calendar(folder: Folder, name: str, text: str) -> None:
    place = folder.path / "calendars"
    place.mkdir(exist_ok=True)
    (place / f"{name}.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def counting(folder: Folder, run: Callable[..., Running]) -> Running:
    folder.write("demo/late", LATE, SCENARIOS)
    folder.write("demo/none", LATE.replace("demo/late", "demo/none").replace("calendar: oak\n", ""))
    folder.write("demo/gone", LATE.replace("demo/late", "demo/gone").replace("oak", "birch"))
    write_calendar(folder, "oak", OAK)
    write_calendar(folder, "elm", ELM)
    write_calendar(folder, "broken", OAK)
    return run()


def late(server: Running, facts: Any = SENT, **more: Any) -> pb.Decision:
    return server.decide(facts, rulesets=(LATE_NAME,), **more)


def refused(server: Running, asked: Any) -> Error:
    with pytest.raises(grpc.RpcError) as caught:
        server.decisions.Decide(asked, timeout=20)
    return error_of(caught.value)


def test_the_calendar_of_the_case_goes_before_that_of_the_ruleset(counting: Running) -> None:
    own, named, short = (
        late(counting),
        late(counting, of_case_calendar="calendars/elm"),
        late(counting, of_case_calendar="elm"),
    )
    assert (own.outcome, named.outcome, short.outcome) == ("in-time", "late", "late")
    (used,) = own.versions.calendars
    assert (used.calendar, used.version) == ("calendars/oak", version(OAK))
    assert [(one.calendar, one.version) for one in named.versions.calendars] == [("calendars/elm", version(ELM))]
    assert short.versions == named.versions


def test_a_ruleset_that_counts_no_school_days_reads_no_calendar(counting: Running) -> None:
    for more in ({}, {"of_case_calendar": "calendars/elm"}):
        assert not counting.decide({"enrollment": {"instructional_days": 20}}, **more).versions.calendars


def test_rulesets_asked_together_count_each_in_its_own(counting: Running) -> None:
    reply = counting.decisions.Decide(request(SENT, rulesets=(LATE_NAME, NAME)), timeout=20)
    assert [len(decision.versions.calendars) for decision in reply.decisions] == [1, 0]


def test_a_day_that_is_not_covered(counting: Running) -> None:
    decision = late(counting, {"sent_on": "2018-08-01"})
    assert decision.state == pb.DECISION_STATE_INDETERMINATE
    (cause,) = decision.missing.outcome
    assert (cause.kind, cause.path) == (missing_pb2.CAUSE_KIND_CALENDAR_DATE, "oak")
    assert date(cause.date.year, cause.date.month, cause.date.day) == date(2018, 8, 2)
    assert cause.text == "the calendar oak on 2018-08-02"


def test_explained(counting: Running) -> None:
    asked = request(SENT, rulesets=(LATE_NAME,), kind=ExplainRequest, of_case_calendar="calendars/elm")
    (explanation,) = counting.decisions.Explain(asked, timeout=20).explanations
    assert explanation.decision.outcome == "late"
    assert explanation.decision.versions.calendars[0].calendar == "calendars/elm"


def test_every_case_of_a_batch_has_its_own(counting: Running) -> None:
    asked = request(kind=DecideBatchRequest, rulesets=(LATE_NAME,))
    for name in ("", "calendars/elm", "calendars/birch"):
        asked.cases.add(facts_json='{"sent_on": "2018-09-09"}', calendar=name)
    first, second, third = counting.decisions.DecideBatch(asked, timeout=20).results
    assert [one.decisions.decisions[0].outcome for one in (first, second)] == ["in-time", "late"]
    assert Error(None, third.error).reason == "UNKNOWN_CALENDAR"


@pytest.mark.parametrize(
    ("ruleset", "calendar", "reason", "metadata"),
    [
        ("demo/none", "", "REQUEST_INVALID", {"ruleset": "rulesets/demo/none"}),
        ("demo/gone", "", "UNKNOWN_CALENDAR", {"ruleset": "rulesets/demo/gone"}),
        ("demo/late", "calendars/birch", "UNKNOWN_CALENDAR", {}),
        ("demo/late", "calendars/broken", "UNKNOWN_CALENDAR", {}),
        ("demo/late", "calendars/../oak", "REQUEST_INVALID", {}),
        ("demo/late", "Oak", "REQUEST_INVALID", {}),
        ("demo/late", "o" * 201, "REQUEST_INVALID", {}),
        ("demo/marks", "calendars/birch", "UNKNOWN_CALENDAR", {}),
    ],
)
def test_refused(counting: Running, ruleset: str, calendar: str, reason: str, metadata: dict[str, str]) -> None:
    error = refused(counting, request({}, rulesets=(f"rulesets/{ruleset}",), of_case_calendar=calendar))
    assert (error.reason, error.fields, dict(error.info.metadata)) == (reason, ["case.calendar"], metadata)
    assert calendar == "" or calendar not in str(error.status)


def test_what_lacks_a_calendar_is_said_once_with_the_remedy(counting: Running) -> None:
    error = refused(counting, request({}, rulesets=("rulesets/demo/none",)))
    assert str(error.status).count("neither the case nor the ruleset names a calendar") == 1
    assert "Name a calendar here; on the command line it is --calendar." in str(error.status)


def test_a_ruleset_says_its_own_calendar(counting: Running) -> None:
    assert counting.rulesets.GetRuleset(GetRulesetRequest(name=LATE_NAME)).default_calendar == "calendars/oak"
    assert not counting.rulesets.GetRuleset(GetRulesetRequest(name=NAME)).default_calendar


def test_scenarios_are_counted_in_the_calendars_of_the_folder(counting: Running) -> None:
    reply = counting.rulesets.RunScenarios(RunScenariosRequest(name=LATE_NAME), timeout=60)
    assert reply.passed, reply
    document = RulesetDocument(ruleset_yaml=LATE, scenarios_yaml=SCENARIOS.replace("elm", "birch"))
    reply = counting.rulesets.RunScenarios(RunScenariosRequest(document=document), timeout=60)
    assert [result.passed for result in reply.results] == [True, False]
    assert counting.rulesets.ValidateRuleset(ValidateRulesetRequest(document=document), timeout=60).valid


def read_again(running: Running) -> None:
    catalogue = running.server.catalogue
    assert isinstance(catalogue, FolderCatalogue)
    catalogue.read_again()


def test_calendars_are_swapped_with_the_rulesets(counting: Running, folder: Folder) -> None:
    write_calendar(folder, "oak", ELM.replace("elm", "oak").replace("Elm", "Oak"))
    write_calendar(folder, "elm", "calendar: elm\n")
    read_again(counting)
    assert late(counting).outcome == "late"
    assert late(counting).versions.calendars[0].version != version(OAK)
    # One that breaks goes on as it was.
    assert late(counting, of_case_calendar="calendars/elm").versions.calendars[0].version == version(ELM)


def test_what_changes_is_logged(folder: Folder, run: Callable[..., Running]) -> None:
    write_calendar(folder, "oak", OAK)
    server = run()
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    write_calendar(folder, "oak", OAK.replace("Oak", "Oak schools"))
    write_calendar(folder, "elm", "calendar: elm\n")
    read_again(server)
    changed, refused_ = (json.loads(line) for line in lines.getvalue().splitlines())
    assert (changed["event"], changed["calendar"], changed["version_before"]) == ("calendar", "oak", version(OAK))
    assert (refused_["event"], refused_["calendar"], refused_["still_served"]) == ("calendar_refused", "elm", False)
    assert refused_["problems"][0].startswith("calendars/elm.yaml:1:1: error: `coverage` is missing here.")
    reloads = server.server.metrics.registry.get_sample_value("rollbook_reloads_total", {"result": "swapped"})
    assert reloads == 1
