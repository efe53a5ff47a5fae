"""`rollbook log`: recorded decisions are found, made again, exported, kept and deleted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import rollbook as sdk
from server.store import Database
from server.store.schema import migrate
from tests.clients.cli.conftest import Rollbook
from tests.server.running import MARKS, Folder, Running

FACTS = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
AS_OF = date(2018, 9, 14)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    return folder


@pytest.fixture
def target(folder: Folder, url: str) -> Iterator[str]:
    with Running(folder.path, database_url=url) as running:
        yield running.target


@pytest.fixture
def recorded(target: str) -> list[sdk.Decision]:
    """Three decisions, about two subjects."""
    with sdk.Client(target) as client:
        return [
            client.decide(
                "demo/marks",
                sdk.Case(FACTS, subject=f"s-{number % 2}", case_id=f"c-{number}"),
                as_of=AS_OF,
                mode=sdk.Mode.RECORD,
            )
            for number in range(3)
        ]


def test_the_sdk_reads_the_log(target: str, recorded: list[sdk.Decision]) -> None:
    first = recorded[0]
    ids = sorted((one.decision_id for one in recorded), reverse=True)
    with sdk.Client(target) as client:
        logged = client.get_decision(first.decision_id)
        assert (logged.decision, logged.subject, logged.facts) == (first, "s-0", FACTS)
        assert abs(logged.decided_at - datetime.now(UTC)) < timedelta(minutes=5)
        assert [one.decision.decision_id for one in client.list_decisions(page_size=2)] == ids
        about = sdk.Wanted(subject="s-1", ruleset="demo/marks", decided_from=logged.decided_at)
        assert [one.decision for one in client.list_decisions(about, with_facts=True)] == [recorded[1]]
        replay = client.replay_decision(first.decision_id)
        assert (replay.same, replay.differences, replay.recorded) == (True, (), first)
        exported = list(client.export_decisions(after=ids[-1]))
        assert [one.decision.decision_id for one in exported] == ids[-2::-1]
        with pytest.raises(sdk.NotFoundError):
            client.get_decision("00000000-0000-7000-8000-000000000000")
        with pytest.raises(sdk.InvalidRequestError):
            list(client.export_decisions(after="x"))
    with pytest.raises(ValueError, match="time zone"):
        sdk.Wanted(decided_from=datetime(2026, 1, 1)).message()  # noqa: DTZ001 - that is what is refused


def test_the_sdk_for_asyncio_reads_it_too(target: str, recorded: list[sdk.Decision]) -> None:
    async def read() -> None:
        async with sdk.AsyncClient(target) as client:
            first = recorded[0].decision_id
            assert (await client.get_decision(first)).decision == recorded[0]
            assert len([one async for one in client.list_decisions(page_size=2)]) == 3
            assert (await client.replay_decision(first)).same
            assert len([one async for one in client.export_decisions()]) == 3
            with pytest.raises(sdk.InvalidRequestError):
                _ = [one async for one in client.export_decisions(after="x")]

    asyncio.run(read())


def test_decisions_are_shown_and_listed(rollbook: Rollbook, target: str, recorded: list[sdk.Decision]) -> None:
    id_ = recorded[0].decision_id
    shown = rollbook("log", "get", id_, "--server", target)
    assert shown.exit_code == 0
    for said in (id_, "subject: s-0", "case: c-0", "withhold", '"instructional_days": 3'):
        assert said in shown.stdout
    as_json = json.loads(rollbook("log", "get", id_, "--server", target, "-o", "json").stdout)
    assert as_json["decisions"][0]["facts"] == FACTS
    listed = rollbook("log", "list", "--server", target, "--subject", "s-0", "--from", "2020-01-01")
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == sorted(
        (recorded[0].decision_id, recorded[2].decision_id), reverse=True
    )
    assert len(json.loads(rollbook("log", "list", "--server", target, "--most", "1", "-o", "json").stdout)) == 1
    wrong = rollbook("log", "list", "--server", target, "--from", "yesterday")
    assert (wrong.exit_code, "is no time" in wrong.stderr) == (2, True)


def test_decisions_are_replayed_and_exported(
    rollbook: Rollbook, target: str, recorded: list[sdk.Decision], tmp_path: Path
) -> None:
    ids = [one.decision_id for one in recorded]
    replayed = rollbook("log", "replay", "-", "--server", target, stdin="\n".join(ids) + "\n")
    assert (replayed.exit_code, replayed.stdout.splitlines()[-1]) == (0, "3 replayed, 0 differ.")
    out = tmp_path / "out.jsonl"
    exported = rollbook("log", "export", "--server", target, "--out", str(out))
    assert (exported.exit_code, exported.stderr) == (0, "3 decisions exported.\n")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["decision"]["decision_id"] for line in lines] == sorted(ids)
    assert rollbook("log", "export", "--server", target, "--out", str(out)).exit_code == 1, "nothing is overwritten"


def test_the_log_is_kept(rollbook: Rollbook, url: str, recorded: list[sdk.Decision]) -> None:
    def log(*arguments: str) -> str:
        done = rollbook("log", *arguments, "--database", url)
        assert done.exit_code == 0, done.stderr
        return done.stdout

    assert (
        log("retention", "set", "demo/marks", "--days", "1825") == "Decisions of demo/marks are kept for 1825 days.\n"
    )
    assert log("retention", "list") == "demo/marks: 1825 days\n"
    assert log("retention", "apply") == "demo/marks: 0 deleted\n"
    hold = log("hold", "place", "--subject", "s-0", "--reason", "Case 12-345").strip()
    assert f"{hold}  " in log("hold", "list")
    refused = rollbook("log", "erase", "--subject", "s-0", "--yes", "--database", url)
    assert (refused.exit_code, hold in refused.stderr) == (1, True)
    assert log("hold", "release", hold) == ""
    assert rollbook("log", "erase", "--subject", "s-0", "--database", url, stdin="n\n").exit_code == 1
    assert log("erase", "--subject", "s-0", "--yes") == "2 decisions deleted.\n"
    audit = log("audit")
    assert [line.split()[4] for line in audit.splitlines()] == [
        *("erase-subject", "release-hold", "place-hold", "apply-retention", "set-retention"),
    ]
    assert "s-0" not in audit
    again = rollbook("log", "hold", "release", hold, "--database", url)
    assert (again.exit_code, "no hold" in again.stderr) == (1, True)
    assert rollbook("log", "retention", "set", "demo/marks", "--database", url).exit_code == 2
