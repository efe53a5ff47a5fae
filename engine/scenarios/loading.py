"""Reads and checks `scenarios.yaml`, every problem with its line and column."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from engine.decisions import INDETERMINATE
from engine.errors import RulesetError
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.findings import Findings, did_you_mean
from engine.rulesets.findings import Path as Place
from engine.rulesets.problems import Problem, errors_among
from engine.rulesets.reading import read_file
from engine.rulesets.schema import document_schema
from engine.rulesets.sections import is_section
from engine.rulesets.structure import fit
from engine.rulesets.yaml_source import Source, read_yaml
from engine.scenarios.documents import ScenarioDocument, ScenariosDocument
from engine.scenarios.facts import laid_over, plain, taken_out
from engine.scenarios.model import Scenario, Scenarios

__all__ = ["check_scenarios", "load_scenarios", "scenarios_schema"]

_PLACEHOLDERS: Final[dict[str, Any]] = {"ruleset": "unknown/unknown", "scenarios": {}}


def scenarios_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `scenarios.yaml`, for editors."""
    return document_schema(ScenariosDocument)


def load_scenarios(path: Path, checked: CheckedRuleset) -> Scenarios:
    """The scenarios in a file (UTF-8, YAML 1.2, at most 1 MiB) of the ruleset `checked`.

    Raises:
        RulesetError: with all problems, when the file cannot be read or has an error.
    """
    scenarios, problems = check_scenarios(read_file(path), str(path), checked)
    if scenarios is None:
        raise RulesetError(problems, "The scenarios have errors.")
    return scenarios


def check_scenarios(text: str, file: str, checked: CheckedRuleset) -> tuple[Scenarios | None, tuple[Problem, ...]]:
    """The scenarios that `text` is, or None when they have errors; with all problems, in the order of the file.

    What a scenario expects is held to the ruleset: names of outcomes, rules, results and actions must be there. Whether
    its facts are such as the ruleset declares is seen when it is run.
    """
    findings = Findings(file)
    source = read_yaml(text, file, findings)
    fitted = None
    if source is not None:
        fitted = fit(source, ScenariosDocument, findings, placeholders=_PLACEHOLDERS, nulls=True)
    if source is None or fitted is None:
        return None, findings.all()
    reader = _Reader(source, findings, checked, fitted.document)
    if ("ruleset",) not in fitted.broken:
        reader.check_name()
    scenarios = tuple(
        scenario
        for id_, written in fitted.document.scenarios.items()
        if (scenario := reader.scenario(id_, written)) is not None
    )
    problems = findings.all()
    if errors_among(problems):
        return None, problems
    return Scenarios(fitted.document.ruleset, scenarios), problems


class _Reader:
    """Turns the written scenarios of one file into such as can be run."""

    def __init__(
        self, source: Source, findings: Findings, checked: CheckedRuleset, document: ScenariosDocument
    ) -> None:
        self._source = source
        self._findings = findings
        self._checked = checked
        self._document = document

    def check_name(self) -> None:
        """The file must name the ruleset that it is for."""
        if self._document.ruleset != self._checked.document.ruleset:
            message = f"These scenarios are for another ruleset than `{self._checked.document.ruleset}`."
            self._error(("ruleset",), "wrong-ruleset", message, f"Write `{self._checked.document.ruleset}`.")

    def scenario(self, id_: str, written: ScenarioDocument) -> Scenario | None:
        """The scenario; None when it has no date."""
        at: Place = ("scenarios", id_)
        self._check_expectation(at, written)
        self._check_sections(at, written)
        facts = plain({}) if written.only else plain(self._document.usual.facts)
        facts = laid_over(facts, plain(written.facts))
        for position, path in enumerate(written.without):
            fewer = taken_out(facts, path)
            if fewer is None:
                message = f"There is no `{path[:60]}` among the facts to take out."
                self._error((*at, "without", position), "nothing-there", message, "Remove it, or mend the path.")
            facts = facts if fewer is None else fewer
        as_of = written.as_of or self._document.usual.as_of
        if as_of is None:
            message = "`as_of` is missing: neither the scenario nor `usual` has it."
            self._findings.error(self._source.key(at), at, "missing-key", message, "Write `as_of: 2018-11-02`.")
            return None
        return Scenario(
            id=id_,
            line=self._source.key(at).line,
            cites=written.cites.sections,
            means=str(written.means or ""),
            facts=facts,
            as_of=as_of,
            rules_as_of=written.rules_as_of or as_of,
            calendar=written.calendar or self._document.usual.calendar or self._checked.document.calendar,
            absent_is_none=written.absent_is_none,
            expect=written.expect,
        )

    def _check_expectation(self, at: Place, written: ScenarioDocument) -> None:
        expect, here = written.expect, (*at, "expect")
        if not expect.model_fields_set:
            self._error(here, "empty-value", "The scenario expects nothing.", "Say what must come out.")
        others = expect.model_fields_set - {"error"}
        if expect.error is not None and others:
            message = "A case that is refused has no decision: nothing else can be expected beside `error`."
            self._error((*here, "error"), "misplaced-key", message, "Remove one or the other.")
        outcomes = self._checked.outcomes
        if expect.outcome is not None:
            self._known((*here, "outcome"), expect.outcome, (*outcomes, INDETERMINATE), "outcome")
        for key, known, what in (
            ("candidates", outcomes, "outcome"),
            ("holds", self._checked.rules, "rule"),
            ("not_holds", self._checked.rules, "rule"),
            ("holds_only", self._checked.rules, "rule"),
        ):
            for position, name in enumerate(getattr(expect, key) or ()):
                self._known((*here, key, position), name, known, what)
        for name in expect.results or ():
            self._known((*here, "results", name), name, self._checked.results, "result")
        for name in expect.deadlines or ():
            self._known((*here, "deadlines", name), name, self._checked.deadlines, "deadline")
        for position, obligation in enumerate(expect.obligations or ()):
            path = (*here, "obligations", position, "action")
            self._known(path, obligation.action, self._checked.document.actions, "action")

    def _known(self, path: Place, name: str, known: Iterable[str], what: str) -> None:
        if name not in known:
            message = f"The ruleset has no {what} `{name[:60]}`."
            self._error(path, f"unknown-{what}", message, did_you_mean(name, known))

    def _check_sections(self, at: Place, written: ScenarioDocument) -> None:
        authority = self._checked.document.authority
        known = tuple(authority.sections) if authority is not None else ()
        for section in written.cites.sections if known else ():
            if not is_section(section, known):
                message = f"The authority has no section `{section[:60]}`."
                self._error((*at, "cites"), "unknown-section", message, did_you_mean(section, known))

    def _error(self, path: Place, code: str, message: str, remedy: str = "") -> None:
        self._findings.error(self._source.value(path), path, code, message, remedy)
