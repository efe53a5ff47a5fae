"""One ruleset, from its documents to an engine that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.cases import CaseEngine
from engine.documents import Documents
from engine.errors import RulesetError
from engine.inference import Inference
from engine.rulesets.calendar_use import needs_calendar
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.neighbours import Neighbours
from engine.rulesets.problems import Problem

__all__ = ["LoadedRuleset", "ReadRuleset", "load_read", "read_ruleset", "refused", "same_versions"]


@dataclass(frozen=True, slots=True)
class ReadRuleset:
    """A ruleset without errors.

    Attributes:
        checked: what its document says, with names bound and types checked.
        text: the document as it was read, YAML.
        warnings: what somebody should look at.
        built_on: the documents of the rulesets that it builds on, directly or through others, by id.
        needs_calendar: whether it counts school or business days.
    """

    checked: CheckedRuleset
    text: str
    warnings: tuple[Problem, ...]
    built_on: Mapping[str, str]
    needs_calendar: bool


@dataclass(frozen=True, slots=True)
class LoadedRuleset(ReadRuleset):
    """A ruleset that decides.

    Attributes:
        engine: decides cases by it.
    """

    engine: CaseEngine


def read_ruleset(id_: str, documents: Documents, neighbours: Neighbours) -> ReadRuleset | None:
    """The ruleset of that id, checked; None where the documents have none. `neighbours` find what it builds on.

    Raises:
        RulesetError: when it has errors.
    """
    text = documents.ruleset(id_)
    if text is None:
        return None
    checked, problems = neighbours.check(id_, text, f"{id_}/ruleset.yaml")
    if checked is None:
        raise RulesetError(problems)
    if checked.document.ruleset != id_:
        message = f"The ruleset calls itself {checked.document.ruleset}, but its folder is {id_}."
        raise refused(id_, "name-differs", message, f"Write `ruleset: {id_}`, or rename the folder.")
    warnings = tuple(problem for problem in problems if problem.severity == "warning")
    built_on = MappingProxyType({other: neighbours.text(other) for other in checked.built_on})
    return ReadRuleset(checked, text, warnings, built_on, needs_calendar(checked))


def load_read(read: ReadRuleset, inference: Inference, kept: CaseEngine | None = None) -> LoadedRuleset:
    """The ruleset with an engine: a new one, or `kept`, which must be one of the same versions.

    Raises:
        RulesetError: for a fault of ours.
    """
    engine = _engine(read.checked, inference) if kept is None else kept
    return LoadedRuleset(read.checked, read.text, read.warnings, read.built_on, read.needs_calendar, engine)


def same_versions(one: CheckedRuleset, other: CheckedRuleset) -> bool:
    """Whether both are of one version, and so is all that they build on."""
    return (one.version, one.built_on) == (other.version, other.built_on)


def refused(id_: str, code: str, message: str, remedy: str) -> RulesetError:
    """A refusal of the ruleset as a whole."""
    return RulesetError((Problem("error", f"{id_}/ruleset.yaml", 1, 1, "ruleset", code, message, remedy),))


def _engine(checked: CheckedRuleset, inference: Inference) -> CaseEngine:
    try:
        return CaseEngine.build(checked, inference)
    except Exception as error:
        message = f"The ruleset has no errors, but cannot be made ready: a fault of Rollbook ({type(error).__name__})."
        raise refused(checked.document.ruleset, "fault", message, "Please report it, with the ruleset.") from error
