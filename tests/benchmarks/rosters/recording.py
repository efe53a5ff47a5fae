"""`DecideRoster` recorded beside tried, on SQLite: `python -m tests.benchmarks.rosters.recording [CASES]`.

Rounds of both in turn, so that other work on the machine falls on both; of a run its rate, the server's processor time
and what it adds to the disk.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np
import psutil
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from rollbook import Client, Mode
from rollbook.rosters import CaseBatch
from tests.benchmarks.cases import RULESET
from tests.benchmarks.machine import cores
from tests.benchmarks.peers import rulesets_folder
from tests.benchmarks.processes import rollbook_server
from tests.benchmarks.rosters.cases import AS_OF, make_batches

__all__ = ["main"]

_BATCH: Final = 10_000
_ROUNDS: Final = 3


def main(cases: int) -> None:
    """Measures, and prints a table."""
    batches = list(_batches(cases))
    table = Table("", "cases/s", "of tried", "server CPU µs/case", "bytes/decision")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/rollbook.db"
        with (
            rollbook_server(rulesets_folder(), [cores().server], folder, url) as asked,
            Client(asked.target) as client,
        ):
            worker = asked.processes[-1]
            _round(client, worker, batches, Mode.TRY)
            tried, recorded = zip(
                *((_round(client, worker, batches, mode) for mode in (Mode.TRY, Mode.RECORD)) for _ in range(_ROUNDS)),
                strict=True,
            )
        made = cases * _ROUNDS
        segments = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        database = (folder / "rollbook.db").stat().st_size
    rates = [median(cases / seconds for seconds, _ in some) for some in (tried, recorded)]
    used = [median(processor / cases * 1e6 for _, processor in some) for some in (tried, recorded)]
    table.add_row("tried", f"{rates[0]:,.0f}", "", f"{used[0]:.1f}", "")
    disk = f"{segments / made:.0f} segment, {database / made:.0f} database"
    table.add_row("recorded in SQLite", f"{rates[1]:,.0f}", f"{rates[1] / rates[0]:.2f}", f"{used[1]:.1f}", disk)
    Console().print(table, f"{cases} cases, {_ROUNDS} rounds each, load {os.getloadavg()[0]:.1f}")


def _batches(cases: int) -> list[CaseBatch]:
    """The roster, with a student's id in each row."""
    found = []
    for number, batch in enumerate(make_batches(cases, size=_BATCH)):
        first = number * _BATCH
        students = pa.array(np.char.add("student-", np.arange(first, first + batch.num_rows).astype(str)))
        sink = pa.BufferOutputStream()
        whole = batch.append_column("id of the student", students)
        with pa.ipc.new_stream(sink, whole.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
            stream.write_batch(whole)
        found.append(CaseBatch(number, first, arrow=sink.getvalue().to_pybytes()))
    return found


def _round(client: Client, server: psutil.Process, batches: list[CaseBatch], mode: Mode) -> tuple[float, float]:
    """Seconds of a run, and of the server's processors."""
    subject = "id of the student" if mode is Mode.RECORD else ""
    used, started, rows = _processor_seconds(server), perf_counter(), 0
    with client.decide_roster(
        RULESET, batches, as_of=AS_OF, mode=mode, id_columns=("id of the student",), subject_column=subject
    ) as run:
        for answer in run:
            rows += pa.ipc.open_stream(answer.arrow).read_all().num_rows
    seconds = perf_counter() - started
    if not rows:
        message = "nothing was decided"
        raise RuntimeError(message)
    return seconds, _processor_seconds(server) - used


def _processor_seconds(server: psutil.Process) -> float:
    times = [process.cpu_times() for process in (server, *server.children())]
    return float(sum(each.user + each.system for each in times))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
