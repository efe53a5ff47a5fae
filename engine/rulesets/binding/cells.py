"""The cells under the inputs of a decision table: FEEL unary tests, in which choices may stand without quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from engine.feel.types import ListType, ScalarType, Type
from engine.rulesets.binding.columns import quoted
from engine.rulesets.binding.located import Located, TextBuilder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.findings import Path, did_you_mean
from engine.rulesets.pipe_tables import Cell

__all__ = ["CellTests", "read_tests"]

_NOT: Final = re.compile(r"not\s*\(")
_COMPARISON: Final = re.compile(r"(?:<=|>=|!=|<|>|=)\s*")
_WORD: Final = re.compile(r"[^\W_][\w.*/+-]*(?: [\w.*/+-]+)*")
_RANGE: Final = re.compile(r"([\[\](])\s*([^.\s][^.]*?)\s*\.\.\s*([^.\s][^.]*?)\s*([\[\])])")


@dataclass(frozen=True, slots=True)
class CellTests:
    """A cell.

    Attributes:
        tests: its tests as FEEL, or None for `-`, which everything fits.
        negated: whether it says `not(…)`, of which `tests` are the inside.
    """

    tests: tuple[Located, ...] | None
    negated: bool

    def feel(self, path: Path) -> Located:
        """The whole cell as FEEL unary tests."""
        builder = TextBuilder(path)
        first = self.tests[0] if self.tests else None
        if self.tests is None or first is None:
            builder.add("-", path, 0)
            return builder.built()
        start = first.pieces[0]
        if self.negated:
            builder.add("not(", start.path, start.offset)
        for position, test in enumerate(self.tests):
            if position:
                builder.add(", ", test.pieces[0].path, test.pieces[0].offset)
            builder.join(test)
        if self.negated:
            builder.add(")", start.path, start.offset)
        return builder.built()


def read_tests(bench: Workbench, cell: Cell, path: Path, type_: Type) -> CellTests | None:
    """What a cell tests; None when something is wrong with it.

    Args:
        bench: where findings go.
        cell: the cell.
        path: the table's `rows`.
        type_: the type of the input.
    """
    if not cell.text:
        at = Located.at(cell.text, path, cell.offset)
        bench.error_at(at, 0, "empty-cell", "The cell is empty.", "Where anything fits, write `-`.")
        return None
    if cell.text == "-":
        return CellTests(None, negated=False)
    start, end = 0, len(cell.text)
    negation = _NOT.match(cell.text)
    negated = negation is not None and _closes(cell.text, negation.end() - 1) == end - 1
    if negation is not None and negated:
        start, end = negation.end(), end - 1
    reader = _Reader(bench, path, type_)
    tests = [reader.test(cell.text[a:b], cell.offset + a) for a, b in _parts(cell.text, start, end)]
    if any(test is None for test in tests):
        return None
    return CellTests(tuple(test for test in tests if test is not None), negated)


class _Reader:
    """Reads single tests: puts quotes around choices that stand without."""

    def __init__(self, bench: Workbench, path: Path, type_: Type) -> None:
        self._bench = bench
        self._path = path
        inner = type_.element if isinstance(type_, ListType) else type_
        self._choices = inner.choices if isinstance(inner, ScalarType) else ()

    def test(self, raw: str, offset: int) -> Located | None:
        """The test `raw`, which stands at `offset`; None when it is a word that is no choice."""
        text = raw.strip()
        offset += len(raw) - len(raw.lstrip())
        builder = TextBuilder(self._path)
        if not text:
            at = Located.at(text, self._path, offset)
            self._bench.error_at(at, 0, "empty-cell", "A test is missing here.", "Remove the comma.")
            return None
        if text in self._choices:
            return builder.built() if self._operand(builder, text, offset) else None
        if self._choices and (found := _RANGE.fullmatch(text)) is not None:
            return self._interval(builder, found, offset)
        prefix = _COMPARISON.match(text)
        start = prefix.end() if prefix else 0
        builder.take(text[:start], self._path, offset)
        return builder.built() if self._operand(builder, text[start:], offset + start) else None

    def _interval(self, builder: TextBuilder, found: re.Match[str], offset: int) -> Located | None:
        """An interval of ordered choices; FEEL's ranges would compare them as texts."""
        low = "? >= " if found[1] == "[" else "? > "
        high = " and ? <= " if found[4] == "]" else " and ? < "
        for words, group in ((low, 2), (high, 3)):
            builder.add(words, self._path, offset)
            if not self._operand(builder, found[group], offset + found.start(group)):
                return None
        return builder.built()

    def _operand(self, builder: TextBuilder, text: str, offset: int) -> bool:
        if text in self._choices and text != "null":
            if text in self._bench.scope:
                at = Located.at(text, self._path, offset)
                message = f"`{text}` is a choice here, and a name that expressions read."
                self._bench.error_at(at, 0, "ambiguous-name", message, f'Write `"{text}"` for the choice.')
                return False
            builder.add('"', self._path, offset)
            builder.take(quoted(text)[1:-1], self._path, offset)
            builder.add('"', self._path, offset + len(text))
            return True
        if self._choices and self._is_no_choice(text):
            at = Located.at(text, self._path, offset)
            message = f"`{text[:60]}` is none of the strings that this input can be."
            remedy = did_you_mean(text, self._choices) or f"It can be: {', '.join(self._choices[:20])}."
            self._bench.error_at(at, 0, "not-a-choice", message, remedy)
            return False
        builder.take(text, self._path, offset)
        return True

    def _is_no_choice(self, text: str) -> bool:
        """Whether a bare word is meant as a choice and is none: it is no number, no literal and no name."""
        if not _WORD.fullmatch(text) or text in {"null", "true", "false"}:
            return False
        return text.partition(".")[0] not in {*self._bench.scope, *self._bench.unjudged}


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between the commas that are not within quotes or brackets."""
    begin = start
    for place in _top_level(text, start, end):
        if text[place] == ",":
            yield begin, place
            begin = place + 1
    yield begin, end


def _closes(text: str, opening: int) -> int:
    """Where the bracket at `opening` is closed; -1 when it is not."""
    depth = 0
    for place in _unquoted(text, opening, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return -1


def _top_level(text: str, start: int, end: int) -> Iterator[int]:
    depth = 0
    for place in _unquoted(text, start, end):
        if text[place] in "([{":
            depth += 1
        elif text[place] in ")]}":
            depth -= 1
        elif depth <= 0:
            yield place


def _unquoted(text: str, start: int, end: int) -> Iterator[int]:
    quoted_ = escaped = False
    for place in range(start, end):
        character = text[place]
        if escaped:
            escaped = False
        elif character == '"':
            quoted_ = not quoted_
        elif quoted_:
            escaped = character == "\\"
        else:
            yield place
