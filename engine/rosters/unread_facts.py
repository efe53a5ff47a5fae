"""Facts that SQL does not have, in words of those who declare them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.feel.checked import Checked
from engine.feel.checking.facts import fact_path
from engine.feel.errors import Span
from engine.feel.syntax import Name, Node
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["unread_fact"]

_KINDS: Final = {
    "date-time": ("which is a date and time", "If its day is enough, declare it as `date`."),
    "days-duration": ("which is a duration", "If whole days are enough, declare their number, an `integer`."),
    "months-duration": ("which is a duration", "If whole months are enough, declare their number, an `integer`."),
    "decimal": ("a decimal of which `places` are not declared", "Declare how many `places` it has."),
}


def unread_fact(facts: FactGroup, checked: Checked, span: Span | None) -> tuple[str, str] | None:
    """What the fact that an expression reads at `span` is, and how it could be declared so that SQL has it.

    None when no fact is read there, or one that SQL has.
    """
    nodes = {node.path: node for node in _all(facts)}
    for node in checked.references.keys() | checked.types.keys():
        if node.span == span and (fact := nodes.get(_path(node, checked))) is not None:
            return _told(fact)
    return None


def _path(node: Node, checked: Checked) -> str:
    reference = checked.references.get(node)
    whole = reference.name if isinstance(node, Name) and reference is not None and reference.kind == "scope" else ""
    return fact_path(node, checked.types, checked.references) or whole


def _all(node: FactNode) -> Iterator[FactNode]:
    yield node
    match node:
        case FactGroup():
            for entry in node.entries.values():
                yield from _all(entry)
        case FactList():
            yield from _all(node.element)
        case Fact():
            pass


def _told(node: FactNode) -> tuple[str, str] | None:
    match node:
        case Fact():
            found = None if node.kind == "decimal" and node.places is not None else _KINDS.get(node.kind)
            return None if found is None else (f"the fact `{node.path}`, {found[0]}", found[1])
        case FactList():
            return _list_told(node)
        case FactGroup():
            return None


def _list_told(node: FactList) -> tuple[str, str] | None:
    element = node.element
    if isinstance(element, FactList):
        return (
            _list_told(element) if element.sorted_by is None else (f"the lists in `{node.path}`, which are sorted", "")
        )
    if isinstance(element, FactGroup):
        key = element.entries.get(node.sorted_by or "")
        found = None if key is None else _told(key)
        return None if found is None else (f"the list `{node.path}`, which is sorted by {found[0]}", found[1])
    if element.kind == "decimal" or element.may_be_none:
        what = "decimals" if element.kind == "decimal" else "facts that may be none"
        places = " that declares its `places`" if element.kind == "decimal" and element.places is None else ""
        return f"the list `{node.path}` of {what}", f"Make it a list of groups with one entry{places}."
    kind = _KINDS.get(element.kind)
    return None if kind is None else (f"the list `{node.path}`, each item of {kind[0]}", kind[1])
