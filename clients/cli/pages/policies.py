"""The policy pages of a folder of rulesets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clients.cli.folders import RULESET_FILE
from engine.errors import RulesetError
from engine.pages import index_page, ruleset_page
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.reading import read_file

__all__ = ["pages_of"]


def pages_of(folder: Path) -> Mapping[str, str]:
    """The pages by their path below the folder of pages: `index.md`, `lausd/grade-marking.md`.

    Raises:
        RulesetError: when a ruleset has errors.
    """
    neighbours = Neighbours(folder)
    found = []
    for path in sorted(folder.glob(f"*/*/{RULESET_FILE}")):
        id_ = f"{path.parent.parent.name}/{path.parent.name}"
        checked, problems = neighbours.check(id_, read_file(path), str(path))
        if checked is None:
            raise RulesetError(problems)
        found.append(checked)
    pages = {f"{ruleset.document.ruleset}.md": ruleset_page(ruleset) for ruleset in found}
    return {"index.md": index_page(found), **pages}
