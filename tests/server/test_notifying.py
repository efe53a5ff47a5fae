"""systemd is told how far the server is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.notifying import tell_systemd
from tests.server.running import Folder

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def heard(tmp_path: Path) -> socket.socket:
    """Where systemd would listen."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(tmp_path / "notify"))
    listening.settimeout(60)
    return listening


def test_what_is_said(tmp_path: Path, heard: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    with heard:
        tell_systemd("ready")  # nobody wants to know
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_systemd("reloading")
        assert heard.recv(100) == b"RELOADING=1"
        monkeypatch.setenv("NOTIFY_SOCKET", "vsock:2:1234")
        tell_systemd("ready")
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
        tell_systemd("ready")
    name = f"rollbook-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as abstract:
        abstract.bind("\0" + name)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        tell_systemd("stopping")
        assert abstract.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("workers", [0, 1])
def test_a_server_says_when_it_is_ready_and_when_it_stops(
    folder: Folder, tmp_path: Path, heard: socket.socket, workers: int
) -> None:
    options = ["--port=0", "--metrics-port=0", f"--rulesets={folder.path}", f"--workers={workers}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "clients.cli", "serve", *options],
        env=environment | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with heard:
            assert heard.recv(100) == b"READY=1"
            if workers:
                process.send_signal(signal.SIGHUP)
                assert [heard.recv(100), heard.recv(100)] == [b"RELOADING=1", b"READY=1"]
            process.send_signal(signal.SIGTERM)
            assert heard.recv(100) == b"STOPPING=1"
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
