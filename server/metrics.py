"""Metrics for Prometheus, by name in `docs/metrics.md`; none says anything about a case but its ruleset and outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

__all__ = ["Metrics", "MetricsPage"]

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0)


class Metrics:
    """The metrics of one server, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self.call_seconds = Histogram(
            "rollbook_call_seconds",
            "Time from the start of a call's work to its answer, by method; waiting for a thread is not in it.",
            ["method"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.refusals = Counter(
            "rollbook_refusals",
            "Calls, and cases of batches, that were refused, by method and reason.",
            ["method", "reason"],
            registry=registry,
        )
        self.decisions = Counter(
            "rollbook_decisions", "Decisions made, by ruleset and outcome.", ["ruleset", "outcome"], registry=registry
        )
        self.calls_in_flight = Gauge(
            "rollbook_calls_in_flight", "Calls being decided or waiting for a thread.", registry=registry
        )
        self.streams_open = Gauge("rollbook_streams_open", "Streams that are open.", registry=registry)
        self.rulesets = Gauge(
            "rollbook_rulesets", "Rulesets, by state: serving, stale (an edit was refused), invalid.", ["state"],
            registry=registry,
        )  # fmt: skip
        self.reloads = Counter(
            "rollbook_reloads",
            "Readings of the folder of rulesets, by result: swapped, refused (nothing changed), unchanged.",
            ["result"],
            registry=registry,
        )
        self.sandboxes = Gauge("rollbook_sandboxes", "Child processes at work.", registry=registry)
        self.sandbox_kills = Counter(
            "rollbook_sandbox_kills", "Child processes ended by a limit, by limit.", ["limit"], registry=registry
        )

    def watch(self, calls_in_flight: Callable[[], float], streams_open: Callable[[], float]) -> None:
        """Has the gauges ask these whenever the page is read."""
        self.calls_in_flight.set_function(calls_in_flight)
        self.streams_open.set_function(streams_open)


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """The page on which the metrics are read, until it is closed."""

    port: int
    close: Callable[[], None]

    @staticmethod
    def serve(metrics: Metrics, address: str, port: int) -> MetricsPage:
        """Serves the page at `address`; port 0 takes a free one.

        Raises:
            OSError: when the port cannot be listened on.
        """
        server, thread = start_http_server(port, address, registry=metrics.registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return MetricsPage(server.server_port, close)
