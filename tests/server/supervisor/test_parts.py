"""The parts of the supervisor, each alone."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from server.config import Settings, SettingsError
from server.metrics import Metrics
from server.supervisor.handing_over import from_plain, to_plain
from server.supervisor.messages import Order, ToWorker
from server.supervisor.metrics import Merged, SupervisorMetrics
from server.supervisor.port import ReservedPort
from server.supervisor.slots import Backoff


def test_settings_come_to_a_worker_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(
        rulesets=Path("/srv/rules"),
        database_url=SecretStr("postgresql://rollbook:secret@db/log"),
        threads=80,
        log_seconds=0.5,
    )
    order = Order(0, to_plain(settings), 1, (0, 1), (0,))
    monkeypatch.setenv("ROLLBOOK_THREADS", "99")  # what a worker finds in its environment does not count
    arrived = msgspec.json.decode(msgspec.json.encode(order), type=ToWorker)
    assert isinstance(arrived, Order)
    assert from_plain(arrived.settings).model_dump() == settings.model_dump()


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "0.0.0.0", "[::]", "[::1]"])
def test_a_port_is_for_one_supervisor(address: str) -> None:
    with ReservedPort(address, 0) as reserved:
        with pytest.raises(SettingsError, match="another server is there"):
            ReservedPort(address, reserved.port, patience=0)
        host = address.strip("[]")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as alone, pytest.raises(OSError, match="in use"):
            alone.bind((host, reserved.port))
    ReservedPort(address, reserved.port, patience=0).close()


def test_an_address_of_another_machine() -> None:
    with pytest.raises(SettingsError, match="no such address"):
        ReservedPort("192.0.2.1", 0)


def test_the_port_is_taken_as_soon_as_it_is_free() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError):
            ReservedPort("127.0.0.1", port, patience=0.2)
    ReservedPort("127.0.0.1", port).close()


def test_who_dies_often_is_replaced_more_and_more_slowly() -> None:
    backoff = Backoff(3)
    assert [backoff.after(1) for _ in range(6)] == [0, 0.5, 1, 2, 3, 3]
    assert [backoff.after(served) for served in (60, 0, 0)] == [0, 0.5, 1]


def test_metrics_of_all_are_one_page() -> None:
    texts = {}
    for number in (0, 1):
        metrics = Metrics()
        metrics.decisions.labels("demo/marks", "assign").inc(number + 1)
        texts[number] = generate_latest(metrics.registry).decode()
    own = SupervisorMetrics()
    own.replaced(1, "died")
    page = generate_latest(Merged(own, lambda: texts).registry).decode()
    families = {family.name: family for family in text_string_to_metric_families(page)}
    found = {
        (sample.labels["worker"], sample.value)
        for sample in families["rollbook_decisions"].samples
        if sample.name == "rollbook_decisions_total"
    }
    assert found == {("0", 1), ("1", 2)}
    replaced = families["rollbook_worker_replacements"].samples[0]
    assert (replaced.labels, replaced.value) == ({"worker": "1", "why": "died"}, 1)
    assert families["rollbook_workers"].samples[0].labels == {}
    assert families["rollbook_decisions"].documentation == "Decisions made."
    assert page.count("# TYPE rollbook_decisions_total ") == 1
