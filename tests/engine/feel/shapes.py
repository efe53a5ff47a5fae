"""Syntax trees written in one line, for tests that say what a text is read as."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from engine.feel.syntax import BinaryOp, Comparison, Literal, Name, Node


def shape(part: Any) -> str:
    """`part` of a syntax tree with everything but its positions."""
    match part:
        case Name():
            return part.name
        case Literal():
            return str(part.value) if isinstance(part.value, Decimal) else repr(part.value)
        case BinaryOp() | Comparison():
            return f"({shape(part.left)} {part.op} {shape(part.right)})"
        case Node():
            inner = (shape(getattr(part, field.name)) for field in fields(part) if field.name != "span")
            return f"{type(part).__name__}({', '.join(inner)})"
        case tuple():
            return f"[{', '.join(map(shape, part))}]"
        case _:
            return str(part)
