"""Writes a log that later releases have to repeat: `python -m tests.server.recorded.write`, once for each schema.

What it writes is never written again: the rules go on changing, and the decisions of then must still come out.
"""

from __future__ import annotations

import io
import lzma
import sqlite3
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import grpc
import typer
from google.type.date_pb2 import Date

from engine.library import Library
from engine.scenarios import Scenario, load_scenarios
from rollbook.v1 import decision_log_service_pb2 as pb
from rollbook.v1.decision_pb2 import MODE_RECORD, Case
from rollbook.v1.decision_service_pb2 import DecideRequest
from rollbook.v1.roster_pb2 import CaseBatch
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, RosterHeader
from rollbook.v1.roster_service_pb2_grpc import RosterServiceStub
from server.json_values import json_text
from server.store import Database
from server.store.schema import KNOWN, migrate
from tests.server.running import Running

__all__ = ["ANSWERS", "FOLDER"]

FOLDER: Final = Path(__file__).parent
_RULESETS: Final = FOLDER.parents[2] / "rulesets"
ANSWERS: Final = "decisions.binpb"
"""The decisions of rosters as they were read when they were recorded, among the segments."""

_ROSTERS: Final = ("lausd/grade-marking", "lausd/report-completeness", "westlake/evaluation-timeline")
_CASES: Final = 40
_EACH: Final = 6
"""Scenarios of one ruleset, each with another outcome or other rules as far as there are any."""


def _chosen(scenarios: tuple[Scenario, ...]) -> Iterator[Scenario]:
    """Scenarios of as many kinds as there is room for."""
    kinds: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        kinds.setdefault(repr((scenario.expect.outcome, scenario.expect.missing)), []).append(scenario)
    turns = [one for round_ in range(_EACH) for found in kinds.values() for one in found[round_ : round_ + 1]]
    yield from turns[:_EACH]


def _request(id_: str, scenario: Scenario, number: int) -> DecideRequest:
    case = Case(
        case_id=f"case-{number}", subject=f"s-{number % 17}", school="oak", facts_json=json_text(scenario.facts)
    )
    if scenario.calendar is not None:
        case.calendar = f"calendars/{scenario.calendar}"
    return DecideRequest(
        rulesets=[f"rulesets/{id_}"],
        case=case,
        as_of=_day(scenario.as_of.isoformat()),
        rules_as_of=_day(scenario.rules_as_of.isoformat()),
        absent_is_none=scenario.absent_is_none,
        mode=MODE_RECORD,
        request_id=f"recorded-{number}",
    )


def _day(text: str) -> Date:
    year, month, day = map(int, text.split("-"))
    return Date(year=year, month=month, day=day)


def _record(file: Path) -> tuple[int, pb.ExportDecisionsResponse]:
    """Records scenarios of every ruleset by a server, and some as rosters; says how many, and gives the latter."""
    with Database(f"sqlite:///{file}", create=True) as database:
        migrate(database)
    library = Library.load(_RULESETS)
    number = 0
    with Running(_RULESETS, database_url=f"sqlite:///{file}") as server:
        for id_, loaded in library.rulesets.items():
            scenarios = load_scenarios(_RULESETS.joinpath(*id_.split("/"), "scenarios.yaml"), loaded.checked)
            for scenario in _chosen(scenarios.scenarios):
                with suppress(grpc.RpcError):  # some scenarios are there to be refused
                    server.decisions.Decide(_request(id_, scenario, number), timeout=60)
                    number += 1
        for id_ in _ROSTERS:
            loaded = library.rulesets[id_]
            scenarios = load_scenarios(_RULESETS.joinpath(*id_.split("/"), "scenarios.yaml"), loaded.checked)
            _record_roster(server, id_, scenarios.scenarios)
        return number, _rosters_in(server)


def _record_roster(server: Running, id_: str, scenarios: tuple[Scenario, ...]) -> None:
    """Records the scenarios of one day and calendar as a roster: those of the day that has the most."""

    def asked(scenario: Scenario) -> tuple[Any, ...]:
        return scenario.as_of, scenario.rules_as_of, scenario.absent_is_none, scenario.calendar or ""

    day = Counter(map(asked, scenarios)).most_common(1)[0][0]
    some = [scenario for scenario in scenarios if asked(scenario) == day][:_CASES]
    lines = [
        json_text({**scenario.facts, "id of the case": f"row-{row}", "id of the student": f"s-{row % 5}"})
        for row, scenario in enumerate(some)
    ]
    as_of, rules_as_of, absent_is_none, calendar = day
    header = RosterHeader(
        ruleset=f"rulesets/{id_}",
        as_of=_day(as_of.isoformat()),
        rules_as_of=_day(rules_as_of.isoformat()),
        absent_is_none=absent_is_none,
        calendar=f"calendars/{calendar}" if calendar else "",
        mode=MODE_RECORD,
        run_id=f"recorded-{id_.replace('/', '-')}",
        id_columns=["id of the case", "id of the student"],
        case_id_column="id of the case",
        subject_column="id of the student",
    )
    batch = CaseBatch(json_lines="\n".join(lines).encode())
    requests = iter((DecideRosterRequest(header=header), DecideRosterRequest(batch=batch)))
    answers = [*RosterServiceStub(server.channel).DecideRoster(requests, timeout=300)]
    assert answers[-1].ended.progress.batch_count == 1


def _rosters_in(server: Running) -> pb.ExportDecisionsResponse:
    """The decisions of rosters as they are read today."""
    parts = server.log.ExportDecisions(pb.ExportDecisionsRequest(), timeout=300)
    return pb.ExportDecisionsResponse(decisions=[one for part in parts for one in part.decisions if one.roster_run])


def _packed(folder: Path, rosters: pb.ExportDecisionsResponse) -> bytes:
    """The segments of the rosters, and how their decisions are read, as one archive."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        (folder / ANSWERS).write_bytes(rosters.SerializeToString(deterministic=True))
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            about = tarfile.TarInfo(str(path.relative_to(folder)))
            about.size = path.stat().st_size
            with path.open("rb") as file:
                archive.addfile(about, file)
    return lzma.compress(raw.getvalue(), preset=9)


def _write() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollbook.db"
        count, rosters = _record(file)
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump())
        segments = _packed(file.with_name(file.name + ".rosters"), rosters)
    target = FOLDER / f"log-{KNOWN}.sql.xz"
    target.write_bytes(lzma.compress(text.encode(), preset=9))
    target.with_name(f"log-{KNOWN}.rosters.tar.xz").write_bytes(segments)
    typer.echo(f"{len(rosters.decisions)} of rosters, {len(segments)} bytes")
    typer.echo(f"{target.name}: {count} decisions, {target.stat().st_size} bytes")


if __name__ == "__main__":
    _write()
