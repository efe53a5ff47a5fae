"""Messages: text with paths in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from engine.feel.checked import Checked
from engine.feel.checking.facts import fact_path
from engine.feel.syntax import Name, Node, Path
from engine.feel.types import ContextType, FunctionType, ListType, RangeType, Type
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.workbench import NO_NAMES, Workbench
from engine.rulesets.checked import Message, MessagePath

__all__ = ["bind_message"]

_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
_NONE: Final = "none"


def bind_message(
    bench: Workbench, text: Located, *, names: Mapping[str, Type] = NO_NAMES, given: Located | None = None
) -> Message:
    """The message; a path with which something is wrong is left out of it.

    Args:
        bench: where findings go.
        text: the message; white space in it reads as single spaces.
        names: names that its paths may begin with, beside the scope.
        given: what is known to be true where the message is printed.
    """
    parts: list[str | MessagePath] = []
    at = 0
    for found in _BRACES.finditer(text.text):
        _append(parts, text.text[at : found.start()])
        at = found.end()
        if found[1] is None:
            message = "A brace stands alone; what is in braces is filled in."
            bench.error_at(text, found.start(), "message-syntax", message, "Write `{path}`, or leave the brace out.")
        elif (path := _path(bench, text.part(found.start(1), found.end(1)), names, given)) is not None:
            parts.append(path)
    _append(parts, text.text[at:])
    return Message(_trimmed(parts))


def _append(parts: list[str | MessagePath], text: str) -> None:
    spaced = re.sub(r"\s+", " ", text)
    if spaced:
        parts.append(spaced)


def _trimmed(parts: list[str | MessagePath]) -> tuple[str | MessagePath, ...]:
    """Without white space at the beginning and at the end."""
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip()
    return tuple(part for part in parts if part != "")


def _path(bench: Workbench, text: Located, names: Mapping[str, Type], given: Located | None) -> MessagePath | None:
    node = bench.parse(text)
    if node is None:
        return None
    if not _is_path(node):
        message = "Messages name paths only, such as `{mark.score}`."
        bench.error_at(text, 0, "message-syntax", message, "Give the expression a name under `values`.")
        return None
    checked = bench.check(text, node, names=names, given=given)
    if checked is None:
        return None
    if not _printable(checked.type):
        message = f"`{text.text.strip()[:60]}` has several parts, which cannot be printed."
        bench.error_at(text, 0, "message-type", message, "Name one of its entries.")
        return None
    return MessagePath(text.text.strip(), checked, _none_text(bench, checked))


def _is_path(node: Node) -> bool:
    while isinstance(node, Path):
        node = node.source
    return isinstance(node, Name)


def _printable(type_: Type) -> bool:
    inner = type_.element if isinstance(type_, ListType) else type_
    return not isinstance(inner, ContextType | ListType | FunctionType | RangeType)


def _none_text(bench: Workbench, checked: Checked) -> str:
    return bench.none_means.get(fact_path(checked.root, checked.types, checked.references)) or _NONE
