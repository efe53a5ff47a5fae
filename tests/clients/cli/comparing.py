"""An edited copy of a ruleset, as policy staff would make one."""

from __future__ import annotations

from pathlib import Path

from tests.clients.cli.conftest import RULESETS

__all__ = ["CHANGES", "edited_copy"]

CHANGES = {
    "2019-08-01: 5, 2021-08-01: 7.5": "2019-08-01: 6.5",
    'results: {limit: "5"}': 'results: {limit: "6"}',
    "card_until: {": 'sibling: {type: boolean, means: "Does a sibling borrow here?"}\n    card_until: {',
    "  small-reader:": """\
  no-sibling:
    cites: "1"
    when: not(student.sibling) and student.grade_level >= "1"
    outcome: ask-librarian
    because: No sibling borrows here.
  small-reader:""",
}
"""Another most of fees, six books, and a rule about a fact that is new."""


def edited_copy(tree: Path) -> Path:
    """The file of an edited copy of `oak/library-loans` in a folder of rulesets that has nothing else."""
    text = (RULESETS / "oak" / "library-loans" / "ruleset.yaml").read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    path = tree / "oak" / "library-loans" / "ruleset.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path
