"""The units for systemd: what they must have, and what systemd itself says of them where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from clients.cli.main import app
from server.config import Settings
from server.doctor.machine import open_files
from tests.server.doctor.found import states

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
HARDENED = {
    "User": "rollbook",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictNamespaces": "yes",
    "MemoryDenyWriteExecute": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "LimitCORE": "0",
    "StateDirectory": "rollbook",
    "StateDirectoryMode": "0700",
}


def said(unit: Path) -> dict[str, str]:
    """What a unit says, by key, or by section and key."""
    found: dict[str, str] = defaultdict(str)
    section = ""
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found[key] = found[f"{section}.{key}"] = value
    return found


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_hardened(unit: Path) -> None:
    found = said(unit)
    assert {key: found.get(key) for key in HARDENED} == HARDENED


def test_the_server() -> None:
    found, usual = said(UNITS / "rollbook.service"), Settings()
    assert (found["Type"], found["Restart"], found["KillMode"]) == ("notify", "on-failure", "mixed")
    assert found["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert float(found["TimeoutStopSec"]) > usual.drain_delay_seconds + usual.drain_grace_seconds + 5
    assert found["OOMPolicy"] == "continue"
    limit = int(found["LimitNOFILE"])
    assert limit > usual.max_concurrent_calls + usual.stream_threads + 256


def test_what_they_start_are_commands() -> None:
    names = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    for unit in SERVICES:
        started = said(unit)["ExecStart"].split()
        assert started[0] == "/opt/rollbook/bin/rollbook"
        assert started[1] in names


def test_every_timer_has_its_service() -> None:
    for timer in UNITS.glob("*.timer"):
        assert timer.with_suffix(".service") in SERVICES
        found = said(timer)
        assert (found["Persistent"], found["Install.WantedBy"]) == ("true", "timers.target")


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        return  # what is above is what can be said without it
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/rollbook/bin/rollbook", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    units = [str(unit) for unit in tmp_path.iterdir()]
    done = subprocess.run([program, "verify", *units], capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if "rollbook" in line] == []
    for unit in SERVICES:
        command = [program, "security", "--offline=true", str(unit)]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
        exposure = re.search(r"exposure level for .*: ([0-9.]+)", shown)
        assert exposure is not None, shown
        assert float(exposure[1]) < 2


def test_the_limit_of_open_files_satisfies_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = int(said(UNITS / "rollbook.service")["LimitNOFILE"])
    monkeypatch.setattr("server.doctor.machine.resource.getrlimit", lambda _: (limit, limit))
    assert set(states(open_files(Settings())).values()) == {"ok"}
