"""A server decides by what is published in its database: on each day the newest publication in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import decision_pb2, ruleset_pb2
from rollbook.v1.decision_log_service_pb2 import ReplayDecisionRequest
from rollbook.v1.decision_service_pb2 import ExplainRequest
from rollbook.v1.ruleset_service_pb2 import (
    GetRulesetRequest,
    ListRulesetsRequest,
    RulesetDocument,
    RunScenariosRequest,
    ValidateRulesetRequest,
)
from server.store import Database
from tests.server.published import FEW, REPORT, Publisher, calendar, marks
from tests.server.running import NAME, Running, refused, request, wait_until
from tests.server.store.publishing import publish

SCENARIOS = """
ruleset: demo/marks
usual: {as_of: 2018-09-14, facts: {student: {foster_youth: false}}}
scenarios:
  few: {cites: I.F, facts: {enrollment: {instructional_days: 10}}, expect: {outcome: withhold}}
"""


@pytest.fixture
def publisher(url: str, tmp_path: Path) -> Iterator[Publisher]:
    with Publisher(url, tmp_path / "nowhere") as publisher:
        yield publisher


def decided(server: Running, day: date, **more: Any) -> str:
    decision = server.decide(FEW, as_of=(day.year, day.month, day.day), **more)
    assert decision.versions.rulesets[0].source == decision_pb2.RULESET_SOURCE_DATABASE
    return decision.outcome


def test_an_empty_database_serves_nothing_until_something_is_published(publisher: Publisher) -> None:
    server = publisher.serve()
    assert server.serving()
    assert refused(lambda: server.decide(FEW)).reason == "UNKNOWN_RULESET"
    assert not server.rulesets.ListRulesets(ListRulesetsRequest(), timeout=20).rulesets
    publisher.ruleset(marks(15))
    assert decided(server, date(2018, 9, 14)) == "withhold"


def test_on_each_day_the_newest_publication_in_force_decides(publisher: Publisher) -> None:
    strict = publisher.ruleset(marks(15), date(2018, 8, 3))
    publisher.ruleset(marks(2), date(2018, 9, 14), date(2018, 9, 20))
    server = publisher.serve()
    days = {date(2018, 9, 13): "withhold", date(2018, 9, 14): "assign", date(2018, 9, 20): "assign"}
    assert {day: decided(server, day) for day in days} == days
    assert decided(server, date(2018, 9, 21)) == "withhold"
    early = refused(lambda: decided(server, date(2018, 8, 2)))
    assert (early.reason, early.info.metadata["date"]) == ("NOT_IN_FORCE", "2018-08-02")
    as_before = Date(year=2018, month=9, day=13)
    assert decided(server, date(2018, 9, 14), rules_as_of=as_before) == "withhold"
    publisher.retire(strict)
    assert refused(lambda: decided(server, date(2018, 9, 13))).reason == "NOT_IN_FORCE"
    assert decided(server, date(2018, 9, 14)) == "assign"


def test_a_retired_ruleset_is_known_but_not_in_force(publisher: Publisher) -> None:
    server = publisher.serve()
    version = publisher.ruleset(marks(15))
    publisher.retire(version)
    assert refused(lambda: decided(server, date(2018, 9, 14))).reason == "NOT_IN_FORCE"
    assert refused(lambda: get(server, f"{NAME}/versions/{version}")).reason == "UNKNOWN_VERSION"


def test_a_correction_supersedes_while_replay_uses_what_decided(publisher: Publisher) -> None:
    first = publisher.ruleset(marks(15))
    server = publisher.serve()
    then = server.decide(FEW, mode=decision_pb2.MODE_RECORD)
    publisher.ruleset(marks(2))
    assert decided(server, date(2018, 9, 14)) == "assign"
    publisher.retire(first)
    replay = server.log.ReplayDecision(ReplayDecisionRequest(decision_id=then.decision_id), timeout=60)
    assert (replay.same, replay.replayed.outcome) == (True, "withhold")
    assert replay.replayed.versions.rulesets[0].version == first


def test_a_publish_reaches_every_server(publisher: Publisher) -> None:
    publisher.ruleset(marks(15))
    servers = [publisher.serve(), publisher.serve()]
    with Database(publisher.url) as database:
        for days, outcome in ((2, "assign"), (16, "withhold")):
            publish(database, "ruleset", "demo/marks", marks(days))
            for server in servers:
                wait_until(lambda server=server, outcome=outcome: decided(server, date(2018, 9, 14)) == outcome)  # type: ignore[misc]  # bound defaults


def test_calendars_are_those_of_the_day(publisher: Publisher) -> None:
    counts = marks(15).replace("when: student.foster_youth", "when: is school day(as_of)") + "calendar: oak\n"
    publisher.ruleset(counts)
    publisher.calendar(calendar("14"), last=date(2018, 9, 30))
    publisher.calendar(calendar("15"), first=date(2018, 10, 1))
    server = publisher.serve()
    assert decided(server, date(2018, 9, 14)) == "discretion"
    october = Date(year=2018, month=10, day=1)
    assert decided(server, date(2018, 9, 14), rules_as_of=october) == "withhold"
    explained = server.decisions.Explain(request(FEW, kind=ExplainRequest, rules_as_of=october), timeout=20)
    assert explained.explanations[0].decision.outcome == "withhold"


def test_rulesets_are_described_as_published(publisher: Publisher) -> None:
    old = publisher.ruleset(marks(15), date(2018, 8, 3), date(2018, 9, 30))
    new = publisher.ruleset(marks(2), date(2018, 9, 1))
    hidden = publisher.ruleset(marks(3), date(2030, 1, 1), date(2030, 1, 1))
    publisher.ruleset(marks(4), date(2030, 1, 1), date(2030, 1, 1))
    server = publisher.serve()
    (listed,) = server.rulesets.ListRulesets(ListRulesetsRequest(), timeout=20).rulesets
    assert (listed.version, listed.source) == (new, decision_pb2.RULESET_SOURCE_DATABASE)
    assert get(server).version == new
    then = get(server, as_of=Date(year=2018, month=8, day=31))
    assert (then.version, then.effective_from, then.effective_until) == (
        old, Date(year=2018, month=8, day=3), Date(year=2018, month=9, day=30)
    )  # fmt: skip
    for version in (old, new, hidden):
        assert get(server, f"{NAME}/versions/{version}").version == version
    assert refused(lambda: get(server, as_of=Date(year=2018, month=8, day=2))).reason == "NOT_IN_FORCE"
    assert refused(lambda: get(server, f"{NAME}/versions/{'0' * 64}")).reason == "UNKNOWN_VERSION"


def test_scenarios_and_drafts_beside_what_is_published(publisher: Publisher) -> None:
    version = publisher.ruleset(marks(15), scenarios=SCENARIOS)
    server = publisher.serve()
    for name in (NAME, f"{NAME}/versions/{version}"):
        reply = server.rulesets.RunScenarios(RunScenariosRequest(name=name), timeout=60)
        assert (reply.passed, [result.scenario for result in reply.results]) == (True, ["few"])
    draft = RulesetDocument(ruleset_yaml=REPORT)
    checked = server.rulesets.ValidateRuleset(ValidateRulesetRequest(document=draft), timeout=60)
    assert checked.valid
    assert checked.ruleset.source == decision_pb2.RULESET_SOURCE_DATABASE


def test_a_version_that_cannot_be_used_is_refused_and_nothing_decides_in_its_place(publisher: Publisher) -> None:
    publisher.ruleset(marks(15))
    server = publisher.serve()
    broken = publisher.ruleset("[", date(2018, 9, 14))
    assert refused(lambda: server.decide(FEW)).reason == "RULESET_INVALID"
    assert decided(server, date(2018, 9, 13)) == "withhold"
    assert get(server, as_of=Date(year=2018, month=9, day=14)).state == ruleset_pb2.RULESET_STATE_INVALID
    assert server.server.metrics.registry.get_sample_value("rollbook_rulesets", {"state": "invalid"}) == 1
    publisher.retire(broken)
    assert decided(server, date(2018, 9, 14)) == "withhold"


def get(server: Running, name: str = NAME, **more: Any) -> ruleset_pb2.Ruleset:
    return server.rulesets.GetRuleset(GetRulesetRequest(name=name, **more), timeout=20)
