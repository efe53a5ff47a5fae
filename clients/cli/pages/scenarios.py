"""What scenarios showed: what did not come out as expected, and which rules they saw hold and not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from clients.cli.pages.words import counted, indented
from clients.cli.trials import Trial
from rollbook import ScenarioReport
from rollbook.rulesets import Difference, RuleCoverage, ScenarioResult

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_reports"]

_EVALUATORS: Final = {"reference": "the reference", "case-engine": "the case engine"}


def show_reports(page: Console, trials: Sequence[Trial]) -> None:
    """Prints each ruleset's scenarios and coverage, and how many scenarios passed in all."""
    for trial in trials:
        _show_trial(page, trial)
        page.print()
    results = [result for trial in trials if trial.report is not None for result in trial.report.results]
    failed = sum(not result.passed for result in results)
    broken = sum(trial.report is None or bool(_errors(trial.report)) for trial in trials)
    told = f"{counted(len(results), 'scenario')}: {len(results) - failed} passed, {failed} failed."
    if broken:
        told += f" {counted(broken, 'ruleset')} could not be run."
    page.print(Text(told, style="bold red" if failed or broken else "bold green"))


def _show_trial(page: Console, trial: Trial) -> None:
    page.print(Text(str(trial.ruleset.parent), style="bold"))
    report = trial.report
    if report is None:
        page.print(indented(trial.failure, 1, "red"))
        return
    files = {"ruleset.yaml": trial.ruleset, "scenarios.yaml": trial.scenarios}
    for problem in report.problems:
        where = files.get(problem.file, problem.file)
        text = f"{where}:{problem.line}:{problem.column}: {problem.severity}: {problem.message} {problem.remedy}"
        style = "red" if problem.severity == "error" else "yellow"
        page.print(Text(f"  {text.rstrip()} [{problem.code}]", style=style), soft_wrap=True)
    if not report.results and not _errors(report):
        page.print(indented(f"There are no scenarios: {trial.scenarios} does not exist or is empty.", 1, "yellow"))
    for result in report.results:
        if not result.passed:
            _show_failed(page, trial, result)
    if report.coverage:
        page.print(indented(_coverage(report.coverage), 1))
        unseen = [rule.rule for rule in report.coverage if not (rule.held_count and rule.not_held_count)]
        if unseen:
            page.print(indented(f"Not seen both ways: {', '.join(unseen)}.", 1, "yellow"))


def _errors(report: ScenarioReport) -> list[str]:
    return [problem.code for problem in report.problems if problem.severity == "error"]


def _show_failed(page: Console, trial: Trial, result: ScenarioResult) -> None:
    cites = f" [{result.cites}]" if result.cites else ""
    where = f"{trial.scenarios}:{result.line}: {result.scenario}{cites}"
    page.print(Text.assemble(("  FAILED ", "bold red"), where), soft_wrap=True)
    for difference, evaluators in _by_what(result.differences):
        by = "" if len(evaluators) > 1 else f" (by {_EVALUATORS.get(evaluators[0], evaluators[0])} only)"
        page.print(indented(f"{difference.what}{by}", 2))
        page.print(indented(f"expected  {difference.expected or '(nothing)'}", 3))
        page.print(indented(f"came out  {difference.actual or '(nothing)'}", 3))


def _by_what(differences: Iterable[Difference]) -> list[tuple[Difference, list[str]]]:
    """The same difference once, with the evaluators that have it."""
    found: dict[tuple[str, str, str], tuple[Difference, list[str]]] = {}
    for difference in differences:
        key = (difference.what, difference.expected, difference.actual)
        found.setdefault(key, (difference, []))[1].append(difference.evaluator)
    return list(found.values())


def _coverage(coverage: Iterable[RuleCoverage]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("RULE", overflow="fold")
    for column in ("HELD", "DID NOT", "UNKNOWN"):
        table.add_column(column, justify="right")
    for rule in coverage:
        table.add_row(rule.rule, _count(rule.held_count), _count(rule.not_held_count), str(rule.unknown_count or ""))
    return table


def _count(count: int) -> Text:
    return Text(str(count), style="" if count else "bold yellow")
