"""Colours of cells: the stronger the more cases, and text on them that can be read."""

from __future__ import annotations

from typing import Final

from clients.pictures.matrix import COLOURS, Cell, Kind

__all__ = ["fill", "ink"]

_WHITE: Final = (255, 255, 255)
_LEAST: Final = 0.22
"""How much of its colour the rarest change has."""


def fill(cell: Cell) -> str:
    """The colour of a cell, `#rrggbb`: grey where nothing changes, else white without cases."""
    if cell.kind is Kind.SAME:
        return COLOURS[Kind.SAME]
    if not cell.cases:
        return "#ffffff"
    part = _LEAST + (1 - _LEAST) * cell.weight
    mixed = (round(white + (own - white) * part) for white, own in zip(_WHITE, _rgb(COLOURS[cell.kind]), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def ink(background: str) -> str:
    """Black or white, whichever contrasts more with a colour (the contrast ratio of WCAG 2)."""
    light = _luminance(background)
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#ffffff"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
