"""`rollbook serve`: a process that says when it is ready, and ends well."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clients.cli.conftest import HERE, Rollbook


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A server as a process, which has said its first line."""
    command = [sys.executable, "-m", "clients.cli", "serve", "--metrics-port=0", *options]
    with subprocess.Popen(
        command,
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "ROLLBOOK_PIN_CORE": "off", **environment},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_says_when_it_is_ready_and_stops_with_0(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    with serving("--port=0", f"--port-file={port_file}") as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        port = port_file.read_text(encoding="utf-8").strip()
        serves = f"Rollbook serves 2 rulesets of rulesets on 127.0.0.1:{port}."
        assert line == f"{serves} Everybody on this machine may call it, and nobody else. Ctrl-C stops it.\n"
        server.send_signal(signal.SIGTERM)
        _, logs = server.communicate(timeout=30)
    assert server.returncode == 0
    assert '"event": "serving"' in logs
    assert not port_file.exists()


def test_ctrl_c_stops_it_too() -> None:
    with serving("--port=0") as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
    assert server.returncode == 0


def test_the_configuration_file_the_environment_and_options_come_together(tmp_path: Path) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text('port = 1\nrulesets = "nowhere"\n', encoding="utf-8")
    with serving("--port=0", f"--config={config}", ROLLBOOK_RULESETS="broken") as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("Rollbook serves 0 rulesets of broken on 127.0.0.1:")


def test_settings_that_are_wrong_are_told(rollbook: Rollbook, tmp_path: Path) -> None:
    config = tmp_path / "rollbook.toml"
    config.write_text('thread = 64\nlog_level = "loud"\n', encoding="utf-8")
    result = rollbook("serve", "--config", str(config))
    assert result.exit_code == 1
    assert result.stderr.startswith("rollbook: The configuration has errors:\n")
    assert "thread" in result.stderr
    assert "log_level" in result.stderr
    assert "docs/configuration.md" in result.stderr


def test_a_folder_that_there_is_not_is_told() -> None:
    with serving("--port=0", "--rulesets=nowhere") as server:
        _, told = server.communicate(timeout=30)
    assert server.returncode == 1
    assert "rollbook: The folder of rulesets, nowhere, does not exist." in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serving(f"--port={taken.getsockname()[1]}") as server:
            _, told = server.communicate(timeout=30)
    assert server.returncode == 1
    assert "is another server there?" in told
    assert "Traceback" not in told
