"""Rulesets on a terminal: the list of them, and one in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from clients.cli.pages.declared import show_deadlines, show_tables
from clients.cli.pages.words import cited, counted, indented, short, title, value_text
from rollbook import Ruleset, RulesetState
from rollbook.declarations import Fact, FactType

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_ruleset", "show_rulesets"]


def show_rulesets(page: Console, rulesets: Sequence[Ruleset]) -> None:
    """Prints a line for each ruleset."""
    if not rulesets:
        page.print("There are no rulesets.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("RULESET", "QUESTION", "IN FORCE", "VERSION"):
        table.add_column(column, overflow="fold", no_wrap=column != "QUESTION")
    for ruleset in rulesets:
        if ruleset.state is RulesetState.INVALID:
            table.add_row(short(ruleset.name), Text(_errors(ruleset), style="red"), "", "")
            continue
        question = Text(ruleset.question or ruleset.title)
        if any(problem.severity == "error" for problem in ruleset.problems):
            question.append(f" (an older version serves: {_errors(ruleset)})", style="yellow")
        table.add_row(short(ruleset.name), question, _in_force(ruleset), ruleset.version[:12])
    page.print(table)


def show_ruleset(page: Console, ruleset: Ruleset) -> None:
    """Prints what a ruleset asks and answers, its tables, deadlines and rules."""
    page.print(Text.assemble((short(ruleset.name), "bold"), f"  {ruleset.title}"))
    page.print(indented(ruleset.question, 1))
    page.print()
    _show_head(page, ruleset)
    for problem in ruleset.problems:
        page.print(Text(f"{problem.severity}: {problem.file}:{problem.line}: {problem.message}", style="red"))
    _show_outcomes(page, ruleset)
    _show_facts(page, ruleset.facts)
    _show_parameters(page, ruleset)
    show_tables(page, ruleset.tables)
    show_deadlines(page, ruleset.deadlines)
    _show_rules(page, ruleset)
    _show_not_decided(page, ruleset)


def _show_head(page: Console, ruleset: Ruleset) -> None:
    authority = ruleset.authority
    issued = f", issued {authority.issued_on}" if authority is not None and authority.issued_on is not None else ""
    rows = (
        ("policy", f"{authority.document}{issued}" if authority is not None else ""),
        ("in force", _in_force(ruleset)),
        ("one case is", ", ".join(ruleset.case_grain)),
        ("time zone", ruleset.time_zone),
        ("calendar", ruleset.default_calendar.removeprefix("calendars/")),
        ("version", ruleset.version),
    )
    for name, value in rows:
        if value:
            page.print(Text(f"  {name:<12} {value}"))


def _show_outcomes(page: Console, ruleset: Ruleset) -> None:
    title(page, "Outcomes, strongest first")
    for outcome in ruleset.outcomes:
        default = " (when no rule concludes one)" if outcome.is_default else ""
        means = f": {outcome.means}" if outcome.means else ""
        page.print(indented(f"{outcome.outcome}{means}{default}", 1))


def _show_facts(page: Console, facts: Iterable[Fact]) -> None:
    title(page, "Facts")
    for fact in facts:
        if fact.type is FactType.GROUP and not fact.is_list:
            continue
        page.print(indented(Text.assemble((fact.path, "cyan"), f"  {_kind(fact)}"), 1))
        if fact.means:
            page.print(indented(fact.means, 2, "italic"))
        if fact.judged_by:
            weighed = f", who considers {', '.join(fact.considers)}" if fact.considers else ""
            page.print(indented(f"Judged by: {fact.judged_by}{weighed}.", 2, "dim"))


def _kind(fact: Fact) -> str:
    kind = "a list" if fact.type is FactType.GROUP else f"a list of {fact.type}" if fact.is_list else str(fact.type)
    choices = f", one of: {', '.join(fact.choices)}" if fact.choices else ""
    none = f"; none: {fact.none_means}" if fact.none_means else ""
    return f"{kind}{choices}{none}{' (deprecated)' if fact.deprecated else ''}"


def _show_parameters(page: Console, ruleset: Ruleset) -> None:
    if not ruleset.parameters:
        return
    title(page, "Parameters")
    for parameter in ruleset.parameters:
        values = ", ".join(f"{value_text(dated.value)} from {dated.from_}" for dated in parameter.values)
        page.print(indented(Text.assemble((parameter.name, "cyan"), f"  {values}"), 1))
        page.print(indented(f"{parameter.means}  [{cited(parameter.citations)}]".strip(), 2, "dim"))


def _show_rules(page: Console, ruleset: Ruleset) -> None:
    title(page, f"{counted(len(ruleset.rules), 'rule').capitalize()}")
    for rule in ruleset.rules:
        outcome = f": {rule.outcome}" if rule.outcome else ""
        page.print(indented(Text.assemble((rule.rule, "cyan"), outcome), 1))
        page.print(indented(f"when {' '.join(rule.when.split())}", 2))
        for word, others in (
            ("given", rule.given),
            ("exception to", rule.exception_to),
            ("defeats", rule.defeats),
        ):
            if others:
                page.print(indented(f"{word} {', '.join(others)}", 2))
        page.print(indented(cited(rule.citations), 2, "dim"))


def _show_not_decided(page: Console, ruleset: Ruleset) -> None:
    if not ruleset.not_decided:
        return
    title(page, "Not decided here")
    for left in ruleset.not_decided:
        page.print(indented(f"{left.what} ({left.who})", 1))


def _in_force(ruleset: Ruleset) -> str:
    if ruleset.effective_from is None:
        return ""
    until = f" through {ruleset.effective_until}" if ruleset.effective_until is not None else ""
    return f"from {ruleset.effective_from}{until}"


def _errors(ruleset: Ruleset) -> str:
    errors = sum(problem.severity == "error" for problem in ruleset.problems)
    return f"{counted(errors, 'error')}; `rollbook check` tells which"
