"""Collects the problems of one document while it is checked."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from engine.rulesets.problems import Problem
from engine.rulesets.yaml_positions import Position

__all__ = ["MAX_PROBLEMS", "Findings", "Path", "did_you_mean", "path_text"]

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of a document."""

MAX_PROBLEMS = 200
"""More errors, and more warnings, are not reported: nobody reads them, and a hostile document could have a million."""

_MOST_KNOWN = 1_000


def path_text(path: Path) -> str:
    """The path as people write it: `rules.too-few-days.obliges[0].due`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text[:300]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A remedy that names what is most like `name` among `known`; empty when nothing is, or there are too many."""
    names = list(known)
    near = get_close_matches(name[:100], names, n=1, cutoff=0.6) if len(names) <= _MOST_KNOWN else []
    return f"Did you mean `{near[0]}`?" if near else ""


_Key = tuple[Position, str, str, str]


class Findings:
    """The problems found so far; mutable, and used by one check of one document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._errors: dict[_Key, Problem] = {}
        self._warnings: dict[_Key, Problem] = {}

    def error(self, position: Position, path: Path, code: str, message: str, remedy: str = "") -> None:
        """Adds what keeps the document from being used."""
        self._add(Problem("error", self.file, position.line, position.column, path_text(path), code, message, remedy))

    def warning(self, position: Position, path: Path, code: str, message: str, remedy: str = "") -> None:
        """Adds what looks like an oversight."""
        self._add(Problem("warning", self.file, position.line, position.column, path_text(path), code, message, remedy))

    def has_errors_at(self, path: Path) -> bool:
        """Whether an error was found at `path` or below it."""
        own = path_text(path)
        return any(
            problem.path == own or problem.path.startswith((f"{own}.", f"{own}[")) for problem in self._errors.values()
        )

    def _add(self, problem: Problem) -> None:
        key = (Position(problem.line, problem.column), problem.path, problem.code, problem.message)
        found = self._errors if problem.severity == "error" else self._warnings
        if len(found) < MAX_PROBLEMS:
            found.setdefault(key, problem)

    @property
    def has_errors(self) -> bool:
        """Whether an error is among them."""
        return bool(self._errors)

    def all(self) -> tuple[Problem, ...]:
        """All of them, in the order of the document."""
        found = (*self._errors.values(), *self._warnings.values())
        return tuple(sorted(found, key=lambda one: (one.line, one.column, one.severity, one.message)))
