"""What was made: constructs of the language, structures among rules, kinds of decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Final

from engine.deadlines import STATUSES
from engine.decisions import INDETERMINATE, Decision
from engine.feel.checked import Checked
from engine.feel.syntax import (
    AnyValue,
    BinaryOp,
    Comparison,
    ComparisonTest,
    ExpressionTest,
    Filter,
    FunctionLiteral,
    Literal,
    Name,
    Node,
    Quantified,
    UnaryTests,
)
from engine.feel.types import ScalarType
from engine.reference.inference import LARGE_COMPONENT, Rules, components
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.facts import FactList, FactNode, leaves
from tests.properties.making_facts import KINDS

__all__ = ["REQUIRED", "count_decision", "count_ruleset", "lacking", "table"]

_OPERATORS: Final = (
    *(f"operator {op}" for op in ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=")),
    *(f"operator {word}" for word in ("and", "or", "if", "for", "some", "every", "in", "between", "instance of")),
    *("operator filter", "operator index", "operator path", "operator negative", "operator not", "literal at"),
    *("literal list", "literal range", "literal context", "literal function", "literal null"),
    *(f"cell {op}" for op in ("<", ">", "-", "value", "not")),
)

REQUIRED: Final = (
    *(f"fact {kind}" for kind in KINDS),
    *("fact ordered", "fact optional", "facts list of groups", "facts list of values", "facts sorted", "facts unique"),
    *_OPERATORS,
    *("ruleset parameter with several dates", "ruleset table unique", "ruleset table first", "ruleset table of rules"),
    *("deadline", "deadline each", "deadline paused", "deadline backwards", "deadline school", "deadline business"),
    *("ruleset each", "ruleset applies", "ruleset expects", "ruleset union", "ruleset due", "ruleset no default"),
    *("structure given chain of 4", "structure defeated defeater", "structure exception to an exception"),
    "structure component of more than 10 rules",
    *("decision defeated defeater", "decision exception to an exception", "decision given chain of 4"),
    *("decision approximated", "decision outside", "decision perhaps outside", "decision complete"),
    *(f"status {status}" for status in STATUSES),
    *(
        "missing fact",
        "missing calendar-date",
        "missing parameter",
        "missing table",
        "missing arithmetic",
        "missing list item",
    ),
)
"""What must have been made."""

_NAMES: Final = {
    "And": "operator and",
    "Or": "operator or",
    "If": "operator if",
    "For": "operator for",
    "In": "operator in",
    "Between": "operator between",
    "InstanceOf": "operator instance of",
    "Path": "operator path",
    "Negation": "operator negative",
    "AtLiteral": "literal at",
    "ListLiteral": "literal list",
    "RangeLiteral": "literal range",
    "ContextLiteral": "literal context",
}


def count_ruleset(checked: CheckedRuleset) -> Counter[str]:
    """The constructs and structures of a ruleset, each once however often it has them."""
    found = {*_facts(checked.facts), *_structures(checked), *_constructs(checked), *_deadlines(checked)}
    for expression in _expressions(checked):
        found.update(_nodes(expression))
    return Counter(found)


def _facts(root: FactNode) -> Iterator[str]:
    for leaf in leaves(root):
        yield f"fact {leaf.kind}"
        if leaf.ordered:
            yield "fact ordered"
        if leaf.may_be_none:
            yield "fact optional"
    for node in _lists(root):
        yield f"facts list of {'values' if not hasattr(node.element, 'entries') else 'groups'}"
        if node.sorted_by:
            yield "facts sorted"
        if node.unique_by:
            yield "facts unique"


def _lists(node: FactNode) -> Iterator[FactList]:
    if isinstance(node, FactList):
        yield node
        yield from _lists(node.element)
    for entry in getattr(node, "entries", {}).values():
        yield from _lists(entry)


def _constructs(checked: CheckedRuleset) -> Iterator[str]:
    document = checked.document
    if any(len(parameter.values) > 1 for parameter in checked.parameters.values()):
        yield "ruleset parameter with several dates"
    for table in checked.tables.values():
        yield f"ruleset table {table.hit}"
    if any("/" in name for name in checked.rules):
        yield "ruleset table of rules"
    if any(rule.each for rule in checked.rules.values()):
        yield "ruleset each"
    if checked.applies:
        yield "ruleset applies"
    if checked.expects:
        yield "ruleset expects"
    if checked.default is None:
        yield "ruleset no default"
    if any(result.merge for result in document.results.values()):
        yield "ruleset union"
    if any(obligation.due for rule in checked.rules.values() for obligation in rule.obliges):
        yield "ruleset due"


def _structures(checked: CheckedRuleset) -> Iterator[str]:
    if any(given_depth(checked, name) >= 4 for name in checked.rules):
        yield "structure given chain of 4"
    if any(True for _ in defeated_defeaters(checked)):
        yield "structure defeated defeater"
    if any(True for _ in exceptions_to_exceptions(checked)):
        yield "structure exception to an exception"
    if any(len(group) > LARGE_COMPONENT for group in components(Rules(checked.rules))):
        yield "structure component of more than 10 rules"


def given_depth(checked: CheckedRuleset, name: str) -> int:
    """How many rules stand under `name`, each given to the one above."""
    given = checked.rules[name].given
    return 1 + max((given_depth(checked, other) for other in given), default=0) if given else 0


def defeated_defeaters(checked: CheckedRuleset) -> Iterator[tuple[str, str, str]]:
    """Rules of which the first defeats the second, which defeats the third."""
    for first in checked.rules.values():
        for second in first.defeats:
            for third in checked.rules[second].defeats:
                yield first.id, second, third


def exceptions_to_exceptions(checked: CheckedRuleset) -> Iterator[tuple[str, str, str]]:
    """Rules of which the first is an exception to the second, which is one to the third."""
    for first in checked.rules.values():
        for second in first.exception_to:
            for third in checked.rules[second].exception_to:
                yield first.id, second, third


def _deadlines(checked: CheckedRuleset) -> Iterator[str]:
    for deadline in checked.deadlines.values():
        yield "deadline"
        if deadline.each:
            yield "deadline each"
        if deadline.paused:
            yield "deadline paused"
        if deadline.length:
            yield f"deadline {deadline.length.days.value}"
            if deadline.length.back:
                yield "deadline backwards"


def _expressions(checked: CheckedRuleset) -> Iterator[Checked]:
    yield from checked.values.values()
    for table in checked.tables.values():
        yield from table.inputs
        for row in table.rows:
            yield from row.tests
    for deadline in checked.deadlines.values():
        yield from deadline.expressions
    for rule in checked.rules.values():
        yield rule.premise
        yield from rule.results.values()
        if rule.each:
            yield rule.each.list
        yield from (obligation.due for obligation in rule.obliges if obligation.due)
    if checked.applies:
        yield checked.applies.when
    yield from (expectation.that for expectation in checked.expects)


def _nodes(checked: Checked) -> Iterator[str]:
    waiting: list[Node] = [checked.root]
    while waiting:
        node = waiting.pop()
        yield from _node(checked, node)
        for attribute in fields(node):
            value = getattr(node, attribute.name)
            waiting += [inner for inner in (value if isinstance(value, tuple) else (value,)) if isinstance(inner, Node)]


def _node(checked: Checked, node: Node) -> Iterator[str]:
    match node:
        case BinaryOp() | Comparison():
            yield f"operator {node.op}"
        case Quantified():
            yield f"operator {node.kind}"
        case Literal(value=None):
            yield "literal null"
        case Name() if node in checked.references and checked.references[node].kind == "builtin":
            yield "operator not" if node.name == "not" else f"function {node.name}"
        case Filter():
            type_ = checked.types.get(node.condition)
            yield "operator index" if isinstance(type_, ScalarType) and type_.name == "number" else "operator filter"
        case FunctionLiteral():
            yield "literal function"
        case ComparisonTest():
            yield f"cell {node.op}"
        case AnyValue():
            yield "cell -"
        case ExpressionTest():
            yield "cell value"
        case UnaryTests(negated=True):
            yield "cell not"
        case _:
            if name := _NAMES.get(type(node).__name__):
                yield name


def count_decision(checked: CheckedRuleset, decision: Decision, *, approximated: bool) -> Counter[str]:
    """What kind of decision it is, and which structures decided in it."""
    found = Counter({"decisions": 1})
    held = {rule.rule for rule in decision.held}
    marks = {
        "decision indeterminate": decision.outcome == INDETERMINATE,
        "decision complete": decision.complete,
        "decision outside": decision.applies is False,
        "decision perhaps outside": decision.applies is None,
        "decision approximated": approximated,
        "decision with obligations": bool(decision.obligations),
        "decision with results": bool(decision.results),
        "decision given chain of 4": any(given_depth(checked, name) >= 4 for name in held),
        "decision defeated defeater": _decides(defeated_defeaters(checked), held),
        "decision exception to an exception": _decides(exceptions_to_exceptions(checked), held),
    }
    found.update(name for name, mark in marks.items() if mark)
    causes = {*decision.missing.outcome, *decision.missing.details}
    found.update({f"missing {cause.kind}" for cause in causes})
    found.update({f"status {state.status}" for state in decision.deadlines if state.status})
    found.update({"missing list item" for cause in causes if "[" in cause.path and cause.kind == "fact"})
    return found


def _decides(chains: Iterator[tuple[str, str, str]], held: set[str]) -> bool:
    """Whether the first holds, and so not the second, and so the third."""
    return any(first in held and second not in held and third in held for first, second, third in chains)


def lacking(counts: Mapping[str, int]) -> list[str]:
    """What should have been made and was not."""
    missing = [name for name in REQUIRED if not counts.get(name)]
    share = counts.get("decision indeterminate", 0) / max(1, counts.get("decisions", 0))
    return [*missing, *([f"indeterminate decisions: {share:.0%}, not 30 %"] if share < 0.3 else [])]


def table(counts: Mapping[str, int]) -> str:
    """The counts as lines, by group."""
    share = counts.get("decision indeterminate", 0) / max(1, counts.get("decisions", 0))
    whole = ("rulesets", "pairs", "decisions")
    lines = [", ".join([*(f"{name}: {counts.get(name, 0)}" for name in whole), f"indeterminate: {share:.1%}"])]
    groups: dict[str, list[str]] = {}
    for name, count in sorted(counts.items()):
        group, _, rest = name.partition(" ")
        if rest:
            groups.setdefault(group, []).append(f"{rest} {count}")
    lines += [f"  {group}: {'; '.join(words)}" for group, words in groups.items()]
    return "\n".join(lines)
