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
from rollbook.v1.ruleset_service_pb2 import (
    GetRulesetRequest,
    ListRulesetsRequest,
)
from tests.server.published import FEW, Publisher, marks
from tests.server.running import NAME, Running, refused

SCENARIOS = """
ruleset: demo/marks
usual: {as_of: 2018-09-14, facts: {student: {foster_youth: false}}}
scenarios:
  few: {cites: I.F, facts: {enrollment: {instructional_days: 10}}, expect: {outcome: withhold}}
"""
ON_MARKS = marks(15, "demo/report").replace(
    "when: enrollment.instructional_days < minimum_days", "given: [demo/marks#too-few-days]"
)


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


def get(server: Running, name: str = NAME, **more: Any) -> ruleset_pb2.Ruleset:
    return server.rulesets.GetRuleset(GetRulesetRequest(name=name, **more), timeout=20)
