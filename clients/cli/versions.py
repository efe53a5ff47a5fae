"""The two versions that `rollbook compare` is given: by id from the folder of rulesets, or by path, an edited copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from clients.cli.failures import FailureError
from clients.cli.folders import RULESET_FILE, find_rulesets
from engine.calendars import Calendar
from engine.calendars.folder import read_calendars
from engine.cases import CaseEngine
from engine.errors import Reason, RollbookError, RulesetError
from engine.inference import Inference
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.reading import read_file

__all__ = ["Version", "find_document", "out_of_force", "read_versions"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version that can decide.

    Attributes:
        checked: what its document says.
        engine: decides cases by it.
        path: the file that it was read from.
        calendar: what it counts school days in; None when it counts none.
    """

    checked: CheckedRuleset
    engine: CaseEngine
    path: Path
    calendar: Calendar | None


@dataclass(frozen=True, slots=True)
class Document:
    """A ruleset's file, and the folders in which its neighbours and calendars are looked for, the nearest first."""

    path: Path
    folders: tuple[Path, ...]


def read_versions(before: str, after: str, rulesets: Path | None, calendar: str = "") -> tuple[Version, Version]:
    """Both versions.

    Args:
        before, after: each the id of a ruleset of the folder of rulesets; or a path: of a ruleset's file, of its
            folder, or of another folder of rulesets, of which the ruleset is taken that the other argument names.
        rulesets: the folder of rulesets; looked for when None. Neighbours and calendars that an edited copy does not
            have beside it are taken from there.
        calendar: the calendar for both; the own of each when empty.

    Raises:
        FailureError: when there is nothing of that name.
        RulesetError: when one has errors.
        RollbookError: UNKNOWN_CALENDAR.
    """
    folder = _folder(rulesets, (before, after))
    inference = Inference()
    documents = [find_document(given, other, folder) for given, other in ((before, after), (after, before))]
    one, other = (_read(document, calendar, inference) for document in documents)
    return one, other


def out_of_force(path: Path, first: date | None, last: date | None, day: date) -> str:
    """What to tell of a version that is not in force on the date whose rules are asked for; empty where it is.

    Args:
        path: its file.
        first, last: from when to when it is in force, both included; None where nothing is said.
        day: the date.
    """
    if (first is None or first <= day) and (last is None or day <= last):
        return ""
    return f"{path} is not in force on {day}; it is compared as if it were."


def _folder(rulesets: Path | None, given: tuple[str, str]) -> Path | None:
    """The folder of rulesets; None when there is none and both versions are given by path."""
    try:
        return find_rulesets(rulesets)
    except FailureError:
        if rulesets is None and all(Path(one).exists() for one in given):
            return None
        raise


def find_document(given: str, other: str, folder: Path | None) -> Document:
    """The file of a version: by its id from the folder of rulesets, where there is one, else by path.

    Raises:
        FailureError, RollbookError: when there is nothing of that name.
    """
    id_ = given.removeprefix("rulesets/")
    if folder is not None and _is_id(id_) and (path := folder / id_ / RULESET_FILE).is_file():
        return Document(path, (folder,))
    path = Path(given)
    if path.is_dir():
        path = path / RULESET_FILE if (path / RULESET_FILE).is_file() else path / _id_of(other) / RULESET_FILE
    if path.is_file():
        own = path.absolute().parents[2] if len(path.absolute().parents) > 2 else path.absolute().parent
        return Document(path, (own,) if folder is None else (own, folder))
    if _is_id(id_) and not Path(given).exists():
        raise RollbookError(Reason.UNKNOWN_RULESET, f"There is no ruleset {given}, nor a file of that name.")
    message = f"there is no ruleset at {given}."
    raise FailureError(message, "Name a ruleset by its id, by its file, or by a folder of rulesets that has it.")


def _id_of(given: str) -> str:
    """Which ruleset the other argument means, when this one is a folder of many."""
    path = Path(given)
    file = path / RULESET_FILE if path.is_dir() else path
    return "/".join(file.absolute().parts[-3:-1]) if file.is_file() else given.removeprefix("rulesets/")


def _is_id(given: str) -> bool:
    district, slash, name = given.partition("/")
    return bool(slash and district.strip(".") and name.strip(".") and "/" not in name)


def _read(document: Document, calendar: str, inference: Inference) -> Version:
    text = read_file(document.path)
    id_ = "/".join(document.path.absolute().parts[-3:-1])
    checked, problems = Neighbours(*document.folders).check(id_, text, str(document.path))
    if checked is None:
        raise RulesetError(problems)
    engine = CaseEngine.build(checked, inference)
    name = calendar.removeprefix("calendars/") or checked.document.calendar
    counted_in = _calendar(name, document.folders) if name and engine.needs_calendar else None
    return Version(checked, engine, document.path, counted_in)


def _calendar(name: str, folders: tuple[Path, ...]) -> Calendar:
    for calendars in map(read_calendars, folders):
        if name in calendars.broken:
            raise RulesetError(calendars.broken[name], "The calendar has errors.")
        if name in calendars.loaded:
            return calendars.loaded[name].calendar
    raise RollbookError(Reason.UNKNOWN_CALENDAR, f"There is no calendar {name}.")
