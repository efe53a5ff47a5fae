"""An explanation as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.decisions import INDETERMINATE, Decision, Held
from engine.explanations.model import Explanation, NamedValue, Part, PartState, RuleExplanation, RuleStatus
from engine.explanations.standing import cause_text
from engine.explanations.texts import NOT_KNOWN

__all__ = ["render"]

_WIDTH: Final = 120
_MARKS: Final = {RuleStatus.HOLDS: "+", RuleStatus.UNKNOWN: "?"}


def render(explanation: Explanation) -> str:
    """The explanation as lines of text; a name's own definition is shown where the name comes first."""
    return "\n".join(line.rstrip() for line in _Page(explanation).lines()) + "\n"


class _Page:
    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation
        self.values = {value.name: value for value in explanation.values}
        self.shown: set[str] = set()

    def lines(self) -> Iterator[str]:
        yield from self._head(self.explanation.decision)
        if self.explanation.applies is not None:
            yield ""
            yield "  The ruleset applies when"
            yield from self._part(self.explanation.applies, 2)
        for rule in self.explanation.rules:
            yield from self._rule(rule)

    @staticmethod
    def _head(decision: Decision) -> Iterator[str]:
        by = "" if decision.rules_as_of == decision.as_of else f", by the rules of {decision.rules_as_of}"
        yield f"{decision.ruleset} on {decision.as_of}{by}: {decision.outcome}"
        if decision.because:
            yield f"  {decision.because}{_cited(decision.cites)}"
        if decision.outcome == INDETERMINATE and decision.candidates:
            yield f"  Possible: {', '.join(decision.candidates)}"
        for title, causes in (("the outcome", decision.missing.outcome), ("the details", decision.missing.details)):
            if causes:
                yield f"  Missing for {title}: {', '.join(cause_text(cause) for cause in causes)}"

    def _rule(self, rule: RuleExplanation) -> Iterator[str]:
        outcome = f" -> {rule.outcome}" if rule.outcome else ""
        yield ""
        yield f"{_MARKS.get(rule.status, '-')} {rule.rule}{outcome}: {rule.text}{_cited(rule.cites)}"
        for held in self.explanation.decision.held:
            if held.rule == rule.rule and held.because:
                yield f"    {_element(held)}{held.because}"
        if rule.premise is None:
            return
        if not rule.elements:
            yield from self._part(rule.premise, 2)
            return
        yield from self._part(rule.premise, 2)
        for element in rule.elements:
            yield f"{'  ' * 3}{element.element}"
            yield from self._part(element.premise, 4)

    def _part(self, part: Part, depth: int) -> Iterator[str]:
        yield _line("  " * depth + part.text, _value(part))
        named = self.values.get(part.text)
        if named is not None and part.state is not PartState.NOT_LOOKED_AT:
            yield from self._definition(named, depth + 1)
        for inner in part.parts:
            yield from self._part(inner, depth + 1)

    def _definition(self, named: NamedValue, depth: int) -> Iterator[str]:
        """What a name stands for, the first time that it comes."""
        if named.name in self.shown:
            return
        self.shown.add(named.name)
        if named.kind == "value":
            yield f"{'  ' * depth}= {named.part.text}{_cited(named.cites)}"
        for inner in named.part.parts:
            yield from self._part(inner, depth + 1 if named.kind == "value" else depth)


def _value(part: Part) -> str:
    match part.state:
        case PartState.KNOWN:
            return part.value
        case PartState.NOT_LOOKED_AT:
            return "(not looked at)"
        case PartState.UNKNOWN:
            if part.causes and [cause.path for cause in part.causes] != [part.text]:
                return f"{NOT_KNOWN}: {', '.join(cause_text(cause) for cause in part.causes)}"
            return NOT_KNOWN


def _line(text: str, value: str) -> str:
    """The text and the value, values one under another where there is room."""
    return f"{text:<70}  {value}" if len(text) + len(value) < _WIDTH else f"{text}  {value}"


def _cited(cites: tuple[str, ...]) -> str:
    return f" [{', '.join(cites)}]" if cites else ""


def _element(held: Held) -> str:
    return "" if held.element is None else f"[{held.element}] "
