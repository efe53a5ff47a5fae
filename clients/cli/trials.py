"""Scenarios on this machine, run in child processes: what durable-rules never frees ends with them, as does a crash."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clients.cli.folders import SCENARIOS_FILE
from engine.documents import FolderDocuments
from engine.errors import RollbookError, RulesetError
from engine.rulesets.reading import read_file
from rollbook import ScenarioReport, replies, requests
from rollbook.v1.ruleset_service_pb2 import RunScenariosResponse
from server.errors import RefusalError
from server.metrics import Metrics
from server.sandboxes import Sandboxes, SandboxFaultError

__all__ = ["Trial", "run"]

_MEGABYTES: Final = 2048
"""Address space of a child process, in MiB."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the scenarios of one ruleset.

    Attributes:
        ruleset, scenarios: the files; `scenarios` may not exist.
        report: what they showed; None where they could not be run.
        failure: why they could not.
    """

    ruleset: Path
    scenarios: Path
    report: ScenarioReport | None
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return self.report is not None and self.report.passed

    @property
    def covers_all(self) -> bool:
        """Whether every rule was seen to hold, and not to hold."""
        coverage = () if self.report is None else self.report.coverage
        return all(rule.held_count and rule.not_held_count for rule in coverage)


def run(files: list[Path], seconds: float) -> list[Trial]:
    """Runs the scenarios beside each of these rulesets, as many at a time as there are cores.

    A file that cannot be read, or a ruleset that runs out of time or memory, is a trial that failed.
    """
    cores = frozenset(os.sched_getaffinity(0))
    sandboxes = Sandboxes(Metrics(), seconds=seconds, megabytes=_MEGABYTES, cores=cores)
    with ThreadPoolExecutor(len(cores)) as pool, _progress(len(files)) as shown:
        return list(shown(pool.map(lambda path: _trial(path, sandboxes), files)))


def _trial(path: Path, sandboxes: Sandboxes) -> Trial:
    scenarios = path.with_name(SCENARIOS_FILE)
    try:
        text = read_file(scenarios) if scenarios.is_file() else ""
        request = requests.run_scenarios_of(read_file(path), text)
        documents = FolderDocuments(path.absolute().parent.parent.parent)
        answer = sandboxes.run("scenarios", request.SerializeToString(), documents=documents)
    except RulesetError as error:
        return Trial(path, scenarios, None, "\n".join(map(str, error.problems)))
    except (RefusalError, RollbookError) as error:
        return Trial(path, scenarios, None, f"{error.reason}: {error.message}")
    except SandboxFaultError as error:
        return Trial(path, scenarios, None, f"a fault of Rollbook itself: {error}")
    return Trial(path, scenarios, replies.scenario_report(RunScenariosResponse.FromString(answer)))


class _Shown:
    """Passes trials on, and tells a terminal how many there have been."""

    def __init__(self, count: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("running scenarios"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(
            *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
        )
        self._task = self.progress.add_task("", total=count)

    def __call__(self, trials: Iterable[Trial]) -> Iterator[Trial]:
        for trial in trials:
            self.progress.advance(self._task)
            yield trial


@contextmanager
def _progress(count: int) -> Iterator[_Shown]:
    shown = _Shown(count)
    with shown.progress:
        yield shown
