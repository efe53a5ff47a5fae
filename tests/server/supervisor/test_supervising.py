"""A supervisor with workers: it starts, keeps and stops them, and nobody else gets the port."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psutil
import pytest

import rollbook
from tests.server.running import Folder, wait_until
from tests.server.supervisor.running import Supervised

FACTS = {"enrollment": {"instructional_days": 20}}


def decide(supervised: Supervised) -> rollbook.Decision:
    with rollbook.Client(supervised.target) as client:
        return client.decide("demo/marks", FACTS, as_of=date(2018, 9, 14), mode=rollbook.Mode.TRY)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_when_it_is_ready_and_stops_with_0(supervised: Supervised, number: signal.Signals) -> None:
    assert f"on 127.0.0.1:{supervised.port} by 2 workers. " in supervised.said
    assert supervised.said.endswith(" Ctrl-C stops it.\n")
    assert decide(supervised).outcome == "assign"
    workers = supervised.workers()
    assert len(workers) == 2
    supervised.signal(number)
    assert supervised.process.wait(30) == 0
    assert not any(worker.is_running() for worker in workers)
    assert not supervised.port_file.exists()
    assert supervised.events("stopped")
    assert not supervised.events("worker_ended")


def test_the_supervisor_has_neither_grpc_nor_the_engine_in_it(supervised: Supervised) -> None:
    def mapped(pid: int) -> str:
        return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")

    of_worker = mapped(supervised.workers()[0].pid)
    assert "cygrpc" in of_worker
    assert "durable_rules" in of_worker
    of_supervisor = mapped(supervised.process.pid)
    assert not [name for name in ("cygrpc", "durable_rules", "duckdb", "libarrow") if name in of_supervisor]


def test_log_lines_say_which_worker_writes_them(supervised: Supervised) -> None:
    assert {line["worker"] for line in supervised.events("ruleset")} == {0, 1}


def test_each_worker_stays_on_a_core(supervise: Callable[..., Supervised]) -> None:
    allowed = psutil.Process().cpu_affinity()
    assert allowed is not None
    supervised = supervise(len(allowed), pin_core="auto")
    on = [worker.cpu_affinity() for worker in supervised.workers()]
    assert sorted(on) == [[core] for core in sorted(allowed)]
    assert not supervised.events("more_workers_than_cores")
    assert psutil.Process(supervised.process.pid).cpu_affinity() == allowed


def test_more_workers_than_cores_are_warned_of(supervise: Callable[..., Supervised]) -> None:
    allowed = psutil.Process().cpu_affinity()
    assert allowed is not None
    (warning,) = supervise(len(allowed) + 1).events("more_workers_than_cores")
    assert warning["cores"] == len(allowed)


def test_settings_reach_workers_and_secrets_no_command_line(supervise: Callable[..., Supervised], url: str) -> None:
    supervised = supervise(database_url=url)
    with rollbook.Client(supervised.target) as client:
        decided = client.decide("demo/marks", FACTS, as_of=date(2018, 9, 14), mode=rollbook.Mode.RECORD)
        assert client.get_decision(decided.decision_id).decision.outcome == "assign"
    said = [part for worker in supervised.workers() for part in worker.cmdline()]
    assert not [part for part in said if url in part]
    assert url not in supervised.log_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("workers", [0, 1])
def test_another_server_on_the_port_is_refused(supervised: Supervised, folder: Folder, workers: int) -> None:
    other = Supervised(Folder(folder.path.parent / "other" / "rulesets"), workers, port=supervised.port)
    process = other.start()
    out, _ = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    said = other.log_file.read_text(encoding="utf-8")
    assert f"Cannot listen on 127.0.0.1:{supervised.port}" in said
    assert decide(supervised).outcome == "assign"


def test_no_supervisor_starts_beside_a_server_of_one_process(folder: Folder) -> None:
    with Supervised(folder, workers=0) as alone:
        other = Supervised(Folder(folder.path.parent / "other" / "rulesets"), port=alone.port)
        process = other.start()
        process.communicate(timeout=60)
        assert process.returncode == 1
        assert "another server is there" in other.log_file.read_text(encoding="utf-8")


def test_what_keeps_a_worker_from_serving_ends_the_start(folder: Folder, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("CREATE TABLE something (else_ TEXT)")
    database.close()
    supervised = Supervised(folder, database_url=f"sqlite:///{tmp_path}/other.db")
    process = supervised.start()
    process.communicate(timeout=60)
    assert process.returncode == 1
    said = supervised.log_file.read_text(encoding="utf-8")
    assert said.count("rollbook migrate") == 1
    assert "Traceback" not in said
    assert not supervised.port_file.exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_worker_that_dies_is_replaced(supervised: Supervised, number: signal.Signals) -> None:
    before = supervised.workers()
    before[0].send_signal(number)
    supervised.wait_for("worker_ready", 3)
    after = supervised.workers()
    assert len(after) == 2
    assert before[1] in after
    assert before[0] not in after
    (line,) = supervised.events("worker_ended")
    assert (line["why"], line["how"]) == ("died", "0" if number is signal.SIGTERM else number.name)
    assert supervised.sum("rollbook_worker_replacements_total", worker=str(line["worker"]), why="died") == 1
    assert decide(supervised).outcome == "assign"


def test_a_worker_that_does_not_answer_is_replaced(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(worker_answer_seconds=2)
    stopped = supervised.workers()[1]
    stopped.suspend()
    supervised.wait_for("worker_ready", 3)
    assert not stopped.is_running()
    assert [line["why"] for line in supervised.events("worker_ended")] == ["silent"]
    assert len(supervised.workers()) == 2


def test_workers_end_with_their_supervisor(supervised: Supervised) -> None:
    workers = supervised.workers()
    supervised.signal(signal.SIGKILL)
    gone, left = psutil.wait_procs(workers, timeout=30)
    assert not left
    assert len(supervised.events("supervisor_gone")) == len(gone) == 2


def test_the_next_supervisor_takes_the_port_of_one_that_was_killed(
    supervised: Supervised, supervise: Callable[..., Supervised]
) -> None:
    supervised.signal(signal.SIGKILL)
    supervised.process.wait(20)
    assert decide(supervise(port=supervised.port)).outcome == "assign"


def test_a_second_signal_ends_all_at_once(supervised: Supervised) -> None:
    workers = supervised.workers()
    for worker in workers:
        worker.suspend()  # so none can finish what is in flight
    supervised.signal(signal.SIGTERM)
    supervised.wait_for("stopping")
    supervised.signal(signal.SIGTERM)
    assert supervised.process.wait(20) == -signal.SIGTERM
    wait_until(lambda: not any(worker.is_running() for worker in workers))


def test_one_page_has_the_metrics_of_all(supervised: Supervised) -> None:
    for _ in range(4):
        decide(supervised)
    assert supervised.sum("rollbook_workers") == 2
    assert supervised.sum("rollbook_decisions_total", ruleset="demo/marks") == 4
    served = [labels["worker"] for labels, _ in supervised.metrics()["rollbook_calls_in_flight"]]
    assert served == ["0", "1"]
    memory = supervised.metrics()["process_resident_memory_bytes"]
    assert {labels["worker"] for labels, _ in memory} == {"0", "1", "supervisor"}


def test_only_the_supervisor_listens_for_metrics(supervised: Supervised) -> None:
    ports = [
        {one.laddr.port for one in process.net_connections() if one.status == psutil.CONN_LISTEN}
        for process in (psutil.Process(supervised.process.pid), *supervised.workers())
    ]
    (serving,) = supervised.events("serving")
    assert ports == [{serving["metrics_port"]}, {supervised.port}, {supervised.port}]


def test_it_can_be_stopped_while_workers_start(folder: Folder) -> None:
    supervised = Supervised(folder)
    process = supervised.start()
    wait_until(lambda: len(supervised.workers()) == 2)
    workers = supervised.workers()
    supervised.signal(signal.SIGTERM)
    assert process.wait(30) == 0
    wait_until(lambda: not any(worker.is_running() for worker in workers))
    assert isinstance(process, subprocess.Popen)
    process.communicate()
