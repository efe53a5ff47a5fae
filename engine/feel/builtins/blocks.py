"""Sets of characters that XPath's regular expressions name: Unicode blocks, categories, characters of XML names."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

__all__ = ["BLOCKS", "NAME_CHARACTERS", "NAME_STARTS", "category_ranges"]

BLOCKS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "BasicLatin": (0x0000, 0x007F),
        "Latin-1Supplement": (0x0080, 0x00FF),
        "LatinExtended-A": (0x0100, 0x017F),
        "LatinExtended-B": (0x0180, 0x024F),
        "IPAExtensions": (0x0250, 0x02AF),
        "SpacingModifierLetters": (0x02B0, 0x02FF),
        "CombiningDiacriticalMarks": (0x0300, 0x036F),
        "Greek": (0x0370, 0x03FF),
        "GreekandCoptic": (0x0370, 0x03FF),
        "Cyrillic": (0x0400, 0x04FF),
        "CyrillicSupplement": (0x0500, 0x052F),
        "Armenian": (0x0530, 0x058F),
        "Hebrew": (0x0590, 0x05FF),
        "Arabic": (0x0600, 0x06FF),
        "Syriac": (0x0700, 0x074F),
        "Thaana": (0x0780, 0x07BF),
        "Devanagari": (0x0900, 0x097F),
        "Bengali": (0x0980, 0x09FF),
        "Gurmukhi": (0x0A00, 0x0A7F),
        "Gujarati": (0x0A80, 0x0AFF),
        "Oriya": (0x0B00, 0x0B7F),
        "Tamil": (0x0B80, 0x0BFF),
        "Telugu": (0x0C00, 0x0C7F),
        "Kannada": (0x0C80, 0x0CFF),
        "Malayalam": (0x0D00, 0x0D7F),
        "Sinhala": (0x0D80, 0x0DFF),
        "Thai": (0x0E00, 0x0E7F),
        "Lao": (0x0E80, 0x0EFF),
        "Tibetan": (0x0F00, 0x0FFF),
        "Myanmar": (0x1000, 0x109F),
        "Georgian": (0x10A0, 0x10FF),
        "HangulJamo": (0x1100, 0x11FF),
        "Ethiopic": (0x1200, 0x137F),
        "Cherokee": (0x13A0, 0x13FF),
        "Khmer": (0x1780, 0x17FF),
        "Mongolian": (0x1800, 0x18AF),
        "LatinExtendedAdditional": (0x1E00, 0x1EFF),
        "GreekExtended": (0x1F00, 0x1FFF),
        "GeneralPunctuation": (0x2000, 0x206F),
        "SuperscriptsandSubscripts": (0x2070, 0x209F),
        "CurrencySymbols": (0x20A0, 0x20CF),
        "LetterlikeSymbols": (0x2100, 0x214F),
        "NumberForms": (0x2150, 0x218F),
        "Arrows": (0x2190, 0x21FF),
        "MathematicalOperators": (0x2200, 0x22FF),
        "MiscellaneousTechnical": (0x2300, 0x23FF),
        "BoxDrawing": (0x2500, 0x257F),
        "BlockElements": (0x2580, 0x259F),
        "GeometricShapes": (0x25A0, 0x25FF),
        "MiscellaneousSymbols": (0x2600, 0x26FF),
        "Dingbats": (0x2700, 0x27BF),
        "CJKSymbolsandPunctuation": (0x3000, 0x303F),
        "Hiragana": (0x3040, 0x309F),
        "Katakana": (0x30A0, 0x30FF),
        "Bopomofo": (0x3100, 0x312F),
        "HangulCompatibilityJamo": (0x3130, 0x318F),
        "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
        "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
        "HangulSyllables": (0xAC00, 0xD7AF),
        "PrivateUse": (0xE000, 0xF8FF),
        "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
        "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
        "ArabicPresentationForms-A": (0xFB50, 0xFDFF),
        "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
        "Emoticons": (0x1F600, 0x1F64F),
    }
)
"""The blocks that patterns may name (`\\p{IsGreek}`): those of living scripts and of common signs."""

NAME_STARTS: Final = (
    (0x3A, 0x3A),
    (0x41, 0x5A),
    (0x5F, 0x5F),
    (0x61, 0x7A),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
"""The characters that an XML name can start with (`\\i`)."""

NAME_CHARACTERS: Final = (
    *NAME_STARTS,
    (0x2D, 0x2E),
    (0x30, 0x39),
    (0xB7, 0xB7),
    (0x300, 0x36F),
    (0x203F, 0x2040),
)
"""The characters that an XML name can have (`\\c`)."""


@cache
def category_ranges(name: str) -> tuple[tuple[int, int], ...]:
    """The characters of a Unicode category (`Lu`) or group of categories (`L`), as ranges of code points."""
    ranges: list[tuple[int, int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    return tuple(ranges)
