"""`Decide` through a real server, beside an echo server of the same kind: calls per second, times, processor time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import grpc
from google.protobuf import json_format
from rich.table import Table

from rollbook import Mode, requests
from rollbook.v1.decision_pb2 import MODE_RECORD
from rollbook.v1.decision_service_pb2 import DecideRequest, DecideResponse
from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from tests.benchmarks.cases import RULESET, Case, make_cases
from tests.benchmarks.h2load import CONNECTIONS, H2LOAD, Load, LoadError, load_from_h2load
from tests.benchmarks.machine import Cores, on_core
from tests.benchmarks.measures import Measure, ratios
from tests.benchmarks.peers import rulesets_folder
from tests.benchmarks.processes import THREADS, Asked, echo_server, rollbook_server
from tests.benchmarks.sdk_load import load_from_sdk
from tests.server.store.postgres import Cluster

__all__ = ["IN_FLIGHT", "Serving", "measure_serving"]

IN_FLIGHT: Final = (1, 8, 32)
_IN_FLIGHT_OF_TWO: Final = 32
_CONNECTIONS_OF_TWO: Final = 16
"""Connections are spread over processes by chance: of many each gets about its share."""

_CASES_LOOKED_AT: Final = 500
_CALLS_TO_WARM: Final = 384
_MICROSECONDS: Final = 1e6

ECHO, DECIDE, STRUCT, TOKEN = "echo", "decide", "decide-struct", "decide-token"
SQLITE, POSTGRESQL = "record-sqlite", "record-postgresql"
_NAMES: Final = {
    ECHO: "echo",
    DECIDE: "Decide, facts as JSON",
    STRUCT: "Decide, facts as Struct",
    TOKEN: "Decide, caller by token",
    SQLITE: "Decide, recorded in SQLite",
    POSTGRESQL: "Decide, recorded in PostgreSQL",
}


@dataclass(frozen=True)
class Line:
    """One server under one load: who asked, how many calls were in flight, who answered, in how many processes."""

    load: str
    in_flight: int
    who: str
    workers: int
    rate: Measure
    p50: Measure
    p99: Measure
    processor: Measure


@dataclass(frozen=True)
class Serving:
    """What was measured.

    Attributes:
        request, reply: bytes of the messages.
        lines: each with its echo server before it.
    """

    request: int
    reply: int
    lines: tuple[Line, ...]

    def measures(self) -> Iterable[Measure]:
        """Every figure, and how much of the echo server's throughput `Decide` has."""
        for line in self.lines:
            yield from (line.rate, line.p50, line.p99, line.processor)
            if line.who != ECHO:
                yield self._of_echo(line)

    def tables(self) -> Iterator[Table]:
        """The figures for people, a table per generator and number of processes."""
        for load, workers in dict.fromkeys((line.load, line.workers) for line in self.lines):
            where = (
                "server and load each on a core of its own" if workers == 1 else f"{workers} processes, each on a core"
            )
            table = Table(
                title=f"Decide over gRPC (metrics on), load from {load}; {THREADS} threads, {where}; request "
                f"{self.request:,} B, reply {self.reply:,} B",
                title_justify="left",
            )
            table.add_column("in flight", justify="right")
            table.add_column("")
            for column in ("calls/s", "p50 ms", "p99 ms", "server CPU µs/call", "× echo"):
                table.add_column(column, justify="right")
            for line in (line for line in self.lines if (line.load, line.workers) == (load, workers)):
                of_echo = "" if line.who == ECHO else self._of_echo(line).text(2)
                times = (line.p50.text(2), line.p99.text(2), line.processor.text(0))
                first, last = line.who == ECHO, line.who != ECHO
                table.add_row(
                    str(line.in_flight) if first else "",
                    _NAMES[line.who],
                    line.rate.text(0),
                    *times,
                    of_echo,
                    style="bold" if line.who == DECIDE else "",
                    end_section=last and line is self._last(line),
                )
            yield table

    def _of_echo(self, line: Line) -> Measure:
        echo = next(one for one in self._beside(line) if one.who == ECHO)
        return ratios(f"{_name(line.load, line.in_flight, line.who, line.workers)}/of-echo", line.rate, echo.rate)

    def _last(self, line: Line) -> Line:
        return self._beside(line)[-1]

    def _beside(self, line: Line) -> list[Line]:
        where = (line.load, line.in_flight, line.workers)
        return [one for one in self.lines if (one.load, one.in_flight, one.workers) == where]


@dataclass
class _Bench:
    """The servers, and what they are asked.

    Attributes:
        asked: by name, and in how many processes they are.
        requests: the message for each, as bytes.
        case: the case that is asked; `facts` is a file with its facts.
    """

    asked: dict[tuple[str, int], Asked]
    requests: dict[str, bytes]
    case: Case
    facts: Path
    folder: Path
    seconds: float
    lines: list[Line] = field(default_factory=list)

    def measure(self, load: str, in_flight: int, rounds: int, workers: int = 1) -> None:
        """Asks each server of so many processes `rounds` times in turn, for about `seconds` each time."""
        who = [
            name for name, many in self.asked if many == workers and (load == "h2load" or name not in (STRUCT, TOKEN))
        ]
        calls = {}
        for name in who:
            warm, _ = self._round(load, name, _CALLS_TO_WARM, in_flight, workers)
            calls[name] = max(int(warm.rate * self.seconds) // in_flight, 20) * in_flight
        found: dict[str, list[tuple[Load, float]]] = {name: [] for name in who}
        for _ in range(rounds):
            for name in who:
                found[name].append(self._round(load, name, calls[name], in_flight, workers))
        self.lines += [_line(load, in_flight, name, workers, found[name]) for name in who]

    def _round(self, load: str, name: str, calls: int, in_flight: int, workers: int) -> tuple[Load, float]:
        """What the load saw, and microseconds of the server's processor time per call."""
        asked = self.asked[name, workers]
        decided, used = asked.decided(), asked.processor_seconds()
        if load == "h2load":
            connections = CONNECTIONS if workers == 1 else _CONNECTIONS_OF_TWO
            body = self.requests[name]
            found = load_from_h2load(asked.target, body, calls, in_flight, self.folder, connections, asked.token)
            made = calls
        else:
            mode = Mode.RECORD if name in (SQLITE, POSTGRESQL) else Mode.TRY
            found, made = load_from_sdk(asked.target, self.case.as_of, self.facts, calls, in_flight, mode)
        used = asked.processor_seconds() - used
        if decided is not None and asked.decided() != decided + made:
            message = f"{made} calls were answered, but not as many cases were decided"
            raise LoadError(message)
        return found, used / made * _MICROSECONDS


def measure_serving(rounds: int, seconds: float, cores: Cores, tell: Callable[[str], object]) -> Serving:
    """Starts the servers and asks them; `tell` is told what is being done.

    Raises:
        LoadError: when calls fail.
    """
    with tempfile.TemporaryDirectory() as name, _servers(Path(name), cores) as bench:
        bench.seconds = seconds
        with on_core(cores.load):
            for load in (*(("h2load",) if H2LOAD else ()), "sdk"):
                for in_flight in IN_FLIGHT:
                    tell(f"Decide, load from {load}, {in_flight} in flight")
                    bench.measure(load, in_flight, rounds)
            if H2LOAD and len(cores.servers) > 1:
                tell(f"Decide, two workers, {_IN_FLIGHT_OF_TWO} in flight")
                bench.measure("h2load", _IN_FLIGHT_OF_TWO, rounds, workers=2)
        request = len(bench.requests[DECIDE])
        reply = (bench.folder / ECHO / "reply").stat().st_size
        return Serving(request, reply, tuple(bench.lines))


@contextmanager
def _servers(folder: Path, cores: Cores) -> Iterator[_Bench]:
    rulesets = rulesets_folder()
    with ExitStack() as stack:
        ours = stack.enter_context(rollbook_server(rulesets, [cores.server], folder / "ours"))
        case, reply = _typical(ours.target)
        facts = folder / "facts.json"
        facts.write_bytes(case.json)
        echo = stack.enter_context(echo_server(reply.SerializeToString(), [cores.server], folder / ECHO))
        asked: dict[tuple[str, int], Asked] = {(ECHO, 1): echo, (DECIDE, 1): ours, (STRUCT, 1): ours}
        place, url = folder / "token", f"sqlite:///{folder}/callers.db"
        asked[TOKEN, 1] = stack.enter_context(rollbook_server(rulesets, [cores.server], place, url, asks_who=True))
        databases = {SQLITE: ""}
        if Cluster.installed():
            # it runs where it likes, as it would beside or on another machine
            cluster = stack.enter_context(Cluster(flushes=True))
            databases[POSTGRESQL] = cluster.new_database()
        if len(cores.servers) > 1:
            asked[ECHO, 2] = stack.enter_context(
                echo_server(reply.SerializeToString(), cores.servers, folder / "two-echoes")
            )
            asked[DECIDE, 2] = stack.enter_context(rollbook_server(rulesets, cores.servers, folder / "two"))
        for workers, where in ((1, [cores.server]), (2, cores.servers)):
            if len(where) != workers:
                continue
            for name, url in databases.items():
                place = folder / f"{name}-{workers}"
                database = url or f"sqlite:///{folder}/rollbook-{workers}.db"
                asked[name, workers] = stack.enter_context(rollbook_server(rulesets, where, place, database))
        request, as_struct, recorded = _request(case), _request(case), _request(case)
        json_format.ParseDict(case.facts, as_struct.case.facts_struct)
        # h2load sends one message over and over: under an id all but the first would be retries
        recorded.mode, recorded.request_id = MODE_RECORD, ""
        messages = {STRUCT: as_struct, SQLITE: recorded, POSTGRESQL: recorded}
        sent = {name: messages.get(name, request).SerializeToString() for name, _ in asked}
        yield _Bench(asked, sent, case, facts, folder, seconds=1.0)


def _typical(target: str) -> tuple[Case, DecideResponse]:
    """Of the first cases the one whose reply is of median size, and that reply."""
    with grpc.insecure_channel(target) as channel:
        decide = DecisionServiceStub(channel).Decide
        answered = [(case, decide(_request(case))) for case in make_cases(_CASES_LOOKED_AT)]
    answered.sort(key=lambda pair: (pair[1].ByteSize(), pair[0].json))
    return answered[len(answered) // 2]


def _request(case: Case) -> DecideRequest:
    """The case as a system that keeps marks would send it."""
    ids = {"case_id": "2025-P2-0417-ela", "subject": "b6f1c0de44", "school": "westlake-elementary"}
    sent = requests.Case(case.json, **ids)
    return requests.decide((RULESET,), sent, case.as_of, Mode.TRY, {})


def _line(load: str, in_flight: int, who: str, workers: int, found: list[tuple[Load, float]]) -> Line:
    def measure(what: str, unit: str, value: Callable[[Load], float]) -> Measure:
        return Measure(f"{name}/{what}", unit, tuple(value(one) for one, _ in found))

    name = _name(load, in_flight, who, workers)
    return Line(
        load,
        in_flight,
        who,
        workers,
        measure("rate", "1/s", lambda one: one.rate),
        measure("p50", "ms", lambda one: one.p50),
        measure("p99", "ms", lambda one: one.p99),
        Measure(f"{name}/server-cpu", "us", tuple(processor for _, processor in found)),
    )


def _name(load: str, in_flight: int, who: str, workers: int) -> str:
    return f"{who}/{load}/{in_flight}" if workers == 1 else f"{who}-{workers}-workers/{load}/{in_flight}"
