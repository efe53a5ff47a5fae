"""An expression as a tree of its parts with the values that they had, built from what an evaluation looked at."""

from __future__ import annotations

from collections.abc import Iterator as Iterates
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from engine.explanations.model import Part, PartKind, PartState
from engine.explanations.texts import feel_text
from engine.feel.checked import Checked
from engine.feel.syntax import (
    And,
    Between,
    BinaryOp,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    Iterator,
    Name,
    Node,
    Or,
    Path,
    Quantified,
)
from engine.feel.types import ScalarType
from engine.feel.unknown import Cause, Unknown, unknown_in
from engine.reference.facts import Places

__all__ = ["MAX_ELEMENTS", "Recorder", "part_of"]

MAX_ELEMENTS: Final = 100
"""Elements of one list that are shown one by one; a last part says how many more there are."""

_FIXED: Final = (And, Or, If, Comparison, BinaryOp, Between, In)
"""What looks at each of its parts at most once: a part that is not recorded was not looked at."""


@dataclass(frozen=True, slots=True)
class _Recorded:
    node: Node
    value: Any
    part: Part


class Recorder:
    """Listens to the evaluation of one expression and builds the tree of its parts.

    Args:
        checked: the expression.
        places: where the records among the facts stand, so that elements of lists can be named.
    """

    def __init__(self, checked: Checked, places: Places) -> None:
        self._checked = checked
        self._places = places
        self._open: list[_Recorded] = []
        self._inner: dict[Node, frozenset[Node]] = {}

    def __call__(self, node: Node, value: Any) -> None:
        """Is told that `node` has `value`, after its parts."""
        inner = self._descendants(node)
        count = len(self._open)
        while count and self._open[count - 1].node in inner:
            count -= 1
        parts = self._open[count:]
        del self._open[count:]
        part = replace(self._leaf(node, value), parts=self._parts(node, parts), kind=_kind(node))
        self._open.append(_Recorded(node, value, part))

    @property
    def part(self) -> Part:
        """The whole expression."""
        for recorded in reversed(self._open):
            if recorded.node is self._checked.root:
                return recorded.part
        return self._unseen(self._checked.root)

    def _leaf(self, node: Node, value: Any) -> Part:
        return part_of(self._text(node), value, node.span.line, node.span.column)

    def _unseen(self, node: Node) -> Part:
        return Part(self._text(node), node.span.line, node.span.column, PartState.NOT_LOOKED_AT)

    def _text(self, node: Node) -> str:
        return " ".join(self._checked.source[node.span.start : node.span.end].split())

    def _parts(self, node: Node, recorded: Sequence[_Recorded]) -> tuple[Part, ...]:
        if _is_plain_path(node):
            return ()
        looped = self._looped(node)
        found = [
            (one.node.span.start, one.part) for one in recorded if one.node is not looped and self._tells(one.node)
        ]
        if isinstance(node, _FIXED):
            seen = {one.node for one in recorded}
            missing = [child for child in _children(node) if not (seen & {child, *self._descendants(child)})]
            found += [(child.span.start, self._unseen(child)) for child in missing if self._tells(child)]
        parts = [part for _, part in sorted(found, key=lambda one: one[0])]
        return (*parts, *self._elements(node, recorded, looped))

    def _looped(self, node: Node) -> Node | None:
        """What `node` evaluates once per element of a list."""
        match node:
            case Quantified(condition=condition):
                return condition
            case For(body=body):
                return body
            case Filter(condition=condition):
                type_ = self._checked.types.get(condition)
                return None if isinstance(type_, ScalarType) and type_.name == "number" else condition
            case _:
                return None

    def _elements(self, node: Node, recorded: Sequence[_Recorded], looped: Node | None) -> Iterates[Part]:
        """A part for each element that was looked at."""
        if looped is None:
            return
        rounds = [one for one in recorded if one.node is looped]
        names = self._element_names(node, recorded)
        for index, one in enumerate(rounds[:MAX_ELEMENTS]):
            label = names[index] if index < len(names) else f"element {index + 1}"
            inner = (one.part,) if self._tells(one.node) else ()
            yield replace(one.part, text=label, parts=inner, kind="element")
        if len(rounds) > MAX_ELEMENTS:
            text = f"… and {len(rounds) - MAX_ELEMENTS} more elements"
            yield Part(text, node.span.line, node.span.column, PartState.NOT_LOOKED_AT, kind="element")

    def _element_names(self, node: Node, recorded: Sequence[_Recorded]) -> list[str]:
        """What to call the elements of the list that `node` goes through, `n: warning_notices[1]`."""
        match node:
            case Filter(source=source):
                domain, prefix = source, ""
            case Quantified(iterators=(Iterator(name=name, domain=domain, end=None),)):
                prefix = f"{name}: "
            case For(iterators=(Iterator(name=name, domain=domain, end=None),)):
                prefix = f"{name}: "
            case _:
                return []
        items = next((one.value for one in recorded if one.node is domain), None)
        if not isinstance(items, list):
            return []
        text = self._text(domain)
        whole = text if _is_plain_path(domain) else f"({text})"
        return [prefix + (self._places.path(item) or f"{whole}[{index}]") for index, item in enumerate(items)]

    def _descendants(self, node: Node) -> frozenset[Node]:
        """Every node within `node`, without itself."""
        if node not in self._inner:
            children = _children(node)
            inner = {one for child in children for one in (child, *self._descendants(child))}
            self._inner[node] = frozenset(inner)
        return self._inner[node]

    def _tells(self, node: Node) -> bool:
        """Whether a part says anything: it reads something of the case."""
        read = (self._checked.references.get(inner) for inner in (node, *self._descendants(node)))
        return any(reference is not None and reference.kind != "builtin" for reference in read)


def part_of(text: str, value: Any, line: int = 0, column: int = 0, parts: tuple[Part, ...] = ()) -> Part:
    """A part with a value, or with what keeps it from having one."""
    unknown = unknown_in(value)
    causes: tuple[Cause, ...] = () if unknown is None else tuple(sorted(unknown.causes))
    if value.__class__ is Unknown:
        return Part(text, line, column, PartState.UNKNOWN, "", causes, parts)
    return Part(text, line, column, PartState.KNOWN, feel_text(value), causes, parts)


def _kind(node: Node) -> PartKind:
    match node:
        case And():
            return "and"
        case Or():
            return "or"
        case Quantified():
            return node.kind
        case Filter():
            return "filter"
        case For():
            return "for"
        case Call(function=Name(name="not")):
            return "not"
        case _:
            return "other"


def _is_plain_path(node: Node) -> bool:
    """Whether `node` is a name, or names joined by dots."""
    while isinstance(node, Path):
        node = node.source
    return isinstance(node, Name)


def _children(node: Node) -> tuple[Node, ...]:
    """The nodes directly within `node`, in the order of the text."""
    found: list[Node] = []
    for attribute in fields(node):
        value = getattr(node, attribute.name)
        found += [item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, Node)]
    return tuple(sorted(found, key=lambda inner: inner.span.start))
