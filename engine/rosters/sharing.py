"""One table of cases for two versions that declare different facts: each is asked with those that it declares.

What only the other version declares is taken out; what neither declares stays, so that it is refused as ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
import pyarrow as pa

from engine.rosters.occurring import NONE_SUFFIX
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["shared_columns", "shared_document"]

Document = bytes | str | Mapping[str, Any]
"""The facts of one case."""

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode


def shared_columns(batch: pa.RecordBatch, facts: FactGroup, other: FactGroup) -> pa.RecordBatch:
    """The batch without what only `other` declares: columns, columns with dotted names, entries of structs.

    Args:
        batch: columns as `conform` takes them, without id columns.
        facts: what the version declares that is to be asked.
        other: what the other version declares.
    """
    if not _lacks(facts, other):
        return batch
    try:
        batch.validate(full=True)
    except (pa.ArrowException, ValueError):
        return batch  # damaged: `conform` says so
    names: list[str] = []
    columns: list[pa.Array] = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        path = name.split(".")
        node, others = _at(facts, path), _at(other, path)
        if node is not None or others is None:
            names.append(name)
            columns.append(_shared(column, node, others))
    if not columns:
        return pa.RecordBatch.from_struct_array(pa.array([{}] * batch.num_rows, pa.struct([])))
    return pa.RecordBatch.from_arrays(columns, names=names)


def shared_document(document: Document, facts: FactGroup, other: FactGroup) -> Document:
    """The facts of one case, as JSON or as plain values, without what only `other` declares.

    What is no JSON stays as it is.
    """
    if not _lacks(facts, other):
        return document
    if isinstance(document, Mapping):
        found: Mapping[str, Any] = _part(document, facts, other)
        return found
    try:
        return _encode(_part(_decode(document), facts, other))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return document


def _lacks(node: FactNode | None, other: FactNode | None) -> bool:
    """Whether `other` declares something in a group that both have and that `node` does not declare there."""
    match node, other:
        case FactGroup(), FactGroup():
            return any(
                name not in node.entries or _lacks(node.entries[name], entry) for name, entry in other.entries.items()
            )
        case FactList(), FactList():
            return _lacks(node.element, other.element)
        case _:
            return False


def _at(node: FactNode | None, path: list[str]) -> FactNode | None:
    """What is declared at a path of names, the last of which may be said to be none; None when nothing is."""
    for name in path:
        if not isinstance(node, FactGroup):
            return None
        node = _entry(node, name)
    return node


def _entry(group: FactGroup, name: str) -> FactNode | None:
    found = group.entries.get(name)
    if found is None and name.endswith(NONE_SUFFIX):
        said = group.entries.get(name.removesuffix(NONE_SUFFIX))
        return said if isinstance(said, Fact) else None
    return found


def _shared(column: pa.Array, node: FactNode | None, other: FactNode | None) -> pa.Array:
    if not _lacks(node, other):
        return column
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):  # JSON text, as CSV has lists
        texts = [None if text is None else _text(text, node, other) for text in column.to_pylist()]
        return pa.array(texts, column.type)
    return column.cast(_type(column.type, node, other))


def _type(type_: pa.DataType, node: FactNode | None, other: FactNode | None) -> pa.DataType:
    match node, other:
        case FactGroup(), FactGroup() if pa.types.is_struct(type_):
            return pa.struct(
                [
                    field.with_type(_type(field.type, _entry(node, field.name), _entry(other, field.name)))
                    for field in type_
                    if _entry(node, field.name) is not None or _entry(other, field.name) is None
                ]
            )
        case FactList(), FactList() if pa.types.is_list(type_):
            return pa.list_(type_.value_field.with_type(_type(type_.value_type, node.element, other.element)))
        case _:
            return type_


def _text(text: str, node: FactNode | None, other: FactNode | None) -> str:
    try:
        return _encode(_part(_decode(text), node, other)).decode()
    except (msgspec.DecodeError, RecursionError):
        return text


def _part(value: Any, node: FactNode | None, other: FactNode | None) -> Any:
    match node, other:
        case FactGroup(), FactGroup() if isinstance(value, Mapping):
            return {
                name: _part(entry, node.entries.get(name), other.entries.get(name))
                for name, entry in value.items()
                if name in node.entries or name not in other.entries
            }
        case FactList(), FactList() if isinstance(value, list):
            return [_part(item, node.element, other.element) for item in value]
        case _:
            return value
