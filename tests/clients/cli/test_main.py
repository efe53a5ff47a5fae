"""The command as a whole: help, version, completion, the files that it writes, how fast it starts."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from tests.clients.cli.conftest import HERE, PROJECT, RULESETS, Golden, Rollbook

COMMANDS = ["decide", "explain", "rulesets", "show", "check", "test", "schema", "calendar", "serve", "protos"]


def test_help_names_every_command(rollbook: Rollbook, golden: Golden) -> None:
    result = rollbook("--help")
    assert result.exit_code == 0
    golden("help.txt", result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(rollbook: Rollbook, command: str) -> None:
    result = rollbook(command, "--help")
    assert result.exit_code == 0
    assert f"rollbook {command}" in result.stdout


def test_the_version(rollbook: Rollbook) -> None:
    result = rollbook("--version")
    assert (result.exit_code, result.stdout) == (0, f"rollbook {version('rollbook')}\n")


def test_shells_complete_commands() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("rollbook")],
        env={"_ROLLBOOK_COMPLETE": "complete_bash", "COMP_WORDS": "rollbook ex", "COMP_CWORD": "1", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["explain", "export"]


def test_help_loads_nothing_heavy() -> None:
    heavy = ("grpc", "pydantic", "lark", "msgspec", "rich.table", "rollbook", "engine.feel", "server")
    program = f"import sys, clients.cli.main; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_the_contract_is_written(rollbook: Rollbook, tmp_path: Path) -> None:
    result = rollbook("protos", "--out", str(tmp_path / "protos"))
    assert result.exit_code == 0
    written = tmp_path / "protos" / "rollbook" / "v1" / "decision_service.proto"
    assert str(written) in result.stdout.splitlines()
    assert written.read_text("utf-8") == (PROJECT / "protos/rollbook/v1/decision_service.proto").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_told(rollbook: Rollbook, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = rollbook("protos", "--out", str(tmp_path / "file"))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"rollbook: {tmp_path}/file")


def plain(value: Any) -> Any:
    """The value of a YAML document as JSON has it: days are strings, as keys too."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("document", ["ruleset", "scenarios"])
def test_the_schema_takes_what_is_written(rollbook: Rollbook, document: str) -> None:
    schema = json.loads(rollbook("schema", document).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    text = (RULESETS / "oak" / "library-loans" / f"{document}.yaml").read_text(encoding="utf-8")
    jsonschema.validate(plain(YAML(typ="safe").load(text)), schema)


def test_the_same_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clients.cli", "rulesets"],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "oak/library-loans" in done.stdout
