"""The text of values: as `string` gives it, as messages say it, and as JSON."""

from __future__ import annotations

import json
from typing import Final

from engine.feel.sql.digits import number_text, quotient_text
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.fitting import entry_of, item_of
from engine.feel.sql.operand import FALSE, NULL, Operand, quoted
from engine.feel.sql.plan import Plan
from engine.feel.sql.shapes import BOOLEAN, DAY, TEXT, Items, Nothing, Number, Quotient, Record, Spread
from engine.feel.sql.within import settled

__all__ = ["json_of", "plain_text", "worded"]

_CONTROL: Final = r"'[\x0b\x0e\x0f\x1a-\x1f]'"


def plain_text(plan: Plan, operand: Operand) -> str:
    """The text of a single value as `string` gives it; NULL where it is none or unknown.

    Raises:
        NotCovered: for other values.
    """
    if operand.shape == BOOLEAN:
        return f"CASE WHEN {operand.sql} THEN 'true' WHEN NOT {operand.sql} THEN 'false' END"
    return _single(plan, operand)


def _single(plan: Plan, operand: Operand) -> str:
    match operand.shape:
        case Number() as shape:
            return number_text(plan, operand.sql, shape)
        case Quotient() as shape:
            return quotient_text(plan, operand.sql, shape)
        case shape if shape == TEXT:
            return operand.sql
        case shape if shape == DAY:
            return f"{operand.sql}::VARCHAR"
        case Nothing():
            return f"{NULL}::VARCHAR"
        case _:
            raise NotCovered("the text of such a value")


def worded(plan: Plan, operand: Operand, none: str) -> str:
    """How a message says a value: a VARCHAR, NULL only where something in the value is unknown.

    Args:
        plan: where columns go.
        operand: the value.
        none: what the message says for none.

    Raises:
        NotCovered: for a context, and a quotient with very many digits.
    """
    if isinstance(operand.shape, Items):
        text, _ = settled(plan, f"array_to_string({_worded_items(plan, operand, none)}, ', ')", [operand])
    elif operand.shape == BOOLEAN:
        text = f"CASE WHEN {operand.sql} THEN 'yes' WHEN NOT {operand.sql} THEN 'no' END"
    else:
        text = _single(plan, operand)
    return plan.column(_or_none(operand, text, quoted(none)))


def _worded_items(plan: Plan, operand: Operand, none: str) -> str:
    item = plan.item()
    words = worded(plan, item_of(operand.items, item), none)
    return f"list_transform({operand.sql}, lambda {item}: {words})"


def _or_none(operand: Operand, text: str, none: str) -> str:
    """`text`, or what stands for none."""
    if not operand.optional:
        return text
    there = f"WHEN {operand.sql} IS NOT NULL THEN {text}"
    return f"CASE {there} WHEN NOT {operand.unknown} THEN {none} END"


def json_of(plan: Plan, operand: Operand) -> str:
    """A value as JSON: a VARCHAR, NULL only where something in the value is unknown.

    Numbers are written with all their digits and without an exponent, dates as their text, none as `null`; nothing
    stands between the parts.

    Raises:
        NotCovered: for a quotient with very many digits.
    """
    match operand.shape:
        case Items():
            item = plan.item()
            inner = json_of(plan, item_of(operand.items, item))
            items = f"list_transform({operand.sql}, lambda {item}: {inner})"
            text, _ = settled(plan, f"'[' || array_to_string({items}, ',') || ']'", [operand])
        case Record() | Spread():
            text = _json_record(plan, operand)
        case shape if shape == BOOLEAN:
            text = f"{operand.sql}::VARCHAR"
        case shape if shape == TEXT:
            text = _json_text(plan, operand.sql)
        case shape if shape == DAY:
            text = f"'\"' || {operand.sql} || '\"'"
        case _:
            text = _single(plan, operand)
    return plan.column(_or_none(operand, text, "'null'"))


def _json_record(plan: Plan, operand: Operand) -> str:
    """An entry that is NULL makes all of it NULL."""
    shape = operand.shape
    assert isinstance(shape, Record | Spread)
    of = operand if isinstance(shape, Spread) else Operand(operand.sql, shape, known=True)
    parts = []
    for place, name in enumerate(shape.entries):
        key = quoted(f"{',' if place else '{'}{_json_string(name)}:")
        parts.append(f"{key} || {json_of(plan, entry_of(of, name))}")
    whole = f"({' || '.join(parts)} || '}}')" if parts else "'{}'"
    open_ = operand.unknown if isinstance(shape, Spread) else f"({operand.sql} IS NULL)"
    return whole if open_ == FALSE else f"CASE WHEN NOT {open_} THEN {whole} END"


def _json_text(plan: Plan, sql: str) -> str:
    """A string as JSON. SQL escapes as Python does, but for the case of a digit of a few control characters."""
    item = plan.item()
    escaped = (
        f"CASE WHEN regexp_matches({item}, {_CONTROL}) THEN printf('\\u%04x', ord({item})) ELSE {_unquoted(item)} END"
    )
    by_characters = f"array_to_string(list_transform(string_split({sql}, ''), lambda {item}: {escaped}), '')"
    rare = f"WHEN regexp_matches({sql}, {_CONTROL}) THEN '\"' || {by_characters} || '\"'"
    return f"CASE {rare} ELSE to_json({sql})::VARCHAR END"


def _unquoted(character: str) -> str:
    return f"substring(to_json({character})::VARCHAR, 2, length(to_json({character})::VARCHAR) - 2)"


def _json_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
