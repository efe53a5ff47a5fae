"""A decision on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from clients.cli.pages.words import cited, indented, short, show_causes, value_text
from rollbook import Basis, Deadline, DeadlineStatus, Decision, HeldRule, Obligation

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["due_text", "show_decision", "show_outcome"]

_BASES = {
    Basis.RULES: "",
    Basis.DEFAULT: "No rule concludes an outcome; this is the ruleset's default.",
    Basis.NOT_APPLICABLE: "The ruleset does not apply to this case.",
    Basis.UNSPECIFIED: "",
}


def show_decision(page: Console, decision: Decision) -> None:
    """Prints the outcome and why, the rules that hold with what is owed, results, deadlines, and what is missing."""
    show_outcome(page, decision)
    if decision.rules:
        page.print()
        page.print(Text("Rules that hold", style="bold"))
        for rule in decision.rules:
            _show_rule(page, rule)
    if decision.results:
        page.print()
        page.print(Text("Results", style="bold"))
        for name, value in decision.results.items():
            page.print(indented(f"{name}: {value_text(value)}", 1))
    if decision.deadlines:
        page.print()
        page.print(Text("Deadlines", style="bold"))
        for deadline in decision.deadlines:
            page.print(indented(_deadline(deadline), 1))
    if decision.missing is None:
        return
    for title, causes in (
        ("Missing, and the outcome depends on it", decision.missing.outcome),
        ("Missing, and only details depend on it", decision.missing.details),
    ):
        if causes:
            page.print()
            show_causes(page, title, causes)


def show_outcome(page: Console, decision: Decision) -> None:
    """Prints the outcome, what it rests on, and where that comes from."""
    by = "" if decision.rules_as_of == decision.as_of else f", by the rules of {decision.rules_as_of}"
    page.print(Text(f"{short(decision.ruleset)} as of {decision.as_of}{by}"))
    if decision.determined:
        complete = "" if decision.complete else "  (settled, though facts are missing)"
        page.print(Text.assemble((decision.outcome, "bold green"), (complete, "dim")))
    else:
        page.print(Text.assemble(("indeterminate", "bold yellow"), f": ask a person. {_possible(decision)}"))
    if base := _BASES[decision.basis]:
        page.print(indented(base, 1))
    if decision.because:
        page.print(indented(decision.because, 1))
    if decision.citations:
        page.print(indented(cited(decision.citations), 1, "dim"))


def due_text(obligation: Obligation) -> str:
    """By when an obligation is to be met; a due day is in time."""
    if obligation.due_on is not None:
        return f"by {obligation.due_on}, that day included"
    return "by a date that is not known yet" if obligation.due_unknown else ""


def _possible(decision: Decision) -> str:
    if not decision.candidates:
        return "No rule concludes an outcome, and the ruleset has no default."
    nothing = ", no outcome at all" if decision.may_have_no_outcome else ""
    return f"Possible: {', '.join(decision.candidates)}{nothing}."


def _show_rule(page: Console, rule: HeldRule) -> None:
    element = f" [{rule.element}]" if rule.element else ""
    outcome = f": {rule.outcome}" if rule.outcome else ""
    page.print(indented(Text.assemble((rule.rule, "cyan"), element, outcome), 1))
    if rule.because:
        page.print(indented(rule.because, 2))
    if rule.citations:
        page.print(indented(cited(rule.citations), 2, "dim"))
    for obligation in rule.obligations:
        page.print(indented(_owed(obligation), 2))


def _deadline(deadline: Deadline) -> Text:
    element = f" [{deadline.element}]" if deadline.element else ""
    dates = [
        f"{word} {day}{more}"
        for word, day, more in (
            ("started", deadline.starts_on, ""),
            ("due", deadline.due_on, ", that day included"),
            ("done", deadline.met_on, ""),
        )
        if day is not None
    ]
    told = Text.assemble((deadline.name, "cyan"), element, ": ", (_words(deadline.status), "bold"))
    return told.append(f" ({'; '.join(dates)})") if dates else told


def _words(status: DeadlineStatus) -> str:
    return "not known" if status is DeadlineStatus.UNKNOWN else status.replace("-", " ")


def _owed(obligation: Obligation) -> Text:
    who = f"{obligation.by} to {obligation.to}" if obligation.by and obligation.to else obligation.by or obligation.to
    facts = ", ".join(part for part in (who, due_text(obligation)) if part)
    told = Text.assemble((f"{obligation.force}: ", "bold"), obligation.text)
    return told.append(f" ({facts})") if facts else told
