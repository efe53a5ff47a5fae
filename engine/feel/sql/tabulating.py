"""What can be decided once: an expression over a few choices, worked out for every combination when a query is written.

Most of what policies ask hangs on choices: a grade level, a kind of mark, yes or no. Where all that an expression reads
are such facts, always known, its value is looked up by their combination, and its names, tables and lists cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.checking.facts import children
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreter import evaluate
from engine.feel.run import Run
from engine.feel.sql.constants import constant
from engine.feel.sql.domain import Domain, Part
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import common, fitted
from engine.feel.sql.operand import FALSE, NULL, TRUE, Operand
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, Items, Record, Spread
from engine.feel.syntax import AtLiteral, Literal, Name, Node, Path
from engine.feel.unknown import Unknown, unknown_in

__all__ = ["MOST_COMBINATIONS", "Leaf", "operand_of", "parts_of", "tabulated"]

MOST_COMBINATIONS: Final = 2048
"""Combinations of choices up to which an expression is worked out beforehand."""

Leaf = Callable[[Node], Operand | None]
"""Gives the operand of a name or path of the scope; None where SQL has none."""


def tabulated(plan: Plan, checked: Checked, node: Node, leaf: Leaf) -> Operand | None:
    """The value of `node`, looked up by the choices that it reads; None where it reads anything else.

    Args:
        plan: where columns go.
        checked: the expression that `node` is a part of.
        node: an expression.
        leaf: gives the operands of what it reads.
    """
    if isinstance(node, Literal | AtLiteral | Name):
        return None
    read = _read(checked, node, leaf)
    if read is None:
        return None
    parts = parts_of([domain for _, domain in read])
    if not parts or prod(part.size for part in parts) > MOST_COMBINATIONS:
        return None
    part_checked = replace(checked, root=node)
    run = Run(plan.as_of, plan.calendar)
    values = []
    try:
        for combination in product(*(range(part.size) for part in parts)):
            at = dict(zip(parts, combination, strict=True))
            names: dict[str, Any] = {}
            for path, domain in read:
                _put(names, path, domain.value(at))
            values.append(evaluate(part_checked, names, run))
        return operand_of(plan, Domain(parts, tuple(values)))
    except (FeelBudgetError, NotCovered):
        return None


def _put(names: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for name in path[:-1]:
        names = names.setdefault(name, {})
    names[path[-1]] = value


def parts_of(domains: Sequence[Domain]) -> tuple[Part, ...]:
    """The choices that any of the domains hangs on, each once."""
    return tuple(dict.fromkeys(part for domain in domains for part in domain.parts))


def _read(checked: Checked, node: Node, leaf: Leaf) -> list[tuple[tuple[str, ...], Domain]] | None:
    """What `node` reads of the scope, by path; None when one of it has no domain, or is declared around it."""
    within = set(_nodes(node))
    found: dict[tuple[str, ...], Domain] = {}
    for name, path in _leaves(checked, node):
        reference = checked.references[name]
        if reference.kind == "scope":
            operand = leaf(path)
            if operand is None or operand.domain is None:
                return None
            found[_names(path)] = operand.domain
        elif reference.kind != "builtin" and reference.node not in within:
            return None
    return list(found.items())


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _nodes(child)


def _leaves(checked: Checked, node: Node) -> Iterator[tuple[Name, Node]]:
    """Each name in `node`, with the longest path of the scope that it begins."""
    if (name := _base(node)) is not None:
        scope = checked.references[name].kind == "scope"
        yield name, (node if scope else name)
        return
    for child in children(node):
        yield from _leaves(checked, child)


def _base(node: Node) -> Name | None:
    while isinstance(node, Path):
        node = node.source
    return node if isinstance(node, Name) else None


def _names(path: Node) -> tuple[str, ...]:
    names: list[str] = []
    while isinstance(path, Path):
        names.append(path.name)
        path = path.source
    assert isinstance(path, Name)
    return (path.name, *reversed(names))


def operand_of(plan: Plan, domain: Domain) -> Operand:
    """The operand that looks up a value by the combination of choices.

    Raises:
        NotCovered: when SQL has no such values.
    """
    if all(value.__class__ is Unknown for value in domain.values):
        raise NotCovered("a value that is never known")
    if all(isinstance(value, Mapping) or value.__class__ is Unknown for value in domain.values):
        return _context(plan, domain)
    if len(set(map(repr, domain.values))) == 1:
        return _always(plan, domain)
    if all(value.__class__ is bool or value.__class__ is Unknown for value in domain.values):
        return _truths(plan, domain)
    return _listed(plan, domain)


def _always(plan: Plan, domain: Domain) -> Operand:
    return replace(constant(plan, domain.values[0]), domain=domain)


def _context(plan: Plan, domain: Domain) -> Operand:
    names = next((tuple(value) for value in domain.values if isinstance(value, Mapping)), ())
    if any(isinstance(value, Mapping) and tuple(value) != names for value in domain.values):
        raise NotCovered("contexts with different entries in one place")
    entries = {}
    for name in names:
        values = tuple(value[name] if isinstance(value, Mapping) else value for value in domain.values)
        entries[name] = operand_of(plan, Domain(domain.parts, values))
    unknown = [value.__class__ is Unknown for value in domain.values]
    if not any(unknown):
        return Operand(NULL, Spread(entries), known=True)
    return Operand(NULL, Spread(entries), flag=plan.column(_bit(unknown, _place(plan, domain))))


def _truths(plan: Plan, domain: Domain) -> Operand:
    """Truths as a string of bits: looking one up costs next to nothing."""
    place = _place(plan, domain)
    sql = _bit([value is True for value in domain.values], place)
    unknown = [value.__class__ is Unknown for value in domain.values]
    if any(unknown):
        return Operand(plan.column(f"CASE WHEN NOT {_bit(unknown, place)} THEN {sql} END"), BOOLEAN, domain=domain)
    return Operand(plan.column(sql), BOOLEAN, known=True, domain=domain)


def _bit(bits: Sequence[bool], place: str) -> str:
    if not any(bits) or all(bits):
        return TRUE if bits[0] else FALSE
    written = "".join("1" if bit else "0" for bit in bits)
    return f"(get_bit('{written}'::BIT, {place}) = 1)"


def _listed(plan: Plan, domain: Domain) -> Operand:
    """Other values as a list that stands in the query once."""
    if any(value.__class__ is not Unknown and unknown_in(value) is not None for value in domain.values):
        raise NotCovered("a value of which a part is unknown")
    known = [constant(plan, value) for value in domain.values if value.__class__ is not Unknown]
    shape = common(operand.shape for operand in known)
    if isinstance(shape, Record | Spread) or (isinstance(shape, Items) and isinstance(shape.element, Record)):
        # Structures are copied at every look: better left to the ordinary way.
        raise NotCovered("contexts looked up by choices")
    written = iter(known)
    cells = [NULL if value.__class__ is Unknown else fitted(plan, next(written), shape) for value in domain.values]
    sql = plan.column(f"([{', '.join(cells)}])[{_place(plan, domain)} + 1]")
    optional = any(value is None for value in domain.values)
    unknown = any(value.__class__ is Unknown for value in domain.values)
    flag = ""
    if optional and unknown:
        flag = _bit([value.__class__ is Unknown for value in domain.values], _place(plan, domain))
    return Operand(sql, shape, known=not unknown, optional=optional, flag=flag, domain=domain)


def _place(plan: Plan, domain: Domain) -> str:
    """The place of the combination among all of them, from 0."""
    terms, stride = [], 1
    for part in reversed(domain.parts):
        terms.append(part.code if stride == 1 else f"{part.code} * {stride}")
        stride *= part.size
    return plan.column(f"({' + '.join(reversed(terms))})")
