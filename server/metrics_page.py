"""The page that documents every metric, written from the metrics themselves: `python -m server.metrics_page`."""

from __future__ import annotations

from pathlib import Path

from server.metrics import DescribedMetrics, Metrics
from server.supervisor.metrics import SupervisorMetrics

__all__ = ["PAGE", "page"]

PAGE = Path("docs/metrics.md")
"""Where the page stands in the project."""

_HEAD = """# Metrics of the server

<!-- Written by `python -m server.metrics_page`; edit the descriptions in server/metrics.py. -->

The server tells Prometheus about itself at `http://{metrics_address}:{metrics_port}/metrics` (see
[configuration](configuration.md)). No metric says anything about a case but its ruleset and its outcome. Beside the
metrics in this table there are the usual ones of the process (`process_…`) and of Python (`python_…`).

| Metric | Kind | Labels | What it says |
|---|---|---|---|
"""

_OF_WORKERS = """
With [workers](server.md#workers) one page has the metrics of all: every sample above has the label `worker` too, the
number of its worker from 0; the supervisor's own process is `worker="supervisor"`. `sum without (worker)` adds them up.
A worker that was replaced counts from 0 again, as `rate` expects. The supervisor adds:

| Metric | Kind | Labels | What it says |
|---|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    return _HEAD + _rows(Metrics()) + _OF_WORKERS + _rows(SupervisorMetrics())


def _rows(metrics: DescribedMetrics) -> str:
    return "".join(
        f"| `{metric.name}` | {metric.kind} | {', '.join(f'`{label}`' for label in metric.labels)} "
        f"| {metric.documentation} |\n"
        for metric in metrics.own()
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
