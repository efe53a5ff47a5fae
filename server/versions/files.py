"""How problems name the documents of a version, and how they are told where nothing of a case may be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from engine.rulesets.problems import Problem, errors_among
from server.versions.asked import Finding

__all__ = ["CALENDAR_FILE", "RULESET_FILE", "SCENARIOS_FILE", "findings_of"]

RULESET_FILE: Final = "ruleset.yaml"
SCENARIOS_FILE: Final = "scenarios.yaml"
CALENDAR_FILE: Final = "calendar.yaml"


def findings_of(problems: Iterable[Problem]) -> Iterator[Finding]:
    """The errors among `problems`; of what a scenario says of its case only where it stands."""
    for problem in errors_among(problems):
        place = f"{problem.file}:{problem.line}:{problem.column}"
        if problem.file == SCENARIOS_FILE and ".facts" in f".{problem.path}":
            yield Finding(place, f"This cannot stand in the facts of a scenario [{problem.code}].")
        else:
            yield Finding(place, " ".join(filter(None, (problem.message, problem.remedy))))
