"""Rosters by published versions: those in force, and every one that is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from google.type.date_pb2 import Date

from rollbook.v1 import decision_pb2, roster_pb2, roster_service_pb2
from rollbook.v1.roster_service_pb2 import ComparedRuleset, CompareRulesetsRequest
from tests.server.published import REPORT, Publisher, marks
from tests.server.rosters.asking import CASES, arrow, decide, header, ipc, refused, rows_in, stub
from tests.server.running import NAME, Running


@pytest.fixture
def publisher(url: str, tmp_path: Path) -> Iterator[Publisher]:
    with Publisher(url, tmp_path / "nowhere") as publisher:
        yield publisher


def outcomes(server: Running, **more: Any) -> list[str]:
    started, answer, _ = decide(server, header(**more), arrow())
    (version,) = started.started.versions.rulesets
    assert version.source == decision_pb2.RULESET_SOURCE_DATABASE
    return [row["outcome"] for row in rows_in(answer.batch)][:2]


def test_a_roster_by_what_is_in_force_and_by_versions_that_are_named(publisher: Publisher) -> None:
    hidden = publisher.ruleset(marks(25))
    publisher.ruleset(marks(2))
    publisher.ruleset(marks(15), date(2019, 1, 1))
    server = publisher.serve()
    assert outcomes(server) == ["assign", "assign"]
    assert outcomes(server, rules_as_of=Date(year=2019, month=1, day=1)) == ["withhold", "assign"]
    assert outcomes(server, ruleset=f"{NAME}/versions/{hidden}") == ["withhold", "indeterminate"]
    _, error = refused(server, header(ruleset=f"{NAME}/versions/{'0' * 64}"), arrow())
    assert error.reason == "UNKNOWN_VERSION"


def test_a_version_is_compared_with_a_draft_that_builds_on_it(publisher: Publisher) -> None:
    version = publisher.ruleset(marks(15))
    server = publisher.serve()
    asked = roster_service_pb2.ComparisonHeader(
        before=ComparedRuleset(name=f"{NAME}/versions/{version}"),
        after=ComparedRuleset(ruleset_yaml=REPORT),
        as_of=Date(year=2018, month=9, day=14),
    )
    messages = (
        CompareRulesetsRequest(header=asked),
        CompareRulesetsRequest(batch=roster_pb2.CaseBatch(arrow=ipc(CASES))),
    )
    *_, last = stub(server).CompareRulesets(iter(messages), timeout=60)
    assert last.comparison.case_count == 3
