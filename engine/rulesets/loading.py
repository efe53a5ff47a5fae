"""Reads and checks rulesets: YAML text in, a checked ruleset or everything that is wrong with it out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.errors import RulesetError
from engine.rulesets.binding.assemble import assemble
from engine.rulesets.binding.workbench import Others, Workbench, no_others
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.documents import Ruleset
from engine.rulesets.findings import Findings
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import read_yaml

__all__ = ["check_text", "load_ruleset", "load_text"]

_PLACEHOLDERS: Final = {"ruleset": "unknown/unknown", "title": "?", "outcomes": ["unknown"]}


def load_ruleset(path: Path) -> CheckedRuleset:
    """The ruleset in a file (UTF-8, YAML 1.2, at most 1 MiB); one that builds on others has them in folders beside it.

    Raises:
        RulesetError: with all problems, when the file cannot be read or has an error.
    """
    from engine.rulesets.neighbours import Neighbours

    folder = path.resolve().parent
    neighbours = Neighbours(folder.parent.parent)
    checked, problems = neighbours.check(f"{folder.parent.name}/{folder.name}", read_file(path), str(path))
    if checked is None:
        raise RulesetError(problems)
    return checked


def load_text(text: str, file: str = "ruleset.yaml") -> CheckedRuleset:
    """The ruleset that `text` is; `file` is how problems name it.

    Raises:
        RulesetError: with all problems, when there is an error among them.
    """
    checked, problems = check_text(text, file)
    if checked is None:
        raise RulesetError(problems)
    return checked


def check_text(text: str, file: str, others: Others = no_others) -> tuple[CheckedRuleset | None, tuple[Problem, ...]]:
    """The ruleset that `text` is, or None when it has errors; with all problems, warnings too, in document order.

    Args:
        text: the document.
        file: how problems name it.
        others: finds the rulesets whose rules it builds on.
    """
    findings = Findings(file)
    source = read_yaml(text, file, findings)
    structured = None if source is None else fit(source, Ruleset, findings, placeholders=_PLACEHOLDERS)
    if source is None or structured is None:
        return None, findings.all()
    checked = assemble(Workbench(structured.document, source, findings, structured.broken, others=others))
    return checked, findings.all()
