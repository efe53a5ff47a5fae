"""The pages are true: their samples run and print what they say, their links lead somewhere, their words exist."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clients.cli.main import app
from clients.demo.server import running
from rollbook.v1.errors_pb2 import ErrorReason
from server.errors import CODES

PROJECT = Path(__file__).resolve().parents[1]
PAGES = [PROJECT / "README.md", PROJECT / "clients" / "sdk" / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
BLOCKS = re.compile(r"^```(\w+)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running(PROJECT / "rulesets") as target:
        yield target


def blocks(page: Path) -> list[tuple[str, str]]:
    """The language and the text of every code block."""
    return BLOCKS.findall(page.read_text(encoding="utf-8"))


def rollbook(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments, prog_name="rollbook")
    return result.exit_code, result.stdout


@pytest.mark.parametrize("name", ["README.md", "docs/sis.md", "clients/sdk/README.md"])
def test_python_samples_print_what_the_page_says(server: str, name: str) -> None:
    found = blocks(PROJECT / name)
    names: dict[str, object] = {}
    ran = 0
    for (language, code), (next_language, expected) in zip(found, [*found[1:], ("", "")], strict=True):
        if language != "python":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code.replace("localhost:7420", server), f"{name}, sample {ran + 1}", "exec"), names)
        if next_language == "text":
            assert printed.getvalue() == expected
        ran += 1
    assert ran


def test_the_readme_shows_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    shown = next(text for language, text in blocks(PROJECT / "README.md") if text.startswith("$ rollbook decide"))
    command, *expected = shown.splitlines()
    code, printed = rollbook(*command.split()[2:])
    assert code == 0
    parts = [part.strip("\n") for part in "\n".join(expected).split("  …\n")]
    assert all(part in "\n".join(line.rstrip() for line in printed.splitlines()) for part in parts)


def test_the_rule_change_of_the_readme_checks_and_its_scenario_passes(tmp_path: Path) -> None:
    parameters, scenarios = (text for language, text in blocks(PROJECT / "README.md") if language == "yaml")
    folder = tmp_path / "lausd" / "grade-marking"
    shutil.copytree(PROJECT / "rulesets" / "lausd" / "grade-marking", folder)
    ruleset = folder / "ruleset.yaml"
    before = ruleset.read_text(encoding="utf-8")
    changed, count = re.subn(r"^parameters:\n  minimum_days: .*\n", parameters, before, count=1, flags=re.MULTILINE)
    assert count == 1
    ruleset.write_text(changed, encoding="utf-8")
    with (folder / "scenarios.yaml").open("a", encoding="utf-8") as file:
        file.write(scenarios.removeprefix("scenarios:\n"))
    code, printed = rollbook("check", str(tmp_path))
    assert (code, printed.splitlines()[0]) == (0, "1 ruleset checked: 0 errors, 0 warnings.")
    code, printed = rollbook("test", str(tmp_path))
    assert (code, " 0 failed." in printed) == (0, True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCKS.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{target} leads nowhere"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(heading) for heading in headings}, f"{target}: there is no such heading"


def _anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_readme_names_every_reason_with_its_status() -> None:
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \| ([A-Z_]+) \|", (PROJECT / "README.md").read_text("utf-8"), re.MULTILINE)
    told = {reason.strip("` "): status for reasons, status in rows for reason in reasons.split(",")}
    reasons = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.DESCRIPTOR.values_by_name} - {"UNSPECIFIED"}
    assert told == {reason: _status(reason) for reason in reasons}


def _status(reason: str) -> str:
    from google.rpc.code_pb2 import Code

    return Code.Name(CODES[reason])


def test_the_page_of_sis_engineers_names_every_reason() -> None:
    text = (PROJECT / "docs" / "sis.md").read_text(encoding="utf-8")
    for name in ErrorReason.DESCRIPTOR.values_by_name:
        reason = name.removeprefix("ERROR_REASON_")
        if reason not in {"UNSPECIFIED", "REQUEST_ID_REUSED", "UNAUTHENTICATED", "FORBIDDEN"}:  # named by their classes
            assert reason in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_commands_of_the_pages_exist(page: Path) -> None:
    # `rollbook` is also the user, the group, the database and the unit of an installation
    written = set(re.findall(r"\brollbook ([a-z]+)\b", page.read_text(encoding="utf-8"))) - {"rollbook"}
    commands = {command.name for command in app.registered_commands}
    assert written <= commands | {group.name for group in app.registered_groups}


def test_make_targets_of_the_readme_exist() -> None:
    targets = re.findall(r"`make ([a-z-]+)`", (PROJECT / "README.md").read_text(encoding="utf-8"))
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
