"""Rulesets that build on each other's rules: read from one place, each once, never in a circle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.documents import NOWHERE, Documents, documents_in
from engine.errors import RulesetError
from engine.rulesets.binding.workbench import NotUsable
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from engine.rulesets.problems import Problem

__all__ = ["Neighbours"]


class Neighbours:
    """The rulesets of a folder, or of documents however they are kept, and of others where those have none."""

    def __init__(self, *places: Path | Documents) -> None:
        """Nothing read yet; of a ruleset that several have, the first one's counts."""
        self._documents = tuple(map(documents_in, places))
        self._found: dict[str, CheckedRuleset | NotUsable] = {}
        self._done: dict[tuple[str, str], tuple[CheckedRuleset | None, tuple[Problem, ...]]] = {}
        self._texts: dict[str, str] = {}
        self._open: list[str] = []
        self._circles: list[tuple[str, ...]] = []

    def check(self, id_: str, text: str, file: str) -> tuple[CheckedRuleset | None, tuple[Problem, ...]]:
        """The ruleset `id_` that `text` is, or None when it has errors; with all problems.

        Args:
            id_: its id, by which others would build on it.
            text: the document.
            file: how problems name it.
        """
        done = self._done.get((id_, text))
        if done is None:
            self._open.append(id_)
            try:
                done = self._done[id_, text] = check_text(text, file, self.find)
            finally:
                self._open.pop()
        self._texts[id_] = text
        self._found[id_] = done[0] or NotUsable("it has errors of its own.")
        checked, problems = done
        # It may have been read before as the neighbour of another, and the caller names its file otherwise.
        return checked, tuple(replace(problem, file=file) for problem in problems)

    def text(self, id_: str) -> str:
        """The document of a ruleset that has been read, its own or as the neighbour of another.

        Raises:
            KeyError: when it has not.
        """
        return self._texts[id_]

    def find(self, id_: str) -> CheckedRuleset | NotUsable:
        """The ruleset of that id, or why it cannot be built on."""
        if id_ in self._open:
            circle = tuple(self._open[self._open.index(id_) :])
            self._circles.append(circle)
            return _in_circle(circle)
        found = self._read(id_)
        if isinstance(found, NotUsable) and self._open:
            for circle in self._circles:
                if self._open[-1] in circle and id_ in circle:
                    return _in_circle(circle)
        return found

    def _read(self, id_: str) -> CheckedRuleset | NotUsable:
        if id_ not in self._found:
            try:
                texts = (documents.ruleset(id_) for documents in self._documents)
                text = next((text for text in texts if text is not None), None)
                if text is None:
                    return NotUsable(self._documents[0].absent if self._documents else NOWHERE)
                self.check(id_, text, f"{id_}/ruleset.yaml")
            except RulesetError:
                self._found[id_] = NotUsable("its file cannot be read.")
        return self._found[id_]


def _in_circle(circle: tuple[str, ...]) -> NotUsable:
    return NotUsable(f"they build on each other in a circle: {' → '.join((*circle, circle[0]))}.", "circle")
