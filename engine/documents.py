"""Where the texts of rulesets and calendars come from: files of a folder, or what somebody has in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from engine.errors import RulesetError
from engine.rulesets.reading import read_file

__all__ = ["CALENDARS", "NOWHERE", "Documents", "FolderDocuments", "GivenDocuments", "documents_in"]

CALENDARS: Final = "calendars"
"""The folder of calendars, beside those of the districts."""

NOWHERE: Final = "there is no such ruleset."
"""Why a ruleset is not there, as the end of a sentence about it."""

_RULESET: Final = "ruleset.yaml"
_SCENARIOS: Final = "scenarios.yaml"


class Documents(Protocol):
    """Rulesets, their scenarios, and calendars: YAML by id (`lausd/grade-marking`) or name (`westlake`)."""

    @property
    def absent(self) -> str:
        """Why a ruleset is not there, as the end of a sentence about it."""

    def rulesets(self) -> Iterable[str]:
        """The ids of all rulesets, in their order."""

    def calendars(self) -> Iterable[str]:
        """The names of all calendars, in their order."""

    def ruleset(self, id_: str) -> str | None:
        """A ruleset; None where there is none.

        Raises:
            RulesetError: when it cannot be read; so do the others.
        """

    def scenarios(self, id_: str) -> str:
        """The scenarios of a ruleset; empty where there are none."""

    def calendar(self, name: str) -> str | None:
        """A calendar; None where there is none."""


@dataclass(frozen=True, slots=True)
class FolderDocuments:
    """The files `<district>/<name>/ruleset.yaml`, `scenarios.yaml` and `calendars/<name>.yaml` below a folder.

    They are read whenever they are asked for. A folder that does not exist holds nothing. Problems name files as they
    stand in the folder: where the folder stands is nobody's business.
    """

    folder: Path
    absent: str = "there is no such ruleset in the same folder."

    def rulesets(self) -> Iterable[str]:
        """The ids of all rulesets, in their order."""
        paths = sorted(self.folder.glob(f"*/*/{_RULESET}"))
        return [f"{path.parent.parent.name}/{path.parent.name}" for path in paths]

    def calendars(self) -> Iterable[str]:
        """The names of all calendars, in their order."""
        return [path.stem for path in sorted(self.folder.glob(f"{CALENDARS}/*.yaml"))]

    def ruleset(self, id_: str) -> str | None:
        """A ruleset."""
        return self._read(f"{id_}/{_RULESET}")

    def scenarios(self, id_: str) -> str:
        """The scenarios of a ruleset."""
        return self._read(f"{id_}/{_SCENARIOS}") or ""

    def calendar(self, name: str) -> str | None:
        """A calendar."""
        return self._read(f"{CALENDARS}/{name}.yaml")

    def _read(self, file: str) -> str | None:
        path = self.folder.joinpath(*file.split("/"))
        if not path.exists():
            return None
        try:
            return read_file(path)
        except RulesetError as error:
            raise RulesetError(tuple(replace(problem, file=file) for problem in error.problems)) from None


@dataclass(frozen=True, slots=True)
class GivenDocuments:
    """Documents in memory."""

    rulesets_by_id: Mapping[str, str] = field(default_factory=dict)
    calendars_by_name: Mapping[str, str] = field(default_factory=dict)
    scenarios_by_id: Mapping[str, str] = field(default_factory=dict)
    absent: str = NOWHERE

    def rulesets(self) -> Iterable[str]:
        """The ids of all rulesets, in their order."""
        return sorted(self.rulesets_by_id)

    def calendars(self) -> Iterable[str]:
        """The names of all calendars, in their order."""
        return sorted(self.calendars_by_name)

    def ruleset(self, id_: str) -> str | None:
        """A ruleset."""
        return self.rulesets_by_id.get(id_)

    def scenarios(self, id_: str) -> str:
        """The scenarios of a ruleset."""
        return self.scenarios_by_id.get(id_, "")

    def calendar(self, name: str) -> str | None:
        """A calendar."""
        return self.calendars_by_name.get(name)


def documents_in(place: Path | Documents) -> Documents:
    """Those of a folder; documents are given back as they are."""
    return FolderDocuments(place) if isinstance(place, Path) else place
