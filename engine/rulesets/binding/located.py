"""Texts of expressions that know where each character stands in the document, even when put together from parts."""

from __future__ import annotations

from dataclasses import dataclass

from engine.rulesets.findings import Path
from engine.rulesets.yaml_positions import Position
from engine.rulesets.yaml_source import Source

__all__ = ["Located", "TextBuilder"]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where a stretch of the text comes from; text that was added stands where what it was added to begins."""

    start: int
    path: Path
    offset: int
    added: bool


@dataclass(frozen=True, slots=True)
class Located:
    """A text.

    Attributes:
        text: what is parsed.
        path: the part of the document that it belongs to.
        pieces: where its stretches come from, ascending.
    """

    text: str
    path: Path
    pieces: tuple[_Piece, ...]

    def position(self, source: Source, offset: int) -> Position:
        """Where the character at `offset` stands."""
        piece = max((piece for piece in self.pieces if piece.start <= offset), key=lambda one: one.start)
        return source.within(piece.path, piece.offset + (0 if piece.added else offset - piece.start))

    def part(self, start: int, end: int | None = None) -> Located:
        """The stretch from `start` to `end` of a text that comes from one place."""
        (piece,) = self.pieces
        return Located(self.text[start:end], self.path, (_Piece(0, piece.path, piece.offset + start, piece.added),))

    @staticmethod
    def whole(source: Source, path: Path, otherwise: str = "") -> Located:
        """The single value at `path`; where there is none (a default), `otherwise`."""
        text = source.text(path)
        return Located(otherwise if text is None else text, path, (_Piece(0, path, 0, text is None),))

    @staticmethod
    def at(text: str, path: Path, offset: int) -> Located:
        """`text` as it stands at `offset` of the single value at `path`."""
        return Located(text, path, (_Piece(0, path, offset, added=False),))


class TextBuilder:
    """Puts a text together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""
        self._pieces: list[_Piece] = []

    def take(self, text: str, path: Path, offset: int) -> None:
        """Appends what stands at `offset` of the single value at `path`."""
        self._append(text, _Piece(len(self._text), path, offset, added=False))

    def join(self, other: Located) -> None:
        """Appends another text."""
        for piece in other.pieces:
            self._pieces.append(_Piece(len(self._text) + piece.start, piece.path, piece.offset, piece.added))
        self._text += other.text

    def add(self, text: str, path: Path, offset: int) -> None:
        """Appends what stands nowhere; `path` and `offset` say what it belongs to."""
        self._append(text, _Piece(len(self._text), path, offset, added=True))

    def _append(self, text: str, piece: _Piece) -> None:
        if text:
            self._pieces.append(piece)
            self._text += text

    def built(self) -> Located:
        """The text so far."""
        pieces = tuple(self._pieces) or (_Piece(0, self._path, 0, added=True),)
        return Located(self._text, self._path, pieces)
