"""The metrics page: what is counted, under documented names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import grpc
import pytest
from grpc_health.v1 import health_pb2

from server.config import SettingsError
from server.metrics import Metrics
from server.metrics_page import PAGE, page
from tests.server.running import Folder, Running

PROJECT = Path(__file__).parents[2]
FACTS = {"enrollment": {"instructional_days": 20}}


def read(server: Running) -> dict[str, float]:
    with urlopen(f"http://127.0.0.1:{server.server.metrics_port}/metrics", timeout=20) as reply:
        lines = reply.read().decode().splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def test_calls_decisions_and_refusals_are_counted(run: Callable[..., Running]) -> None:
    server = run(metrics=True, metrics_port=0)
    for _ in range(3):
        server.decide(FACTS)
    with suppress(grpc.RpcError):
        server.decide({"mark": 3})
    watcher = server.health.Watch(health_pb2.HealthCheckRequest())
    next(watcher)
    samples = read(server)
    assert samples['rollbook_decisions_total{outcome="assign",ruleset="demo/marks"}'] == 3
    assert samples['rollbook_decisions_total{outcome="indeterminate",ruleset="demo/marks"}'] == 0
    assert samples['rollbook_refusals_total{method="Decide",reason="FACT_INVALID"}'] == 1
    assert samples['rollbook_call_seconds_count{method="Decide"}'] == 3
    assert samples['rollbook_rulesets{state="serving"}'] == 1
    assert samples["rollbook_calls_in_flight"] == 0
    assert samples["rollbook_streams_open"] == 1
    assert samples["process_resident_memory_bytes"] > 0
    watcher.cancel()


def test_a_port_that_is_taken(run: Callable[..., Running], folder: Folder) -> None:
    server = run(metrics=True, metrics_port=0)
    second = Running(folder.path, metrics=True, metrics_port=server.server.metrics_port)
    with pytest.raises(SettingsError, match=str(server.server.metrics_port)):
        second.server.start()
    second.server.stop()


def test_every_metric_is_described_with_its_labels() -> None:
    assert all(metric.documentation.endswith(".") for metric in Metrics().own())


def test_the_page_is_current() -> None:
    assert (PROJECT / PAGE).read_text(encoding="utf-8") == page(), "run `python -m server.metrics_page`"
