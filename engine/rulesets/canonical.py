"""The canonical form of a ruleset or calendar, and its hash: the version.

Two documents that say the same have the same form, however they are laid out: comments, quotes, the order of keys, and
white space outside quoted text do not count; the order of outcomes, rules, tables, rows and list items does. Whatever
has its default is left out, so that a key that a later release adds changes no version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from pydantic import BaseModel

from engine.rulesets.documents import FactGroupDeclaration
from engine.rulesets.fact_documents import DocumentPart
from engine.rulesets.pipe_tables import read_pipe_table
from engine.rulesets.scalars import Cites, Expression, Rows, exact

__all__ = ["canonical", "version"]

_ORDERED: Final = ("rules", "tables")
"""Keyed parts of which the order means something: rules hold, and rows stand, in the document's order."""

_TOKENS: Final = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*+"?)|(?P<blank>(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)+)')


def version(document: DocumentPart) -> str:
    """The SHA-256 of the canonical form, lower-case hexadecimal."""
    return sha256(canonical(document).encode()).hexdigest()


def canonical(document: DocumentPart) -> str:
    """The canonical form: JSON with sorted keys and no white space between."""
    return json.dumps(_form(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _form(value: Any) -> Any:
    match value:
        case FactGroupDeclaration():
            means = {} if value.means is None else {"means": str(value.means)}
            return {**means, **{name: _form(entry) for name, entry in value.entries.items()}}
        case BaseModel():
            return _model(value)
        case Mapping():
            return {_key(key): _form(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_form(entry) for entry in value]
        case _:
            return _scalar(value)


def _model(model: BaseModel) -> Mapping[str, Any]:
    form: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        default = field.get_default(call_default_factory=True)
        if not field.is_required() and type(value) is type(default) and value == default:
            continue
        key = field.alias or name
        if key in _ORDERED and isinstance(value, Mapping):
            form[key] = [[id_, _form(entry)] for id_, entry in value.items()]
        else:
            form[key] = _form(value)
    return form


def _scalar(value: Any) -> Any:
    match value:
        case Cites():
            return ", ".join(value.sections)
        case Rows():
            return _rows(value)
        case Expression():
            return _spaced(value)
        case str():
            return str(value)
        case bool() | None:
            return value
        case int() | Decimal():
            number = exact(Decimal(value))
            return number if isinstance(number, int) else {"decimal": f"{number:f}"}
        case date():
            return {"date": value.isoformat()}
        case _:
            raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _key(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def _rows(rows: Rows) -> list[Mapping[str, str]]:
    """The rows of a pipe table by column, so that neither alignment nor the order of columns counts."""
    return [{name: _spaced(cell.text) for name, cell in row.cells.items()} for row in read_pipe_table(rows).rows]


def _spaced(feel: str) -> str:
    """The same FEEL text without comments, white space as single spaces; quoted text stays as it is."""
    return _TOKENS.sub(lambda found: found["text"] or " ", feel).strip()
