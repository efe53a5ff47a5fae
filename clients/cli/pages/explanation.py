"""An explanation on a terminal: every rule, and the parts of its premise with their values, as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from clients.cli.pages.decision import show_outcome
from clients.cli.pages.words import cited, indented
from rollbook import Explanation, Part, PartState, RuleExplanation, RuleStatus
from rollbook.explanations import NamedValue

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["show_explanation"]

_MARKS = {RuleStatus.HOLDS: ("+", "bold green"), RuleStatus.UNKNOWN: ("?", "bold yellow")}

_LONGEST_VALUE = 160
"""Characters of a value that are shown; a list of the policy's own can be long, and JSON has all of it."""


def show_explanation(page: Console, explanation: Explanation) -> None:
    """Prints the outcome, then every rule with the values that settle it.

    A name is taken apart where it comes first.
    """
    show_outcome(page, explanation.decision)
    forest = _Forest(explanation)
    if explanation.applies is not None:
        page.print()
        page.print("The ruleset applies where")
        page.print(indented(forest.tree(explanation.applies), 1))
    for rule in explanation.rules:
        page.print()
        _show_rule(page, rule, explanation, forest)


def _show_rule(page: Console, rule: RuleExplanation, explanation: Explanation, forest: _Forest) -> None:
    mark, style = _MARKS.get(rule.status, ("-", "dim"))
    outcome = f": {rule.outcome}" if rule.outcome else ""
    page.print(Text.assemble((f"{mark} ", style), (rule.rule, "cyan"), outcome))
    page.print(indented(rule.text, 1))
    if rule.citations:
        page.print(indented(cited(rule.citations), 1, "dim"))
    for held in explanation.decision.rules:
        if held.rule == rule.rule and held.because:
            page.print(indented(f"[{held.element}] {held.because}" if held.element else held.because, 1))
    if rule.premise is None:
        return
    page.print(indented(forest.tree(rule.premise), 1))
    for element in rule.elements:
        page.print(indented(element.element, 1))
        if element.premise is not None:
            page.print(indented(forest.tree(element.premise), 2))


class _Forest:
    """Makes the trees, and remembers which names have been taken apart."""

    def __init__(self, explanation: Explanation) -> None:
        self._values = {value.name: value for value in explanation.values}
        self._shown: set[str] = set()

    def tree(self, part: Part) -> Tree:
        """The part with the parts that it is made of below it."""
        tree = Tree(_line(part), guide_style="dim")
        self._below(tree, part)
        return tree

    def _below(self, tree: Tree, part: Part) -> None:
        named = self._values.get(part.text)
        if named is not None and part.state is not PartState.NOT_LOOKED_AT and named.name not in self._shown:
            self._shown.add(named.name)
            self._define(tree, named)
        for inner in part.parts:
            self._below(tree.add(_line(inner)), inner)

    def _define(self, tree: Tree, named: NamedValue) -> None:
        if named.part is None:
            return
        if named.kind == "value":
            self._below(tree.add(Text.assemble(("= ", "dim"), _one_line(named.part.text))), named.part)
            return
        for inner in named.part.parts:
            self._below(tree.add(_line(inner)), inner)


def _line(part: Part) -> Text:
    return Text.assemble(_one_line(part.text), "  ", _value(part))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _value(part: Part) -> tuple[str, str]:
    match part.state:
        case PartState.KNOWN:
            value = part.value if len(part.value) <= _LONGEST_VALUE else f"{part.value[:_LONGEST_VALUE]}…"
            return value, "green" if part.value == "true" else "red" if part.value == "false" else "bold"
        case PartState.NOT_LOOKED_AT:
            return "(not looked at)", "dim"
        case _:
            others = [cause.text for cause in part.causes if cause.path != part.text]
            return f"(not known{': ' + ', '.join(others) if others else ''})", "yellow"
