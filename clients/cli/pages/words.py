"""Small texts that several pages share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

if TYPE_CHECKING:
    from rollbook import Cause, Citation

__all__ = ["cited", "counted", "indented", "short", "show_causes", "title", "value_text"]


def short(name: str) -> str:
    """`lausd/grade-marking` of `rulesets/lausd/grade-marking`."""
    return name.removeprefix("rulesets/")


def counted(number: int, one: str, many: str = "") -> str:
    """`1 rule`, `2 rules`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def cited(citations: Iterable[Citation]) -> str:
    """`LAUSD BUL-2332.7: I.I (p. 4), IX.A (p. 13)`; empty where nothing is cited."""
    return "; ".join(_of_documents(citations))


def _of_documents(citations: Iterable[Citation]) -> Iterator[str]:
    for document, cites in groupby(citations, key=lambda citation: citation.document):
        sections = ", ".join(f"{cite.section}{_pages(cite)}" for cite in cites)
        yield f"{document}: {sections}" if document else sections


def _pages(citation: Citation) -> str:
    """` (p. 4)`; of pages that are a name and a number, such as `SPED 37, 1`, these alone."""
    if not citation.pages:
        return ""
    return f" (p. {citation.pages})" if citation.pages[0].isdigit() else f" ({citation.pages})"


def value_text(value: Any) -> str:
    """A result for people: yes and no, lists with commas, decimals as they are written."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case list() | tuple():
            return ", ".join(map(value_text, value)) or "(an empty list)"
        case None:
            return "none"
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class _Indented:
    """Moved to the right, all its lines; Rich's Padding would fill them up with blanks."""

    body: RenderableType
    columns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        narrower = options.update_width(max(options.max_width - self.columns, 1))
        for line in console.render_lines(self.body, narrower, pad=False):
            yield Segment(" " * self.columns)
            yield from line
            yield Segment.line()


def indented(body: RenderableType, levels: int, style: str = "") -> RenderableType:
    """The body, moved to the right by `levels` of two columns; a string is taken as it is, in `style`."""
    return _Indented(Text(body, style=style) if isinstance(body, str) else body, 2 * levels)


def title(page: Console, text: str) -> None:
    """Prints the title of a part of a page, after an empty line."""
    page.print()
    page.print(Text(text, style="bold"))


def show_causes(page: Console, heading: str, causes: Iterable[Cause]) -> None:
    """What is missing, each with the question to ask a person."""
    page.print(Text(heading, style="bold"))
    for cause in causes:
        page.print(indented(cause.path if cause.kind == "fact" else cause.text, 1))
        if cause.question:
            page.print(indented(cause.question, 2, "italic"))
