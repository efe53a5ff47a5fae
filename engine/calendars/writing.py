"""Writes a calendar as YAML, as `loading.py` reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine.calendars.documents import CalendarDocument

__all__ = ["as_yaml"]


def as_yaml(document: CalendarDocument) -> str:
    """The document as text: a line for each day, in order, so that two versions can be compared line by line."""
    return "".join(f"{line}\n" for line in _lines(document))


def _lines(document: CalendarDocument) -> Iterator[str]:
    yield f"calendar: {document.calendar}"
    yield f"title: {_quoted(document.title)}"
    if document.authority is not None:
        yield f"authority: {document.authority.model_dump_json(by_alias=True, exclude_defaults=True)}"
    yield f"coverage: {{from: {document.coverage.from_}, through: {document.coverage.through}}}"
    if "instructional" in document.model_fields_set:
        yield f"instructional: [{', '.join(document.instructional)}]"
    yield "days:" if document.days else "days: {}"
    for day, event in sorted(document.days.items()):
        yield f"  {day}: {event}"
    if document.business_days:
        yield "business_days:"
        yield from (f"  - {day}" for day in sorted(document.business_days))


def _quoted(text: str) -> str:
    """The text in double quotes, which YAML reads as JSON does."""
    return json.dumps(str(text), ensure_ascii=False)
