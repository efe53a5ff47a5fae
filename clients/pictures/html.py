"""The picture of a comparison as a page of HTML that needs nothing else: no network, no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from clients.pictures.colours import fill, ink
from clients.pictures.matrix import COLOURS, SIGNS, Cell, Kind, Label, Matrix, rules_text, share_text
from engine.rosters.changes import Change, ComparisonResult, Undecided

__all__ = ["html_of"]

_MOST_REASONS: Final = 20
_STYLE: Final = """\
body { font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .25rem 0; } .muted, small { color: #5f6b73; } .scroll { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 3px; margin: 1.25rem 0 .75rem; }
th { font-weight: normal; padding: .35rem .6rem; vertical-align: bottom; } th small { display: block; }
tbody th, tfoot th { text-align: right; vertical-align: middle; }
td { text-align: center; padding: .55rem .6rem; min-width: 7.5rem; }
td strong { display: block; font-size: 1.2rem; } td.same strong { font-weight: normal; } td small { color: inherit; }
td.sum, td.none { color: #5f6b73; } tfoot td, tfoot th { border-top: 1px solid #c5ccd1; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; }
.legend i { display: inline-block; width: 1em; height: 1em; vertical-align: -.12em; margin-right: .4em; }
code { font-size: .95em; } ul { margin: .25rem 0; }
@media print { body { margin: 0; } td, .legend i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def html_of(matrix: Matrix, result: ComparisonResult) -> str:
    """The page: the matrix, then each change with the rules that make it. It has no fact of any case in it."""
    return "\n".join(_page(matrix, result)) + "\n"


def _page(matrix: Matrix, result: ComparisonResult) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(matrix.title)}</title>"
    yield f"<style>\n{_STYLE}</style></head>"
    yield "<body>"
    yield f"<h1>{escape(matrix.title)}</h1>"
    yield f"<p>{escape(matrix.subtitle)}</p>"
    yield from _table(matrix)
    yield from _legend(matrix)
    yield from _changes(result)
    yield from _details(result)
    yield from _undecided("can no longer be decided", "the version after", result.only_before_decides)
    yield from _undecided("can now be decided", "the version before", result.only_after_decides)
    yield f'<p class="muted"><small>{escape(matrix.versions)}</small></p>'
    yield "</body></html>"


def _table(matrix: Matrix) -> Iterator[str]:
    yield '<div class="scroll"><table>'
    yield f'<thead><tr><td></td><th class="muted" colspan="{len(matrix.columns)}">Outcome after →</th><td></td></tr>'
    columns = "".join(f'<th scope="col">{_label(label)}</th>' for label in matrix.columns)
    yield f'<tr><th class="muted">Outcome before ↓</th>{columns}<th class="muted" scope="col">all before</th></tr>'
    yield "</thead>"
    yield "<tbody>"
    for label, cells in zip(matrix.rows, matrix.cells, strict=True):
        row = "".join(_cell(cell, label.cases) for cell in cells)
        yield f'<tr><th scope="row">{_label(label)}</th>{row}<td class="sum">{label.cases:,}</td></tr>'
    yield "</tbody>"
    sums = "".join(f'<td class="sum">{label.cases:,}</td>' for label in matrix.columns)
    whole = sum(label.cases for label in matrix.rows)
    yield f'<tfoot><tr><th class="muted" scope="row">all after</th>{sums}<td class="sum">{whole:,}</td></tr></tfoot>'
    yield "</table></div>"


def _label(label: Label) -> str:
    return escape(label.name) + (f"<small>{escape(label.note)}</small>" if label.note else "")


def _cell(cell: Cell, of: int) -> str:
    colour = fill(cell)
    if not cell.cases:
        return f'<td class="none" style="background:{colour}">0</td>'
    same = cell.kind is Kind.SAME
    number = f"{SIGNS[cell.kind]} {cell.cases:,}".strip()
    text = f"<strong>{number}</strong><small>{share_text(cell.cases, of)} of row</small>"
    ink_ = "#5f6b73" if same else ink(colour)
    name = ' class="same"' if same else ""
    return f'<td{name} style="background:{colour};color:{ink_}" title="{cell.kind}">{text}</td>'


def _legend(matrix: Matrix) -> Iterator[str]:
    entries = (
        f'<li><i style="background:{COLOURS[kind]}"></i>{f"{SIGNS[kind]} {kind}".strip()}</li>' for kind in matrix.kinds
    )
    yield f'<ul class="legend">{"".join(entries)}</ul>'


def _changes(result: ComparisonResult) -> Iterator[str]:
    if result.changes:
        yield "<h2>By which rules</h2>"
    for change in result.changes:
        before, after = (escape(side.strip("()")) for side in (change.before, change.after))
        yield f"<h3>{before} → {after}: {change.cases:,}</h3>"
        yield from _reasons(change)


def _details(result: ComparisonResult) -> Iterator[str]:
    if result.details:
        yield "<h2>The same outcome, and something else changes</h2>"
        yield '<p class="muted">A case can be counted in several lines.</p><ul>'
        yield from (f"<li>{escape(detail.aspect)}: {detail.cases:,}</li>" for detail in result.details)
        yield "</ul>"


def _undecided(what: str, version: str, found: Undecided) -> Iterator[str]:
    if not found.cases:
        return
    yield f"<h2>Cases that {what}: {found.cases:,}</h2>"
    yield f"<p>What {version} needs:</p><ul>"
    yield from (f"<li><code>{escape(need.path)}</code>: {need.cases:,}</li>" for need in found.needs[:_MOST_REASONS])
    yield "</ul>"


def _reasons(change: Change) -> Iterator[str]:
    yield "<ul>"
    for reason in change.reasons[:_MOST_REASONS]:
        yield f"<li>{reason.cases:,}: {escape(rules_text(reason.rules, change.before, change.after))}</li>"
    if rest := change.unlisted + sum(reason.cases for reason in change.reasons[_MOST_REASONS:]):
        yield f"<li>{rest:,}: by other rules</li>"
    yield "</ul>"
