"""A client in another language, made from the proto files alone, gets the same decision as ours."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

import rollbook
from clients.demo.server import running

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
FACTS = PROJECT / "clients" / "demo" / "cases" / "enrolled-14-days.json"


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    """What `rollbook protos --out` writes."""
    rollbook.write_protos(tmp_path / "protos")
    return tmp_path / "protos"


def decide(protos: Path, target: str, facts: str) -> subprocess.CompletedProcess[str]:
    node = shutil.which("node")
    assert node is not None, "node is missing; `make test` installs it with npm's packages"
    assert (HERE / "node_modules").is_dir(), "npm's packages are missing; `make test` installs them"
    command = [node, "decide.js", str(protos), target, "lausd/grade-marking", "2018-11-02"]
    return subprocess.run(command, cwd=HERE, input=facts, capture_output=True, text=True, timeout=60, check=False)


def test_a_node_client_decides_a_case(protos: Path) -> None:
    facts = FACTS.read_text(encoding="utf-8")
    with running(PROJECT / "rulesets") as target:
        done = decide(protos, target, facts)
        refused = decide(protos, target, '{"mark": {"score": "5"}}')
        with rollbook.Client(target) as client:
            ours = client.decide("lausd/grade-marking", facts, as_of=date(2018, 11, 2), mode=rollbook.Mode.TRY)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "outcome": "withhold",
        "because": ours.because,
        "rules": [rule.rule for rule in ours.rules],
    }
    assert refused.returncode == 1
    assert refused.stderr == "INVALID_ARGUMENT: The facts are not what the ruleset declares.\n"


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
