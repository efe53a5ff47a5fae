"""`DecideRoster` through a real server over loopback, beside the same batches in process."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import psutil
import pyarrow as pa

from rollbook import Client, Mode
from rollbook.rosters import CaseBatch, RosterDetail
from tests.benchmarks.cases import RULESET
from tests.benchmarks.machine import cores
from tests.benchmarks.measures import Measure
from tests.benchmarks.peers import rulesets_folder
from tests.benchmarks.processes import rollbook_server
from tests.benchmarks.rosters.cases import AS_OF, make_batches
from tests.benchmarks.rosters.children import Child, Round, peak_megabytes
from tests.benchmarks.rosters.contestants import CONTESTANTS, WIRE_BATCH
from tests.benchmarks.rosters.lines import Line

__all__ = ["OF_IN_PROCESS", "Wired", "measure_wire"]

OF_IN_PROCESS: Final = 0.5
"""The aim for `DecideRoster`, of the rate in process."""

_DETAILS: Final = {RosterDetail.OUTCOMES: "small-outcomes", RosterDetail.DECISIONS: "small-decisions"}
_NAMES: Final = {
    RosterDetail.OUTCOMES: "DecideRoster: outcomes and rules",
    RosterDetail.DECISIONS: "DecideRoster: whole decisions",
}


@dataclass(frozen=True)
class Wired:
    """The figures of `DecideRoster`, and those of the same batches in process, one thread each."""

    line: Line
    in_process: Line

    @property
    def ratio(self) -> Measure:
        """How much of the rate in process the server reaches."""
        return self.line.of(self.in_process)


def measure_wire(rounds: int, *, quick: bool) -> tuple[Wired, ...]:
    """Sends a roster to a server `rounds` times, in turn with deciding it in process; for each detail."""
    (cases,) = {CONTESTANTS[key].cases[quick] for key in _DETAILS.values()}
    batches = [
        CaseBatch(number, number * WIRE_BATCH, arrow=_ipc(batch))
        for number, batch in enumerate(make_batches(cases, size=WIRE_BATCH))
    ]
    with (
        tempfile.TemporaryDirectory() as name,
        rollbook_server(rulesets_folder(), [cores().server], Path(name)) as asked,
    ):
        worker = asked.processes[-1]
        return tuple(_wired(asked.target, worker, batches, cases, detail, rounds) for detail in _DETAILS)


def _wired(
    target: str, server: psutil.Process, batches: list[CaseBatch], cases: int, detail: RosterDetail, rounds: int
) -> Wired:
    key = _DETAILS[detail]
    with Child(key, 1, cases) as child, Client(target) as client:
        _round(client, server, batches, detail)  # starts the server's child, and warms up
        found = [(_round(client, server, batches, detail), child.round()) for _ in range(rounds)]
    over_wire, in_process = zip(*found, strict=True)
    return Wired(
        Line(f"wire-{detail.value}", 1, _NAMES[detail], over_wire), Line(key, 1, CONTESTANTS[key].name, in_process)
    )


def _round(client: Client, server: psutil.Process, batches: list[CaseBatch], detail: RosterDetail) -> Round:
    """Sends all batches, and reads the decisions as far as a client would before it uses them."""
    used, started, rows = _processor_seconds(server), perf_counter(), 0
    with client.decide_roster(RULESET, batches, as_of=AS_OF, mode=Mode.TRY, detail=detail) as run:
        for answer in run:
            rows += pa.ipc.open_stream(answer.arrow).read_all().num_rows
        asked = run.counts.case_count
    seconds = perf_counter() - started
    if rows != asked:
        message = f"{asked} cases were sent, and {rows} decisions came back"
        raise RuntimeError(message)
    everyone = (server, *server.children())
    peak = sum(peak_megabytes(process.pid) for process in everyone)
    return Round(rows, seconds, _processor_seconds(server) - used, peak, os.getloadavg()[0])


def _processor_seconds(server: psutil.Process) -> float:
    times = [process.cpu_times() for process in (server, *server.children())]
    return float(sum(each.user + each.system for each in times))


def _ipc(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    written: bytes = sink.getvalue().to_pybytes()
    return written
