"""Logs what is served now that was not, and every problem that is new; counts rulesets."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, Final, Literal

import structlog

from engine.rulesets.problems import Problem
from server.catalogues.served import Snapshot
from server.metrics import Metrics

__all__ = ["count", "problem_texts", "tell_changes", "tell_problems"]

_log = structlog.stdlib.get_logger("server")

_MOST_PROBLEMS: Final = 20

What = Literal["ruleset", "calendar"]


def tell_changes(what: What, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Logs each version that is new, or gone."""
    for id_ in sorted(before.keys() | after.keys()):
        if before.get(id_) != after.get(id_):
            _log.info(what, **{what: id_}, version=after.get(id_), version_before=before.get(id_))


def tell_problems(
    what: What,
    before: Mapping[str, tuple[Problem, ...]],
    after: Mapping[str, tuple[Problem, ...]],
    served: Container[str],
) -> None:
    """Logs what is newly wrong."""
    for id_, problems in after.items():
        if before.get(id_) == problems:
            continue
        texts = problem_texts(problems)
        about: dict[str, Any] = {what: id_, "still_served": id_ in served}
        _log.error(f"{what}_refused", **about, problems=texts[:_MOST_PROBLEMS], problem_count=len(texts))


def problem_texts(problems: tuple[Problem, ...]) -> list[str]:
    """The errors among them, for a log."""
    return [str(problem) for problem in problems if problem.severity == "error"]


def count(snapshot: Snapshot, metrics: Metrics, *, stale_serves: bool) -> None:
    """Counts rulesets: one that is broken serves as it was before (`stale_serves`), or decides nothing on its days."""
    broken = {id_ for edition in snapshot.editions for id_ in edition.library.broken}
    serving = {id_ for edition in snapshot.editions for id_ in edition.served}
    metrics.rulesets.labels("serving").set(len(serving - broken))
    metrics.rulesets.labels("stale").set(len(serving & broken) if stale_serves else 0)
    metrics.rulesets.labels("invalid").set(len(broken - serving if stale_serves else broken))
