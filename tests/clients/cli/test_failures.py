"""What went wrong, as text and exit code; never a traceback, never a value of a case."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from grpc import StatusCode

import rollbook as sdk
from clients.cli import failures
from tests.clients.cli.conftest import HERE, Golden, Rollbook

LOANS = "oak/library-loans"
DECIDE = ["decide", LOANS, "--as-of", "2019-10-01", "--facts", "-"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("wrong-facts", '{"student": {"grade_level": "12", "shoe": 38}, "fees": {"owed": "much"}}'),
        ("a-list-for-a-group", '{"student": []}'),
    ],
)
def test_facts_that_are_refused(rollbook: Rollbook, golden: Golden, server: str, name: str, facts: str) -> None:
    here = rollbook(*DECIDE, stdin=facts)
    assert here.exit_code == 1
    assert here.stdout == ""
    for value in ("12", "38", "much"):
        assert value not in here.stderr
    golden(f"refused-{name}.txt", here.stderr)
    there = rollbook(*DECIDE, "--server", server, stdin=facts)
    assert (there.exit_code, there.stderr) == (here.exit_code, here.stderr)


def test_a_ruleset_that_there_is_not(rollbook: Rollbook, server: str) -> None:
    arguments = ["decide", "oak/libary-loans", "--as-of", "2019-10-01", "--facts", "-"]
    here = rollbook(*arguments, stdin="{}")
    assert here.exit_code == 1
    assert here.stderr == (
        "rollbook: UNKNOWN_RULESET: oak/libary-loans: There is no ruleset of that name.\n"
        "`rollbook rulesets` lists those that there are.\n"
    )
    assert rollbook(*arguments, "--server", server, stdin="{}").stderr == here.stderr


def test_a_day_on_which_a_ruleset_is_not_in_force(rollbook: Rollbook) -> None:
    result = rollbook("decide", LOANS, "--as-of", "2019-07-31", "--facts", "-", stdin="{}")
    assert result.exit_code == 1
    assert result.stderr.startswith("rollbook: NOT_IN_FORCE: oak/library-loans: ")


def test_a_broken_ruleset_tells_all_its_problems(rollbook: Rollbook) -> None:
    arguments = ["decide", "oak/bus-passes", "--rulesets", "broken", "--as-of", "2021-10-01", "--facts", "-"]
    result = rollbook(*arguments, stdin="{}")
    assert result.exit_code == 1
    assert result.stderr.startswith("rollbook: RULESET_INVALID: ")
    assert "oak/bus-passes/ruleset.yaml:18:11: error: `student` has no `mile`." in result.stderr


def test_a_server_that_does_not_answer(rollbook: Rollbook) -> None:
    result = rollbook("rulesets", "--server", f"127.0.0.1:{free_port()}")
    assert result.exit_code == 1
    what, why, remedy = result.stderr.splitlines()
    assert what == "rollbook: the server cannot be reached."
    assert "Connection refused" in why
    assert remedy == "Is a server running there? `rollbook serve` starts one."


def test_a_file_that_there_is_not(rollbook: Rollbook) -> None:
    result = rollbook("decide", LOANS, "--as-of", "2019-10-01", "--facts", "nowhere.json")
    assert (result.exit_code, result.stderr) == (1, "rollbook: nowhere.json: No such file or directory\n")


def test_no_folder_of_rulesets(rollbook: Rollbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = rollbook(*DECIDE, stdin="{}")
    assert result.exit_code == 1
    assert "there is no folder `rulesets` here or above" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["decide", LOANS, "--facts", "-"], "--as-of"),
        (["decide", LOANS, "--facts", "-", "--as-of", "2.11.2018"], "is no date"),
        (["decide", LOANS, "--facts", "-", "--as-of", "2018-W44-5"], "is no date"),
        (["decide", LOANS, "--facts", "-", "--as-of", "2018-02-30"], "is no date"),
        (["rulesets", "--server", "127.0.0.1:1", "--rulesets", "rulesets"], "exclude each"),
        (["decyde"], "decide"),
        (["check"], "PATH"),
        (["schema", "lottery"], "scenarios"),
    ],
)
def test_a_wrong_command_line_is_told_and_ends_with_2(rollbook: Rollbook, arguments: list[str], told: str) -> None:
    result = rollbook(*arguments, stdin="{}")
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.replace("│", " ").split())  # without the frame around it


def test_a_fault_of_our_own_shows_no_value(rollbook: Rollbook, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_out: Path) -> None:
        raise KeyError("a student's name")

    monkeypatch.setattr("rollbook.contract.write_protos", fail)
    result = rollbook("protos", "--out", "anywhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("rollbook: a fault of Rollbook itself (KeyError at cli/test_failures.py:")
    assert "student" not in result.stderr
    assert "Traceback" not in result.stderr
    shown = rollbook("--traceback", "protos", "--out", "anywhere")
    assert isinstance(shown.exception, KeyError)


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f'"{sys.executable}" -m clients.cli show {LOANS} | head -c 10; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=HERE, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            sdk.OverloadedError("Busy.", code=StatusCode.RESOURCE_EXHAUSTED, reason="OVERLOADED"),
            "OVERLOADED: Busy.",
        ),
        (
            sdk.DeadlineExceededError("late", code=StatusCode.DEADLINE_EXCEEDED),
            "the server did not answer in time.",
        ),
        (sdk.NotServedError("Method not found!", code=StatusCode.UNIMPLEMENTED), "no Rollbook server"),
        (
            sdk.InternalError("A fault.", code=StatusCode.INTERNAL, reason="INTERNAL", metadata={"incident": "17"}),
            "incident 17",
        ),
    ],
)
def test_what_a_server_says_is_told(error: Exception, told: str) -> None:
    assert told in "\n".join(failures.failure_of(error).lines())
