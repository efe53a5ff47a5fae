"""One page with the metrics of all workers, each sample labelled with its worker, and those of the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from server.metrics import Described, DescribedMetrics

__all__ = ["LABEL", "SUPERVISOR", "Merged", "SupervisorMetrics"]

LABEL: Final = "worker"
"""The label that says whose a sample is."""

SUPERVISOR: Final = "supervisor"
"""The value of the label for the supervisor's own process."""


class SupervisorMetrics(DescribedMetrics):
    """What the supervisor counts."""

    def __init__(self) -> None:
        super().__init__()
        self.workers = self._gauge("rollbook_workers", "Workers that serve now; `workers` says how many should.")
        self.replacements = self._counter(
            "rollbook_worker_replacements",
            "Workers that another took the place of: `died`, `silent` where it was killed since it did not answer, "
            "`failed` where it could not serve, `reload`.",
            LABEL,
            "why",
        )

    def replaced(self, worker: int, why: str) -> None:
        """Counts a worker that another took the place of."""
        self.replacements.labels(str(worker), why).inc()


class Merged(Collector):
    """The metrics of the workers and of the supervisor, family by family.

    Args:
        own: the supervisor's.
        ask: the metrics of each worker, as text, by its number.
    """

    def __init__(self, own: SupervisorMetrics, ask: Callable[[], dict[int, str]]) -> None:
        self._own = own
        self._ask = ask
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that nobody is asked before there is somebody who reads."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family once, with the samples of all."""
        merged: dict[str, Metric] = {}
        of_ours = {metric.name.removesuffix("_total") for metric in self._own.own()}
        for family in self._own.registry.collect():
            _add(merged, family, None if family.name in of_ours else SUPERVISOR)
        for number, text in sorted(self._ask().items()):
            for family in text_string_to_metric_families(text):
                _add(merged, family, str(number))
        yield from merged.values()


def described() -> tuple[Described, ...]:
    """The metrics of the supervisor."""
    return SupervisorMetrics().own()


def _add(merged: dict[str, Metric], family: Metric, worker: str | None) -> None:
    into = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type, family.unit))
    for sample in family.samples:
        labels = sample.labels if worker is None else {LABEL: worker, **sample.labels}
        into.samples.append(Sample(sample.name, labels, sample.value))
