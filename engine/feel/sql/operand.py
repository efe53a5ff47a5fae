"""A value that a query has at hand, and what is known of it beforehand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from engine.feel.sql.domain import Domain
from engine.feel.sql.shapes import Items, Number, Shape, Spread

__all__ = ["FALSE", "NULL", "TRUE", "Operand", "is_literal", "quoted", "quoted_name"]

FALSE, TRUE, NULL = "false", "true", "NULL"
_CONTROL: Final = re.compile("[\x00\x01]")


@dataclass(frozen=True, slots=True)
class Operand:
    """An expression of SQL.

    It is NULL where the value is unknown, and where it is none. What cannot be none is unknown exactly where it is
    NULL; of what may be both, `flag` says which.

    Attributes:
        sql: the expression; short enough to be repeated. Without a meaning for a Spread.
        shape: what its value looks like.
        known: whether it can never be unknown.
        optional: whether it may be none.
        flag: for what may be none and unknown, and for a Spread that may be unknown: an expression that is never NULL,
            true where the value is unknown.
        domain: what the value can be, where that hangs on a few choices that are always known.
    """

    sql: str
    shape: Shape
    known: bool = False
    optional: bool = False
    flag: str = ""
    domain: Domain | None = None

    @property
    def unknown(self) -> str:
        """An expression that is never NULL: whether the value is unknown."""
        if self.known:
            return FALSE
        return self.flag if self.optional or isinstance(self.shape, Spread) else f"({self.sql} IS NULL)"

    @property
    def number(self) -> Number:
        """The shape of a number."""
        assert isinstance(self.shape, Number), self.shape
        return self.shape

    @property
    def items(self) -> Items:
        """The shape of a list."""
        assert isinstance(self.shape, Items), self.shape
        return self.shape


def quoted(text: str) -> str:
    """A string of SQL."""
    plain = "'" + text.replace("'", "''") + "'"
    # The two characters that mark columns and items in a query, and that SQL's own text does not take.
    return (
        plain
        if plain.isprintable()
        else "(" + _CONTROL.sub(lambda found: f"' || chr({ord(found[0])}) || '", plain) + ")"
    )


def is_literal(text: str) -> bool:
    """Whether `quoted` gives the text as one literal, and no expression."""
    return not _CONTROL.search(text)


def quoted_name(name: str) -> str:
    """A name of SQL."""
    return '"' + name.replace('"', '""') + '"'
