"""Writes a log that later releases have to repeat: `python -m tests.server.recorded.write`, once for each schema.

What it writes is never written again: the rules go on changing, and the decisions of then must still come out.
"""

from __future__ import annotations

import lzma
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import grpc
import typer
from google.type.date_pb2 import Date

from engine.library import Library
from engine.scenarios import Scenario, load_scenarios
from rollbook.v1.decision_pb2 import MODE_RECORD, Case
from rollbook.v1.decision_service_pb2 import DecideRequest
from server.json_values import json_text
from server.store import Database
from server.store.schema import KNOWN, migrate
from tests.server.running import Running

__all__ = ["FOLDER"]

FOLDER: Final = Path(__file__).parent
_RULESETS: Final = FOLDER.parents[2] / "rulesets"
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


def _record(file: Path) -> int:
    """Records scenarios of every ruleset by a server, and says how many."""
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
    return number


def _write() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollbook.db"
        count = _record(file)
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump())
    target = FOLDER / f"log-{KNOWN}.sql.xz"
    target.write_bytes(lzma.compress(text.encode(), preset=9))
    typer.echo(f"{target.name}: {count} decisions, {target.stat().st_size} bytes")


if __name__ == "__main__":
    _write()
