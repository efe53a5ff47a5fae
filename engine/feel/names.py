"""Where a name ends in FEEL text: names may have spaces in them, and when they are declared so nearly anything."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from engine.feel.characters import GAP, LATER_WORD, WORD

__all__ = ["MAX_NAME", "RESERVED", "DeclaredNames", "normalised", "words_end"]

MAX_NAME = 200
"""Characters that a name may have."""

RESERVED = frozenset(
    {
        *("and", "between", "else", "every", "false", "for", "function", "if", "in", "null", "or", "return"),
        *("satisfies", "some", "then", "true"),
    }
)
"""Words that end a name, unless a name with them in it was declared; `instance of` ends one too."""

_INSTANCE_OF = re.compile(rf"instance{GAP.pattern}of\b")
_SYMBOL = re.compile(r"[./\-'+*]")
_BEFORE_BRACKET = re.compile(rf"(?:{GAP.pattern})?\(")


def normalised(name: str) -> str:
    """The name with every run of white space within it one space, and none around it."""
    return GAP.sub(" ", name).strip(" ")


def words_end(text: str, start: int) -> int:
    """Where the row of words that starts at offset `start` ends: before a reserved word, or what no word has in it.

    `start` itself when no such row starts there.
    """
    found = WORD.match(text, start)
    end = start
    while found and found[0] not in RESERVED and not _INSTANCE_OF.match(text, found.start()):
        end = found.end()
        gap = GAP.match(text, end)
        found = LATER_WORD.match(text, gap.end()) if gap else None
    return end


class DeclaredNames:
    """The names declared so far that are more than a row of words: they have signs or reserved words in them."""

    def __init__(self, names: Iterable[str], functions: Iterable[str]) -> None:
        """`functions` are names that count only where a bracket follows."""
        self._all: set[str] = set()
        self._odd: set[str] = set()
        self._first_words: set[str] = set()
        self._functions = {name for name in functions if not _is_plain(name)}
        for name in self._functions:
            self._first_words.add(_first_word(name))
        for name in names:
            self.add(normalised(name))

    def add(self, name: str) -> None:
        """Declares a normalised name from here on."""
        self._all.add(name)
        if name and not _is_plain(name):
            self._odd.add(name)
            self._first_words.add(_first_word(name))

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def longest_end(self, text: str, start: int) -> int:
        """Where the longest of these names at offset `start` ends; `start` itself when none is there."""
        first = WORD.match(text, start)
        if not first or first[0] not in self._first_words:
            return start
        longest, end, name = start, first.end(), first[0]
        while len(name) <= MAX_NAME:
            if name in self._odd or (name in self._functions and _BEFORE_BRACKET.match(text, end)):
                longest = end
            if part := GAP.match(text, end):
                name += " "
            elif part := (LATER_WORD.match(text, end) or _SYMBOL.match(text, end)):
                name += part[0]
            else:
                break
            end = part.end()
        return longest


def _first_word(name: str) -> str:
    found = WORD.match(name)
    return found[0] if found else ""


@lru_cache(maxsize=4096)
def _is_plain(name: str) -> bool:
    return words_end(name, 0) == len(name)
