"""The picture of a comparison as PNG, by matplotlib (the optional dependency `rollbook[pictures]`)."""

from __future__ import annotations

import io
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from clients.pictures.colours import fill, ink
from clients.pictures.matrix import COLOURS, SIGNS, Cell, Kind, Label, Matrix, share_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["png_of"]

_CELL: Final = (1.55, 0.92)  # inches, width and height
_MUTED: Final = "#5f6b73"
_DOTS: Final = 150
_LEGEND_LINE: Final = 0.32  # inches
_LEGEND_LETTER: Final = 0.08  # inches
_LABEL_WIDTH: Final = 20  # characters of a line of a label


def png_of(matrix: Matrix) -> bytes:
    """The picture as the bytes of a PNG file.

    Raises:
        ImportError: when matplotlib is not installed.
    """
    from matplotlib.figure import Figure

    width, height = len(matrix.columns) + 1, len(matrix.rows) + 1  # one more for the sums
    left, right, above = 2.1, 0.25, 1.75
    across = max(left + width * _CELL[0] + right, 8.6)
    legend = _legend_lines(matrix, across - 0.5)
    below = 0.55 + _LEGEND_LINE * len(legend)
    size = (across, above + height * _CELL[1] + below)
    figure = Figure(figsize=size, dpi=_DOTS, facecolor="white")
    axes = figure.add_axes((left / size[0], below / size[1], width * _CELL[0] / size[0], height * _CELL[1] / size[1]))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    for row, label in enumerate(matrix.rows):
        _row_label(axes, row, label)
        for column, cell in enumerate(matrix.cells[row]):
            _draw_cell(axes, column, row, cell, label.cases)
        _sum(axes, width - 1, row, label.cases)
    for column, label in enumerate(matrix.columns):
        _column_label(axes, column, label)
        _sum(axes, column, height - 1, label.cases)
    _sum(axes, width - 1, height - 1, sum(label.cases for label in matrix.rows))
    _frame(axes, width, height)
    _headings(figure, size, matrix)
    _legend(figure, size, legend, matrix.versions)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw_cell(axes: Axes, column: int, row: int, cell: Cell, of: int) -> None:
    from matplotlib.patches import Rectangle

    background = fill(cell)
    axes.add_patch(Rectangle((column, row), 1, 1, facecolor=background, edgecolor="white", linewidth=3))
    if not cell.cases:
        axes.text(column + 0.5, row + 0.5, "0", ha="center", va="center", fontsize=10, color="#9aa4aa")
        return
    colour = _MUTED if cell.kind is Kind.SAME else ink(background)
    weight = "normal" if cell.kind is Kind.SAME else "bold"
    number = f"{SIGNS[cell.kind]} {cell.cases:,}".strip()
    axes.text(column + 0.5, row + 0.41, number, ha="center", va="center", fontsize=14, fontweight=weight, color=colour)
    share = f"{share_text(cell.cases, of)} of row"
    axes.text(column + 0.5, row + 0.72, share, ha="center", va="center", fontsize=9, color=colour)


def _sum(axes: Axes, column: int, row: int, cases: int) -> None:
    axes.text(column + 0.5, row + 0.5, f"{cases:,}", ha="center", va="center", fontsize=11, color=_MUTED)


def _row_label(axes: Axes, row: int, label: Label) -> None:
    middle = row + (0.5 if not label.note else 0.4)
    axes.text(-0.08, middle, _lines(label.name), ha="right", va="center", fontsize=11)
    if label.note:
        axes.text(-0.08, row + 0.68, label.note, ha="right", va="center", fontsize=8.5, color=_MUTED)


def _column_label(axes: Axes, column: int, label: Label) -> None:
    text = _lines(label.name)
    axes.text(column + 0.5, -0.24 if label.note else -0.08, text, ha="center", va="bottom", fontsize=11)
    if label.note:
        axes.text(column + 0.5, -0.08, label.note, ha="center", va="bottom", fontsize=8.5, color=_MUTED)


def _frame(axes: Axes, width: int, height: int) -> None:
    axes.text(width - 0.5, -0.08, "all before", ha="center", va="bottom", fontsize=10, color=_MUTED)
    axes.text(-0.08, height - 0.5, "all after", ha="right", va="center", fontsize=10, color=_MUTED)
    axes.text(-0.08, -0.08, "Outcome before ↓", ha="right", va="bottom", fontsize=10, color=_MUTED)
    axes.text(0.04, -0.5, "Outcome after →", ha="left", va="bottom", fontsize=10, color=_MUTED)
    lines: dict[str, Any] = {"color": "#c5ccd1", "linewidth": 1}
    axes.plot([0, width], [height - 1, height - 1], **lines)
    axes.plot([width - 1, width - 1], [0, height], **lines)


def _headings(figure: Any, size: tuple[float, float], matrix: Matrix) -> None:
    left, top = 0.25 / size[0], size[1]
    figure.text(left, 1 - 0.22 / top, matrix.title, ha="left", va="top", fontsize=15, fontweight="bold")
    figure.text(left, 1 - 0.56 / top, matrix.subtitle, ha="left", va="top", fontsize=11.5)


def _legend_lines(matrix: Matrix, width: float) -> list[list[tuple[Kind, float]]]:
    """The kinds that occur, in lines no wider than so many inches, each with its distance from the left."""
    lines: list[list[tuple[Kind, float]]] = [[]]
    at = 0.0
    for kind in matrix.kinds:
        needed = 0.3 + _LEGEND_LETTER * len(_legend_text(kind))
        if lines[-1] and at + needed > width:
            lines.append([])
            at = 0.0
        lines[-1].append((kind, at))
        at += needed + 0.2
    return lines


def _legend(figure: Any, size: tuple[float, float], lines: list[list[tuple[Kind, float]]], versions: str) -> None:
    from matplotlib.patches import Rectangle

    across, top = size
    for number, line in enumerate(reversed(lines)):
        middle = 0.5 + (number + 0.5) * _LEGEND_LINE
        for kind, at in line:
            corner = ((0.25 + at) / across, (middle - 0.09) / top)
            figure.add_artist(Rectangle(corner, 0.18 / across, 0.18 / top, facecolor=COLOURS[kind]))
            text = _legend_text(kind)
            figure.text((0.51 + at) / across, middle / top, text, ha="left", va="center", fontsize=9.5)
    figure.text(0.25 / across, 0.25 / top, versions, ha="left", va="center", fontsize=8.5, color=_MUTED)


def _legend_text(kind: Kind) -> str:
    return f"{SIGNS[kind]} {kind}".strip()


def _lines(name: str) -> str:
    return "\n".join(wrap(name, _LABEL_WIDTH, break_on_hyphens=True)) or name
