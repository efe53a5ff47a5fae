"""The published versions of a day as the files that git keeps, byte for byte as they were imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clients.cli.failures import FailureError
from clients.cli.folders import CALENDARS, RULESET_FILE, SCENARIOS_FILE

if TYPE_CHECKING:
    from rollbook import Client, Version

__all__ = ["Exported", "export_to", "in_force"]

_ID: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_PARENT: Final = re.compile(rf"rulesets/(?P<ruleset>{_ID}/{_ID})|calendars/(?P<calendar>{_ID})")


@dataclass(frozen=True, slots=True)
class Exported:
    """How many versions were in force, and which files were written; the others were as they had to be."""

    versions: int
    written: tuple[Path, ...]


def export_to(client: Client, folder: Path, day: date, *, force: bool) -> Exported:
    """Writes the versions that are in force on `day` to the folder.

    Raises:
        FailureError: when a file there says something else, unless `force`; nothing is written then.
    """
    found = in_force(client, day)
    wanted = {
        folder / path: text for version in found.values() for path, text in _files(client.get_version(version.name))
    }
    different = [path for path, text in wanted.items() if path.exists() and _written(path) != text]
    if different and not force:
        places = ", ".join(str(path.relative_to(folder)) for path in different)
        message = f"{folder} has files that say something else: {places}. Nothing was written."
        raise FailureError(message, "--force overwrites them.")
    written = [path for path, text in wanted.items() if text is not None and _written(path) != text]
    for path, text in wanted.items():
        if text is None:
            path.unlink(missing_ok=True)
        elif path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    return Exported(len(found), tuple(written))


def in_force(client: Client, day: date, parent: str = "") -> dict[str, Version]:
    """The versions that decide on `day`, by what they are versions of: of those in force the newest publication."""
    from rollbook import VersionState

    found: dict[str, Version] = {}
    for version in client.list_versions(parent, states=[VersionState.PUBLISHED], page_size=500):
        before = found.get(version.parent)
        if version.in_force(day) and (before is None or before.publication < version.publication):
            found[version.parent] = version
    return found


def _files(version: Version) -> Iterator[tuple[Path, str | None]]:
    """The files of a version below the folder; None for one that must not be there."""
    name = _PARENT.fullmatch(version.parent)
    if name is None:  # it becomes a path
        message = "The server names a version in a way that no server does."
        raise FailureError(message)
    if name["calendar"]:
        yield Path(CALENDARS, f"{name['calendar']}.yaml"), version.source_yaml
        return
    place = Path(*name["ruleset"].split("/"))
    yield place / RULESET_FILE, version.source_yaml
    yield place / SCENARIOS_FILE, version.scenarios_yaml or None


def _written(path: Path) -> str | None:
    """What the file says, its line ends as they are; None where there is none, or it is no text."""
    try:
        return path.read_bytes().decode()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
