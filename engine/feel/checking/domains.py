"""Whether several demands on one value can be met together: `x = "a"` and `x = "b"` cannot, nor `n < 3` and `n > 5`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import Any, Final
from typing import Literal as OneOf

from engine.feel.types import ScalarType, Type

__all__ = ["Demand", "Demanded", "can_be_met", "opposite"]

Demanded = OneOf["=", "!=", "<", "<=", ">", ">=", "none", "given"]

_OPPOSITES: Final[dict[Demanded, Demanded]] = {
    "=": "!=",
    "!=": "=",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "none": "given",
    "given": "none",
}
_MOST_TRIED = 100


@dataclass(frozen=True, slots=True)
class Demand:
    """`subject op value`, where op can also say that the subject is none, or that it is given.

    Attributes:
        subject: which value it is about; what is equal is the same value.
        type: its type where the demand stands.
        op: what is demanded.
        value: a known value of that type; None with `none` and `given`.
    """

    subject: Hashable
    type: Type
    op: Demanded
    value: Any = None


def opposite(demand: Demand) -> Demand:
    """The demand that is met exactly when `demand` is not."""
    return Demand(demand.subject, demand.type, _OPPOSITES[demand.op], demand.value)


def can_be_met(demands: Iterable[Demand]) -> bool:
    """Whether there are values for which all the demands hold. True also when that cannot be told."""
    by_subject: dict[Hashable, list[Demand]] = {}
    for demand in demands:
        by_subject.setdefault(demand.subject, []).append(demand)
    return all(_can_one_be(one) for one in by_subject.values())


def _can_one_be(demands: Sequence[Demand]) -> bool:
    if all(demand.op in {"none", "!="} for demand in demands) and all(demand.type.optional for demand in demands):
        return True
    if any(demand.op == "none" for demand in demands):
        return False
    type_ = demands[0].type
    wanted = [demand for demand in demands if demand.op != "given"]
    if not isinstance(type_, ScalarType):
        return True
    tried = _candidates(type_, wanted)
    if tried is not None:
        return any(all(_holds(type_, value, demand) for demand in wanted) for value in tried)
    return type_.name == "string" or _room_between(type_, wanted)


def _candidates(type_: ScalarType, demands: Sequence[Demand]) -> Sequence[Any] | None:
    """Values among which one must be that meets all the demands, if any does; None when they cannot be listed."""
    equal = [demand.value for demand in demands if demand.op == "="]
    if equal:
        return equal[:1]
    if type_.name == "boolean":
        return (True, False)
    return type_.choices or None


def _holds(type_: ScalarType, value: Any, demand: Demand) -> bool:
    other = demand.value
    if type_.ordered and demand.op not in {"=", "!="}:
        value, other = type_.choices.index(value), type_.choices.index(other)
    match demand.op:
        case "=":
            return bool(value == other)
        case "!=":
            return bool(value != other)
        case "<":
            return bool(value < other)
        case "<=":
            return bool(value <= other)
        case ">":
            return bool(value > other)
        case ">=":
            return bool(value >= other)
        case _:
            return True


def _room_between(type_: ScalarType, demands: Sequence[Demand]) -> bool:
    """Whether a number, date or duration lies between all the bounds and is not one of those ruled out."""
    lows = [(demand.value, demand.op == ">") for demand in demands if demand.op in {">", ">="}]
    highs = [(demand.value, demand.op == "<") for demand in demands if demand.op in {"<", "<="}]
    out = [demand.value for demand in demands if demand.op == "!="]
    if not lows or not highs:
        return True
    low, low_out = max(lows)
    high, high_out = min(highs, key=lambda bound: (bound[0], not bound[1]))
    if low == high:
        return not low_out and not high_out and low not in out
    if low > high:
        return False
    if type_.name == "number" and type_.integer:
        return _whole_number_between(low, high, out, ends_out=(low_out, high_out))
    return True


def _whole_number_between(low: Decimal, high: Decimal, out: Sequence[Any], *, ends_out: tuple[bool, bool]) -> bool:
    first, last = ceil(low), floor(high)
    first += ends_out[0] and first == low
    last -= ends_out[1] and last == high
    if last - first > _MOST_TRIED + len(out):
        return True
    return any(number not in out for number in range(first, last + 1))
