"""`rollbook serve --workers N` as a process, and what its tests do to it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import urlopen

import psutil
from prometheus_client.parser import text_string_to_metric_families

from tests.server.running import Folder, wait_until

PROJECT = Path(__file__).parents[3]
_WORKER = "server.supervisor.worker"


class Supervised:
    """A supervisor with its workers, ready where its context has begun.

    Args:
        folder: the rulesets.
        settings: what goes into the configuration file.
    """

    def __init__(self, folder: Folder, workers: int = 2, **settings: Any) -> None:
        place = folder.path.parent
        self.config = place / "rollbook.toml"
        self.port_file = place / "port"
        self.log_file = place / "log"
        self._settings: dict[str, Any] = {
            "rulesets": str(folder.path),
            "workers": workers,
            "port": 0,
            "port_file": str(self.port_file),
            "metrics_port": 0,
            "pin_core": "off",
            "watch": False,
            "log_format": "json",
            "worker_backoff_seconds": 0.2,
        }
        self.configure(**settings)

    def configure(self, **settings: Any) -> None:
        """Writes the configuration file, with these settings changed."""
        self._settings |= settings
        lines = (f"{name} = {json.dumps(value)}\n" for name, value in self._settings.items())
        self.config.write_text("".join(lines), encoding="utf-8")

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Starts the process, which may not become ready."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clients.cli", "serve", f"--config={self.config}", *options],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        return self.process

    def __enter__(self) -> Self:
        process = self.start()
        assert process.stdout is not None
        self.said = process.stdout.readline()
        assert self.said.startswith("Rollbook serves"), self.log_file.read_text(encoding="utf-8")
        self.port = int(self.port_file.read_text(encoding="utf-8"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        left = self.workers()
        self.process.kill()
        for worker in left:
            worker.kill()
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def target(self) -> str:
        """Where the workers listen."""
        return f"127.0.0.1:{self.port}"

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the supervisor."""
        self.process.send_signal(number)

    def workers(self) -> list[psutil.Process]:
        """The worker processes that there are, the oldest first."""
        if self.process.poll() is not None:
            return []
        children = psutil.Process(self.process.pid).children()
        found = [child for child in children if _is_worker(child)]
        return sorted(found, key=lambda child: child.pid)

    def events(self, event: str) -> list[dict[str, Any]]:
        """The log lines of this event so far."""
        lines = self.log_file.read_text(encoding="utf-8").splitlines()
        found: list[dict[str, Any]] = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line["event"] == event]

    def wait_for(self, event: str, times: int = 1) -> None:
        """Waits until the log has so many lines of this event."""
        wait_until(lambda: len(self.events(event)) >= times)

    def metrics(self) -> dict[str, list[tuple[dict[str, str], float]]]:
        """The samples of the metrics page, by name."""
        (serving,) = self.events("serving")
        with urlopen(f"http://127.0.0.1:{serving['metrics_port']}/metrics", timeout=20) as page:
            text = page.read().decode()
        types = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
        assert len(types) == len(set(types)), "a family stands on the page once"
        found: dict[str, list[tuple[dict[str, str], float]]] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((sample.labels, sample.value))
        return found

    def sum(self, metric: str, **labels: str) -> float:
        """The sum of the samples that have these labels."""
        samples = self.metrics().get(metric, [])
        return sum(value for has, value in samples if labels.items() <= has.items())


def _is_worker(process: psutil.Process) -> bool:
    try:
        return _WORKER in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
