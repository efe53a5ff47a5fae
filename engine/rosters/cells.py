"""One fact's column, of any reasonable Arrow type, as the type that a batch of cases has; whole columns at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from engine.cases.records import read_decimal
from engine.rosters.columns import column_type
from engine.rosters.said import date_said, decimal_said, integer_said
from engine.rulesets.facts import Fact, FactKind

__all__ = ["Cells", "cells_of", "days_of", "unwrapped"]

Cells = tuple[pa.Array, Sequence[int]]
"""A column, and the positions of the cells that cannot be read; those are null in it."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_FIRST_DAY: Final = 1 - _EPOCH
_LAST_DAY: Final = date.max.toordinal() - _EPOCH
_WHOLE: Final = r"^-?(0|[1-9][0-9]{0,17})$"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_AS_IT_IS: Final = frozenset({"integer", "decimal", "boolean"})
_TEXTS: Final = frozenset({"date-time", "days-duration", "months-duration"})
_TRUTHS: Final = pa.array(["true", "false"])


def unwrapped(array: pa.Array) -> pa.Array:
    """The same values without dictionary, run ends or extension type; every kind of text as `string`."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    elif pa.types.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    return array.cast(pa.string()) if _is_text(array.type) else array


def cells_of(fact: Fact, array: pa.Array, *, empty_is_left_out: bool = False) -> Cells | None:
    """The column of `fact` that an array (`unwrapped`) says; None when its type can say no such fact.

    A number is taken where it is exact: a float by its shortest text, text as JSON writes numbers. White space around
    the text of a number, day or truth is passed over; empty text is left out, but for strings.

    Args:
        fact: the fact.
        array: one value per position.
        empty_is_left_out: whether an empty string is left out where strings are declared.
    """
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), column_type(fact)), ()
    if fact.kind == "string":
        if not pa.types.is_string(array.type):
            return None
        return (_without_empty(array) if empty_is_left_out else array), ()
    if array.type == column_type(fact) and fact.kind in _AS_IT_IS:
        return array, ()
    if pa.types.is_string(array.type):
        array = _without_empty(array if fact.kind in _TEXTS else pc.utf8_trim_whitespace(array))
    return _READERS[fact.kind](fact, array)


def _is_text(type_: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def _without_empty(array: pa.Array) -> pa.Array:
    empty = pc.equal(array, "")
    return pc.if_else(empty, None, array) if pc.any(empty).as_py() else array


def _positions(mask: pa.Array) -> list[int]:
    """Where a mask is true."""
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found


def _each(fact: Fact, array: pa.Array, read: Callable[[Fact, Any], Any]) -> Cells:
    """Cell by cell: the slow way, when a column cannot be read as a whole."""
    given = array.to_pylist()
    found = [None if value is None else read(fact, value) for value in given]
    bad = [place for place, value in enumerate(found) if value is None and given[place] is not None]
    return pa.array(found, column_type(fact)), bad


def _all_match(array: pa.Array, pattern: str) -> bool:
    matches = pc.match_substring_regex(array, pattern)
    return bool(len(matches) == matches.null_count + matches.true_count)


def _cast(array: pa.Array, *types: pa.DataType) -> pa.Array | None:
    """The array cast from type to type; None where a value does not fit."""
    try:
        for type_ in types:
            array = array.cast(type_)
    except pa.ArrowInvalid:
        return None
    return array


def _integer(fact: Fact, array: pa.Array) -> Cells | None:
    type_ = array.type
    if pa.types.is_string(type_):
        if _all_match(array, _WHOLE):
            return array.cast(pa.int64()), ()
        return _each(fact, array, lambda fact, text: integer_said(fact, read_decimal(text)))
    if not (pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_)):
        return None
    whole = _cast(array, pa.int64())
    return _each(fact, array, integer_said) if whole is None else (whole, ())


def _decimal(fact: Fact, array: pa.Array) -> Cells | None:
    type_, wanted = array.type, column_type(fact)
    if pa.types.is_floating(type_):
        array = array.cast(pa.string())  # the shortest text, for narrow floats too
    if pa.types.is_string(array.type):
        fraction = rf"(\.[0-9]{{1,{wanted.scale}}})?" if wanted.scale else ""
        if _all_match(array, rf"^-?(0|[1-9][0-9]{{0,17}}){fraction}$"):
            return array.cast(wanted), ()
        return _each(fact, array, decimal_said)
    if pa.types.is_integer(type_):
        exact = _cast(array, pa.decimal128(20, 0), wanted)
    elif pa.types.is_decimal(type_):
        exact = _cast(array, wanted)
    else:
        return None
    return _each(fact, array, decimal_said) if exact is None else (exact, ())


def _boolean(_fact: Fact, array: pa.Array) -> Cells | None:
    if pa.types.is_boolean(array.type):
        return array, ()
    if not pa.types.is_string(array.type):
        return None
    lower = pc.ascii_lower(array)
    read = pc.is_in(lower, value_set=_TRUTHS)
    bad = _positions(pc.and_(pc.is_valid(array), pc.invert(read)))
    return pc.if_else(read, pc.equal(lower, "true"), None), bad


def days_of(fact: Fact, array: pa.Array) -> Cells | None:
    """The days that an array says, as `cells_of`; white space in text is not passed over."""
    type_ = array.type
    if pa.types.is_string(type_):
        days = _cast(array, pa.date32()) if _all_match(array, _DAY) else None
        return _each(fact, array, date_said) if days is None else _within_years(days)
    if pa.types.is_date32(type_):
        return _within_years(array)
    if pa.types.is_date64(type_) or (pa.types.is_timestamp(type_) and type_.tz is None):
        return _midnights(array)
    return None


def _midnights(array: pa.Array) -> Cells:
    """The days of times that are midnights; no other time is a day."""
    moments = array.cast(pa.timestamp("ms")) if pa.types.is_date64(array.type) else array
    starts = pc.floor_temporal(moments, unit="day")
    midnight = pc.equal(starts, moments)
    days, bad = _within_years(pc.if_else(midnight, moments, None).cast(pa.date32()))
    return days, sorted({*bad, *_positions(pc.invert(midnight))})


def _within_years(days: pa.Array) -> Cells:
    """The days of the years 1 to 9999; no fact is another."""
    numbers = days.cast(pa.int32())
    ends = pc.min_max(numbers).as_py()
    if ends["min"] is None or (ends["min"] >= _FIRST_DAY and ends["max"] <= _LAST_DAY):
        return days, ()
    fits = pc.and_(pc.greater_equal(numbers, _FIRST_DAY), pc.less_equal(numbers, _LAST_DAY))
    return pc.if_else(fits, days, None), _positions(pc.invert(fits))


def _date_time(_fact: Fact, array: pa.Array) -> Cells | None:
    if pa.types.is_string(array.type):
        return array, ()
    if not pa.types.is_timestamp(array.type):
        return None
    if array.type.tz is not None:
        array = array.cast(pa.timestamp(array.type.unit, "UTC"))
    return pc.replace_substring(array.cast(pa.string()), " ", "T", max_replacements=1), ()


def _text(_fact: Fact, array: pa.Array) -> Cells | None:
    return (array, ()) if pa.types.is_string(array.type) else None


_READERS: Final[Mapping[FactKind, Callable[[Fact, pa.Array], Cells | None]]] = {
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": days_of,
    "event": days_of,
    "date-time": _date_time,
    "days-duration": _text,
    "months-duration": _text,
}
