"""Metrics for Prometheus, by name in `docs/metrics.md`; none says anything about a case but its ruleset and outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

__all__ = ["Described", "DescribedMetrics", "Metrics", "MetricsPage"]

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0)


@dataclass(frozen=True, slots=True)
class Described:
    """A metric of ours: its name on the page, `counter`, `gauge` or `histogram`, its labels, and what it says."""

    name: str
    kind: str
    labels: tuple[str, ...]
    documentation: str


class DescribedMetrics:
    """Metrics in a registry of their own, which know what they say."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._own: list[Described] = []

    def own(self) -> tuple[Described, ...]:
        """Every metric that is Rollbook's own."""
        return tuple(self._own)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        self._own.append(Described(f"{name}_total", "counter", labels, documentation))
        return Counter(name, documentation, labels, registry=self.registry)

    def _gauge(self, name: str, documentation: str, *labels: str) -> Gauge:
        self._own.append(Described(name, "gauge", labels, documentation))
        return Gauge(name, documentation, labels, registry=self.registry)

    def _histogram(self, name: str, documentation: str, *labels: str) -> Histogram:
        self._own.append(Described(name, "histogram", labels, documentation))
        return Histogram(name, documentation, labels, buckets=_SECONDS, registry=self.registry)


class Metrics(DescribedMetrics):
    """The metrics of one server."""

    def __init__(self) -> None:
        super().__init__()
        self.call_seconds = self._histogram(
            "rollbook_call_seconds",
            "Seconds from the start of a call's work to its answer, for calls that succeed; waiting for a thread is "
            "not in them.",
            "method",
        )
        self.refusals = self._counter(
            "rollbook_refusals",
            "Calls, and cases of batches, that were refused; the reason is that of the error model, or `CLIENT_GONE` "
            "for a caller that hung up while it was decided.",
            "method",
            "reason",
        )
        self.identifications = self._counter(
            "rollbook_identifications",
            "Verifications of who calls that were not remembered, by `token`, `jwt`, `certificate`, or `none` for "
            "calls without any: `verified`, or why not, such as `expired`, `revoked`, `unknown`, `signature`.",
            "by",
            "result",
        )
        self.decisions = self._counter("rollbook_decisions", "Decisions made.", "ruleset", "outcome")
        self.log_decisions = self._counter("rollbook_log_decisions", "Decisions written to the decision log.")
        self.log_commit_seconds = self._histogram(
            "rollbook_log_commit_seconds", "Seconds that a commit of the decision log took; one is for many calls."
        )
        self.log_available = self._gauge(
            "rollbook_log_available", "1 while decisions can be written to the decision log, 0 while they cannot."
        )
        self.calls_in_flight = self._gauge(
            "rollbook_calls_in_flight", "Calls being answered or waiting for a thread, streams and health checks aside."
        )
        self.streams_open = self._gauge("rollbook_streams_open", "Streams that are open.")
        self.rulesets = self._gauge(
            "rollbook_rulesets",
            "Rulesets: `serving`; `stale`, where an edit was refused and the version before it serves; `invalid`, "
            "where none does, or, of published ones, on some of its days.",
            "state",
        )
        self.reloads = self._counter(
            "rollbook_reloads",
            "Times that the folder of rulesets, or what is published, was read after a change: `swapped`, `unchanged` "
            "in all versions, or `refused`, where everything stayed as it was.",
            "result",
        )
        self.rosters = self._gauge("rollbook_rosters", "Rosters that are being decided or compared.")
        self.roster_runs = self._counter(
            "rollbook_roster_runs",
            "Streams of rosters that ended: `finished`, or the reason of the error model, or `CLIENT_GONE`.",
            "method",
            "result",
        )
        self.roster_cases = self._counter(
            "rollbook_roster_cases", "Cases of rosters that were answered: `decided` or `rejected`.", "method", "result"
        )
        self.sandboxes = self._gauge("rollbook_sandboxes", "Child processes that check rulesets or run scenarios.")
        self.sandbox_kills = self._counter(
            "rollbook_sandbox_kills", "Child processes that a limit ended: `seconds` or `megabytes`.", "limit"
        )

    def watch(
        self,
        calls_in_flight: Callable[[], float],
        streams_open: Callable[[], float],
        rosters: Callable[[], float],
    ) -> None:
        """Has the gauges ask these whenever the page is read."""
        self.rosters.set_function(rosters)
        self.calls_in_flight.set_function(calls_in_flight)
        self.streams_open.set_function(streams_open)


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """The page on which the metrics are read, until it is closed."""

    port: int
    close: Callable[[], None]

    @staticmethod
    def serve(registry: CollectorRegistry, address: str, port: int) -> MetricsPage:
        """Serves what is in `registry` at `address`; port 0 takes a free one.

        Raises:
            OSError: when the port cannot be listened on.
        """
        server, thread = start_http_server(port, address, registry=registry)

        def close() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return MetricsPage(server.server_port, close)
