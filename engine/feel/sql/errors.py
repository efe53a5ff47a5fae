"""What SQL cannot say."""

from __future__ import annotations

from engine.feel.errors import Span

__all__ = ["NotCovered"]


class NotCovered(Exception):  # noqa: N818 - no error: what SQL does not cover is decided case by case
    """A construct that has no SQL with the same meaning.

    Attributes:
        construct: what it is, in a few words.
        span: where it stands in its expression, or None.
        where: the expression (`values.average`), once that is known.
        remedy: how a ruleset can do without it; empty where there is no telling.
    """

    def __init__(self, construct: str, span: Span | None = None, where: str = "", *, remedy: str = "") -> None:
        super().__init__(construct)
        self.construct = construct
        self.remedy = remedy
        self.span = span
        self.where = where
