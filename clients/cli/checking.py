"""Documents on this machine, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clients.cli.folders import CALENDARS, RULESET_FILE, SCENARIOS_FILE
from engine.calendars.loading import check_calendar
from engine.errors import RulesetError
from engine.rosters.coverage import coverage_notes
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file
from engine.scenarios import check_scenarios

__all__ = ["Checked", "check_files"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        files: the rulesets that were checked; `calendars`: the calendars.
        problems: what is wrong, by file, in the order of each.
        texts: what each file says, by the name that `Problem.file` has.
        rulesets: those without an error.
    """

    files: tuple[Path, ...]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str]
    rulesets: tuple[CheckedRuleset, ...] = ()
    calendars: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps a document from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is good to know, and may stay as it is."""
        return tuple(problem for problem in self.problems if problem.severity == "note")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What somebody should look at."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def check_files(files: list[Path], calendars: Sequence[Path] = ()) -> Checked:
    """What is wrong with these rulesets, and with the scenarios beside them; and with these calendars."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    rulesets: list[CheckedRuleset] = []
    neighbours: dict[Path, Neighbours] = {}
    for path in files:
        root = path.absolute().parent.parent.parent
        try:
            checked, found = _check(path, texts, neighbours.setdefault(root, Neighbours(root)))
            problems.extend(found)
            rulesets.extend([checked] if checked is not None else [])
        except RulesetError as error:  # a file that cannot be read
            problems.extend(error.problems)
    for path in calendars:
        try:
            text = texts[str(path)] = read_file(path)
            problems.extend(check_calendar(text, str(path), named=path.stem)[1])
        except RulesetError as error:
            problems.extend(error.problems)
    return Checked(tuple(files), tuple(problems), texts, tuple(rulesets), tuple(calendars))


def _check(
    path: Path, texts: dict[str, str], neighbours: Neighbours
) -> tuple[CheckedRuleset | None, tuple[Problem, ...]]:
    """One ruleset unless it has errors, and what is wrong with it and its scenarios; what was read goes to `texts`."""
    text = texts[str(path)] = read_file(path)
    checked, problems = neighbours.check("/".join(path.absolute().parts[-3:-1]), text, str(path))
    problems += _other_name(path, checked) + _other_calendar(path, text, checked) + _notes(path, checked)
    scenarios = path.with_name(SCENARIOS_FILE)
    if checked is None or not scenarios.is_file():
        return checked, problems
    text = texts[str(scenarios)] = read_file(scenarios)
    return checked, problems + check_scenarios(text, str(scenarios), checked)[1]


def _notes(path: Path, checked: CheckedRuleset | None) -> tuple[Problem, ...]:
    """What is good to know of a ruleset without errors."""
    return () if checked is None else coverage_notes(checked, str(path))


def _other_name(path: Path, checked: CheckedRuleset | None) -> tuple[Problem, ...]:
    """A warning where folders and document do not say the same; a single file may lie anywhere while it is written."""
    folders = path.absolute().parts[-3:-1]
    if checked is None or path.name != RULESET_FILE or checked.document.ruleset == "/".join(folders):
        return ()
    message = (
        f"The ruleset calls itself {checked.document.ruleset}, but its folders say {'/'.join(folders)}; "
        "a server would refuse it."
    )
    return (Problem("warning", str(path), 1, 1, "ruleset", "name-differs", message, "Rename the one or the others."),)


def _other_calendar(path: Path, text: str, checked: CheckedRuleset | None) -> tuple[Problem, ...]:
    """A warning where the ruleset's own calendar is not among those of its folder."""
    name = None if checked is None else checked.document.calendar
    if name is None or (path.absolute().parents[2] / CALENDARS / f"{name}.yaml").is_file():
        return ()
    lines = enumerate(text.splitlines(), start=1)
    line = next((number for number, written in lines if written.startswith("calendar:")), 1)
    message = f"There is no calendar `{name[:60]}` in the folder `{CALENDARS}`."
    remedy = "Import it (`rollbook calendar import`), or name one that is there."
    return (Problem("warning", str(path), line, 1, "calendar", "unknown-calendar", message, remedy),)
