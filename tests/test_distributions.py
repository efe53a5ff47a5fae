"""Both distributions build, and hold what they should and no more."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def names_in_wheel(source: Path, target: Path) -> set[str]:
    """Builds the wheel of `source` into `target` and lists its files."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_sdk_has_stubs_protos_and_types(tmp_path: Path) -> None:
    names = names_in_wheel(PROJECT / "clients" / "sdk", tmp_path)
    assert {
        "rollbook/py.typed",
        "rollbook/client.py",
        "rollbook/v1/decision_service_pb2.py",
        "rollbook/v1/decision_service_pb2.pyi",
        "rollbook/v1/decision_service_pb2_grpc.pyi",
        "rollbook/protos/rollbook/v1/decision.proto",
        "rollbook/protos/google/type/date.proto",
    } <= names
    assert {name.partition("/")[0] for name in names} == {"rollbook", "rollbook_client-0.1.0.dist-info"}


def test_the_service_has_its_three_packages_and_not_the_sdk(tmp_path: Path) -> None:
    names = names_in_wheel(PROJECT, tmp_path)
    assert {name.partition("/")[0] for name in names} == {"engine", "server", "clients", "rollbook-0.1.0.dist-info"}
    assert not [name for name in names if name.startswith("clients/sdk")]
    assert "engine/feel/grammar.lark" in names


@pytest.mark.parametrize("ignored", ["v1/decision_pb2.py", "protos/rollbook/v1/decision.proto"])
def test_what_is_generated_is_never_committed(ignored: str) -> None:
    found = subprocess.run(
        ["git", "check-ignore", "--quiet", f"clients/sdk/src/rollbook/{ignored}"], cwd=PROJECT, check=False, timeout=30
    )
    assert found.returncode == 0


def test_the_lock_names_no_registry() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock
