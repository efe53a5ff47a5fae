"""Citations and dates as the contract writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from google.type.date_pb2 import Date

from engine.rulesets.documents import Authority
from rollbook.v1.citation_pb2 import Citation

__all__ = ["citations", "date_message"]


def citations(sections: Iterable[str], authority: Authority | None) -> list[Citation]:
    """The provisions of `authority`; a part of a section (`IX.A` of `IX`) stands on the pages of the section."""
    document = str(authority.document) if authority is not None else ""
    return [Citation(document=document, section=section, pages=_pages(section, authority)) for section in sections]


def date_message(day: date) -> Date:
    """The date."""
    return Date(year=day.year, month=day.month, day=day.day)


def _pages(section: str, authority: Authority | None) -> str:
    if authority is None:
        return ""
    found = authority.sections.get(section)  # type: ignore[call-overload]  # its keys are strings of a kind
    while found is None and "." in section:
        section = section.rpartition(".")[0]
        found = authority.sections.get(section)  # type: ignore[call-overload]  # likewise
    return str(found.pages) if found is not None and found.pages is not None else ""
