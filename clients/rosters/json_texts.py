"""Columns as JSON text, a column at a time: a row at a time takes longer than deciding it."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["JSON_TEXT", "json_texts"]

JSON_TEXT: Final = "results"
"""The columns and fields of this name hold JSON text already."""

_NULL: Final = pa.scalar("null")
_AS_THEY_ARE: Final = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_decimal)
"""Types whose values Arrow writes as JSON does."""


def json_texts(column: pa.Array, name: str = "") -> pa.Array:
    """The JSON text of each value, `null` where there is none; all digits of decimals, maps as objects.

    Args:
        column: of any type; dates are text, and what JSON has no form for too.
        name: what the column or field is called.
    """
    type_ = column.type
    if name == JSON_TEXT and pa.types.is_string(type_):
        texts = column
    elif pa.types.is_struct(type_):
        texts = _objects(column)
    elif pa.types.is_map(type_):
        texts = _maps(_as_list(column))
    elif pa.types.is_list(type_):
        texts = _joined(column, json_texts(column.flatten()), "[", "]")
    elif pa.types.is_date32(type_):  # of any year; Python's dates end with 9999
        texts = _concatenated(pa.scalar('"'), column.cast(pa.string()), pa.scalar('"'))
    elif any(is_type(type_) for is_type in _AS_THEY_ARE):
        texts = column.cast(pa.string())
    else:
        texts = _each(column)
    return pc.fill_null(texts, _NULL)


def _objects(column: pa.StructArray) -> pa.Array:
    """The text of each struct; null where there is none."""
    parts: list[Any] = []
    for place, (field, values) in enumerate(zip(column.type, column.flatten(), strict=True)):
        key = msgspec.json.encode(field.name).decode()
        parts += [pa.scalar(f"{',' if place else '{'}{key}:"), json_texts(values, field.name)]
    if not parts:
        return pa.array(["{}" if valid else None for valid in column.is_valid().to_pylist()], pa.string())
    texts = _concatenated(*parts, pa.scalar("}"))
    return _where_valid(column, texts)


def _maps(column: pa.ListArray) -> pa.Array:
    """The text of each map with text as keys, given as a list of entries; null where there is none."""
    keys, values = column.flatten().flatten()
    return _joined(column, _concatenated(json_texts(keys), pa.scalar(":"), json_texts(values)), "{", "}")


def _joined(column: pa.Array, items: pa.Array, begin: str, end: str) -> pa.Array:
    """The texts of the items of each list, with commas between; null where there is no list."""
    lengths = pc.list_value_length(column)
    offsets = pa.array(accumulate(pc.fill_null(lengths, 0).to_pylist(), initial=0), pa.int32())
    texts = pc.binary_join(pa.ListArray.from_arrays(offsets, items), pa.scalar(","))
    return _where_valid(column, _concatenated(pa.scalar(begin), texts, pa.scalar(end)))


def _as_list(column: pa.MapArray) -> pa.ListArray:
    return column.cast(pa.list_(pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])))


def _each(column: pa.Array) -> pa.Array:
    """The text of every different value, written once: messages and citations say few things many times."""
    try:
        codes = column.dictionary_encode()
    except pa.ArrowNotImplementedError:  # unusual types of id columns
        return _written(column)
    return _written(codes.dictionary).take(codes.indices)


def _written(column: pa.Array) -> pa.Array:
    encode = _encoder.encode
    return pa.array([None if value is None else encode(value).decode() for value in column.to_pylist()], pa.string())


_encoder: Final = msgspec.json.Encoder(enc_hook=str, decimal_format="number")


def _where_valid(column: pa.Array, texts: pa.Array) -> pa.Array:
    return texts if not column.null_count else pc.if_else(column.is_valid(), texts, pa.scalar(None, pa.string()))


def _concatenated(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*parts, pa.scalar(""))
