"""What is wrong with documents: for people, for editors, for programs, for code scanning, for GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, Final

from rich.text import Text

from clients.cli.checking import Checked
from clients.cli.console import screen, write_json
from clients.cli.pages.words import counted, indented
from engine.rulesets.problem_codes import CODES
from engine.rulesets.problems import Problem

__all__ = ["show_github", "show_json", "show_lines", "show_sarif", "show_text"]

_STYLES: Final = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_GITHUB: Final = {"error": "error", "warning": "warning", "note": "notice"}
_WIDEST_LINE: Final = 160


def show_text(checked: Checked) -> None:
    """Prints each problem with the line in question, and how many there are."""
    page = screen()
    for problem in checked.problems:
        page.print(
            Text.assemble(
                f"{problem.file}:{problem.line}:{problem.column}: ",
                (f"{problem.severity}: ", _STYLES[problem.severity]),
                problem.message,
                (f" [{problem.code}]", "dim"),
            ),
            soft_wrap=True,
        )
        for line in _excerpt(problem, checked.texts.get(problem.file, "")):
            page.print(Text(line), soft_wrap=True)
        if problem.remedy:
            page.print(indented(problem.remedy, 2))
    errors, warnings = counted(len(checked.errors), "error"), counted(len(checked.warnings), "warning")
    notes = f", {counted(len(checked.notes), 'note')}" if checked.notes else ""
    files = counted(len(checked.files), "ruleset") if checked.files or not checked.calendars else ""
    calendars = counted(len(checked.calendars), "calendar") if checked.calendars else ""
    page.print(f"{' and '.join(filter(None, (files, calendars)))} checked: {errors}, {warnings}{notes}.")


def show_lines(checked: Checked) -> None:
    """Prints each problem on a line of its own: `FILE:LINE:COLUMN: SEVERITY: message [code]`, as compilers do."""
    for problem in checked.problems:
        print(" ".join(str(problem).split()))


def show_json(checked: Checked) -> None:
    """Prints the files and the problems as JSON."""
    write_json({"files": [str(path) for path in (*checked.files, *checked.calendars)], "problems": checked.problems})


def show_sarif(checked: Checked) -> None:
    """Prints the problems as SARIF 2.1.0, the OASIS format for results of static checks."""
    codes = sorted({problem.code for problem in checked.problems})
    driver = {
        "name": "rollbook",
        "semanticVersion": version("rollbook"),
        "rules": [_sarif_rule(code) for code in codes],
    }
    results = [_sarif_result(problem, codes.index(problem.code)) for problem in checked.problems]
    write_json(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
        }
    )


def show_github(checked: Checked) -> None:
    """Prints the problems as workflow commands of GitHub Actions, which become annotations of the changed lines."""
    for problem in checked.problems:
        place = f"file={_property(problem.file)},line={problem.line},col={problem.column}"
        title = _property(f"{problem.code}: {problem.path}" if problem.path else problem.code)
        print(f"::{_GITHUB[problem.severity]} {place},title={title}::{_data(_told(problem))}")


def _excerpt(problem: Problem, text: str) -> Iterator[str]:
    """The line in question, with a caret below the column."""
    lines = text.splitlines()
    if not 1 <= problem.line <= len(lines):
        return
    line = lines[problem.line - 1].replace("\t", " ")
    if problem.column > _WIDEST_LINE or not line.strip():
        return
    number = str(problem.line)
    yield f"  {number} | {line[:_WIDEST_LINE]}"
    yield f"  {' ' * len(number)} | {' ' * (problem.column - 1)}^"


def _sarif_rule(code: str) -> dict[str, Any]:
    means = CODES.get(code)
    return {"id": code} if means is None else {"id": code, "shortDescription": {"text": means}}


def _sarif_result(problem: Problem, rule: int) -> dict[str, Any]:
    region = {"startLine": max(problem.line, 1), "startColumn": max(problem.column, 1)}
    place: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": problem.file.replace("\\", "/")}, "region": region}
    }
    if problem.path:
        place["logicalLocations"] = [{"fullyQualifiedName": problem.path}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": _told(problem)},
        "locations": [place],
    }


def _told(problem: Problem) -> str:
    return f"{problem.message} {problem.remedy}".strip()


def _data(text: str) -> str:
    """Escaped as GitHub's workflow commands need it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
