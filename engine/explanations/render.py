"""An explanation as plain text for a terminal: what decides in full, the rest in a line."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten
from typing import Final

from engine.decisions import INDETERMINATE, Decision, Held
from engine.explanations.model import Explanation, NamedValue, Part, PartState, RuleExplanation, RuleStatus
from engine.explanations.standing import cause_text

__all__ = ["render"]

_TEXT: Final = 100
"""Characters of an expression that are shown."""

_VALUE: Final = 60
"""Characters of a value that are shown."""

_MARKS: Final = {RuleStatus.HOLDS: "+", RuleStatus.UNKNOWN: "?"}
_TRUTHS: Final = {"true": "true", "false": "false"}


def render(explanation: Explanation) -> str:
    """The explanation as lines of text.

    Rules that hold are marked `+`, those that may hold `?`, the others `-`. Each condition stands behind its truth, `?`
    where that is not known. A name's own definition is shown where it first decides something.
    """
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
            yield "  It applies when"
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
        if rule.premise is not None:
            yield from self._part(rule.premise, 2)
        yield from self._elements(rule)

    def _elements(self, rule: RuleExplanation) -> Iterator[str]:
        """The premise for each element; where it is true or may be for some, only for those."""
        telling = [one for one in rule.elements if one.premise is None or one.premise.value != "false"] or rule.elements
        for element in telling:
            if element.premise is None:
                yield f"             {element.element}"
                continue
            yield _line(3, element.premise, element.element)
            yield from self._parts(element.premise, 4)
        yield from _others(3, len(rule.elements) - len(telling))

    def _part(self, part: Part, depth: int) -> Iterator[str]:
        """The part with what it is made of, as far as that decides."""
        if self._is_plain(part):
            yield _line(depth, part, part.text, _inline(part))
            return
        yield _line(depth, part, part.text)
        named = self._unseen(part)
        if named is not None:
            self.shown.add(named.name)
            yield from self._definition(named, depth + 1)
        yield from self._parts(part, depth + 1)

    def _parts(self, part: Part, depth: int) -> Iterator[str]:
        if part.kind == "element" and all(inner.kind in {"and", "or"} for inner in part.parts):
            # The condition is the same for every element: what it is made of says it all.
            for condition in part.parts:
                yield from self._parts(condition, depth)
            return
        others = 0
        for inner in part.parts:
            if _decides(inner, part):
                yield from self._part(inner, depth)
            elif inner.kind == "element":
                others += 1
            elif not _is_source(inner, part):
                yield _line(depth, inner, inner.text, _inline(inner))
        yield from _others(depth, others)

    def _definition(self, named: NamedValue, depth: int) -> Iterator[str]:
        """What a name stands for."""
        plain = self._is_plain(named.part)
        if named.kind == "value":
            after = _inline(named.part) if plain else ""
            yield f"{'  ' * depth}       = {_cut(named.part.text, _TEXT)}{after}{_cited(named.cites)}"
        if named.kind == "table" or not plain:
            yield from self._parts(named.part, depth)

    def _unseen(self, part: Part) -> NamedValue | None:
        """The definition of the name that `part` is, if it was not shown yet and says more than its value."""
        named = self.values.get(part.text.partition(".")[0])
        if named is None or part.parts or part.state is PartState.NOT_LOOKED_AT or named.name in self.shown:
            return None
        return None if named.kind == "parameter" else named

    def _is_plain(self, part: Part) -> bool:
        """Whether a line says it all: its parts are single values, whose names are not to be explained."""
        if self._unseen(part) is not None or part.kind in {"some", "every", "filter", "for", "element"}:
            return False
        return all(not inner.parts and inner.kind == "other" and self._unseen(inner) is None for inner in part.parts)


_SETTLING: Final = {"and": "false", "every": "false", "or": "true", "some": "true"}


def _decides(part: Part, whole: Part) -> bool:
    """Whether `part` is among those that settle what `whole` is, or keep it from being known."""
    if _is_source(part, whole):
        return False
    if whole.kind == "filter":
        return part.kind != "element" or part.value != "false"
    if whole.kind not in _SETTLING or (whole.kind in {"some", "every"} and part.kind != "element"):
        return True
    if whole.state is PartState.UNKNOWN:
        return part.state is PartState.UNKNOWN
    return whole.value != _SETTLING[whole.kind] or part.value == whole.value


def _is_source(part: Part, whole: Part) -> bool:
    """Whether `part` is the list that `whole` goes through, which its elements show."""
    looping = whole.kind in {"some", "every", "filter", "for"} and part.kind != "element"
    return looping and not part.parts and part.state is PartState.KNOWN


def _others(depth: int, count: int) -> Iterator[str]:
    if count:
        yield f"{'  ' * depth}       and {count} more, {'which decides' if count == 1 else 'which decide'} nothing"


def _line(depth: int, part: Part, text: str, after: str = "") -> str:
    """A condition behind its truth, anything else before its value."""
    indent = "  " * depth
    text = _cut(text, _TEXT)
    if part.state is PartState.NOT_LOOKED_AT:
        return f"{indent}-      {text} (not looked at)"
    if part.state is PartState.UNKNOWN:
        return f"{indent}?      {text}{after or _reasons(part)}"
    if part.value in _TRUTHS:
        return f"{indent}{part.value:<5}  {text}{after}"
    return f"{indent}       {text}: {_cut(part.value, _VALUE)}{after}"


def _inline(part: Part) -> str:
    """The values of the parts, behind the whole."""
    words = [f"{inner.text}: {_short(inner)}" for inner in part.parts if not inner.parts and inner.kind == "other"]
    return f"   ({', '.join(words)})" if words else ""


def _short(part: Part) -> str:
    if part.state is PartState.KNOWN:
        return _cut(part.value, _VALUE)
    return f"not known{_reasons(part)}" if part.state is PartState.UNKNOWN else "not looked at"


def _reasons(part: Part) -> str:
    """Why a value is not known, where its own name does not say so."""
    told = [cause_text(cause) for cause in part.causes if cause.kind != "fact"] if not part.parts else []
    return f", for lack of {', '.join(told)}" if told else ""


def _cut(text: str, width: int) -> str:
    return shorten(text, width, placeholder=" …") if " " in text else text if len(text) <= width else f"{text[:width]}…"


def _cited(cites: tuple[str, ...]) -> str:
    return f" [{', '.join(cites)}]" if cites else ""


def _element(held: Held) -> str:
    return "" if held.element is None else f"[{held.element}] "
