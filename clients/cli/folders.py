"""Where rulesets lie on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from clients.cli.failures import FailureError

__all__ = ["CALENDARS", "FOLDER", "RULESET_FILE", "SCENARIOS_FILE", "find_all", "find_documents", "find_rulesets"]

FOLDER: Final = "rulesets"
"""The name of the folder that is looked for."""

RULESET_FILE: Final = "ruleset.yaml"
SCENARIOS_FILE: Final = "scenarios.yaml"
CALENDARS: Final = "calendars"
"""The folder of calendars, beside those of the districts."""


def find_rulesets(given: Path | None) -> Path:
    """The folder of rulesets: the one given, else `rulesets` in the current folder or the nearest one above.

    Raises:
        FailureError: when there is none.
    """
    if given is not None:
        if given.is_dir():
            return given
        message = f"there is no folder {given}."
        raise FailureError(message, "--rulesets names the folder of rulesets.")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (found := folder / FOLDER).is_dir():
            return Path(FOLDER) if folder == here else found
    message = f"there is no folder `{FOLDER}` here or above."
    raise FailureError(message, "--rulesets names the folder of rulesets; --server asks a server instead.")


def find_documents(paths: list[Path]) -> list[Path]:
    """Every ruleset.yaml that `paths` name: files themselves, and what lies below folders, sorted, each once.

    A file of scenarios stands for the ruleset beside it.

    Raises:
        FailureError: when a path does not exist, or there is nothing below it.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(path.rglob(RULESET_FILE))
            if not below:
                message = f"there is no {RULESET_FILE} below {path}."
                raise FailureError(message, "A ruleset is the file <district>/<name>/ruleset.yaml.")
            found.update(dict.fromkeys(below))
        elif path.is_file():
            found[path.with_name(RULESET_FILE) if path.name == SCENARIOS_FILE else path] = None
        else:
            message = f"there is no {path}."
            raise FailureError(message)
    return list(found)


def find_all(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """Every ruleset.yaml, and every calendar, that `paths` name; a calendar is a `*.yaml` in a folder `calendars`.

    Raises:
        FailureError: when a path does not exist, or there is neither below it.
    """
    calendars: dict[Path, None] = {}
    others: list[Path] = []
    for path in paths:
        pattern = "*.yaml" if path.absolute().name == CALENDARS else f"**/{CALENDARS}/*.yaml"
        found = sorted(path.glob(pattern)) if path.is_dir() else [path] if _is_calendar(path) else []
        calendars.update(dict.fromkeys(found))
        if not found or (path.is_dir() and next(path.rglob(RULESET_FILE), None) is not None):
            others.append(path)
    return find_documents(others), list(calendars)


def _is_calendar(path: Path) -> bool:
    return path.is_file() and path.absolute().parent.name == CALENDARS
