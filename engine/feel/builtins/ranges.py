"""Built-ins that compare points and ranges (DMN 1.5, table 78), after Allen's interval algebra.

A range without a bound reaches endlessly far on that side, and does not include that end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.feel.builtins.fitting import POINT, element, join, range_of
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.comparisons import equal, less
from engine.feel.ranges import Range
from engine.feel.types import BOOLEAN, RangeType, Type

__all__ = ["BUILTINS"]


class _Unordered(Exception):  # noqa: N818 - it never leaves this module
    """Two points have no order: the result is null."""


def _compared(left: Any, right: Any) -> int:
    """-1, 0 or 1 for before, equal, after."""
    if less(left, right) is True:
        return -1
    if equal(left, right) is True:
        return 0
    if less(right, left) is True:
        return 1
    raise _Unordered


def _ends(left: Any, left_side: int, right: Any, right_side: int) -> int:
    """The order of two ends of ranges; an end that is None is endlessly far on its side (-1 low, 1 high)."""
    if left is None or right is None:
        far_left = left_side if left is None else 0
        far_right = right_side if right is None else 0
        return (far_left > far_right) - (far_left < far_right)
    return _compared(left, right)


def _before_points(left: Any, right: Any) -> bool:
    return _compared(left, right) < 0


def _before_range(point: Any, range_: Range) -> bool:
    if range_.low is None:
        return False
    order = _compared(point, range_.low)
    return order < 0 or (order == 0 and not range_.low_included)


def _range_before(range_: Range, point: Any) -> bool:
    if range_.high is None:
        return False
    order = _compared(range_.high, point)
    return order < 0 or (order == 0 and not range_.high_included)


def _before_ranges(left: Range, right: Range) -> bool:
    order = _ends(left.high, 1, right.low, -1)
    return order < 0 or (order == 0 and not (left.high_included and right.low_included))


def _meets(left: Range, right: Range) -> bool:
    return left.high_included and right.low_included and _ends(left.high, 1, right.low, -1) == 0


def _overlaps(left: Range, right: Range) -> bool:
    return not _before_ranges(left, right) and not _before_ranges(right, left)


def _overlaps_before(left: Range, right: Range) -> bool:
    starts = _ends(left.low, -1, right.low, -1)
    ends = _ends(left.high, 1, right.high, 1)
    return (
        (starts < 0 or (starts == 0 and left.low_included and not right.low_included))
        and not _before_ranges(left, right)
        and (ends < 0 or (ends == 0 and (not left.high_included or right.high_included)))
    )


def _finishes_point(point: Any, range_: Range) -> bool:
    return range_.high is not None and range_.high_included and _compared(range_.high, point) == 0


def _finishes_range(left: Range, right: Range) -> bool:
    starts = _ends(left.low, -1, right.low, -1)
    return (
        left.high_included == right.high_included
        and _ends(left.high, 1, right.high, 1) == 0
        and (starts > 0 or (starts == 0 and (not left.low_included or right.low_included)))
    )


def _starts_point(point: Any, range_: Range) -> bool:
    return range_.low is not None and range_.low_included and _compared(range_.low, point) == 0


def _starts_range(left: Range, right: Range) -> bool:
    ends = _ends(left.high, 1, right.high, 1)
    return (
        left.low_included == right.low_included
        and _ends(left.low, -1, right.low, -1) == 0
        and (ends < 0 or (ends == 0 and (not left.high_included or right.high_included)))
    )


def _during_point(point: Any, range_: Range) -> bool:
    return not _before_range(point, range_) and not _range_before(range_, point)


def _during_range(left: Range, right: Range) -> bool:
    starts = _ends(left.low, -1, right.low, -1)
    ends = _ends(left.high, 1, right.high, 1)
    return (starts > 0 or (starts == 0 and (right.low_included or not left.low_included))) and (
        ends < 0 or (ends == 0 and (right.high_included or not left.high_included))
    )


def _coincide_points(left: Any, right: Any) -> bool:
    return _compared(left, right) == 0


def _coincide_ranges(left: Range, right: Range) -> bool:
    return (
        _ends(left.low, -1, right.low, -1) == 0
        and _ends(left.high, 1, right.high, 1) == 0
        and left.low_included == right.low_included
        and left.high_included == right.high_included
    )


_Relation = Callable[[Any, Any], bool]


def _swapped(relation: _Relation) -> _Relation:
    return lambda left, right: relation(right, left)


_RANGES: Final = range_of(POINT)
_PARAMETERS: Final = {
    "pp": (Param("point1", POINT), Param("point2", POINT)),
    "pr": (Param("point", POINT), Param("range", _RANGES)),
    "rp": (Param("range", _RANGES), Param("point", POINT)),
    "rr": (Param("range1", _RANGES), Param("range2", _RANGES)),
}


def _boolean_if_alike(arguments: tuple[Type, ...]) -> Type | None:
    left, right = (element(type_) if isinstance(type_, RangeType) else type_ for type_ in arguments)
    return BOOLEAN if join(left, right) is not None else None


def _relation(name: str, **ways: _Relation) -> Builtin:
    """A built-in with one relation for each combination (`pr`: a point and a range) that it takes."""

    def call(left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        shape = ("r" if left.__class__ is Range else "p") + ("r" if right.__class__ is Range else "p")
        relation = ways.get(shape)
        try:
            return None if relation is None else relation(left, right)
        except _Unordered:
            return None

    overloads = tuple(Overload(_PARAMETERS[shape], _boolean_if_alike, "unknown") for shape in ways)
    return Builtin(name, overloads, call, unknown="deep")


BUILTINS: Final = (
    _relation("before", pp=_before_points, pr=_before_range, rp=_range_before, rr=_before_ranges),
    _relation(
        "after",
        pp=_swapped(_before_points),
        pr=_swapped(_range_before),
        rp=_swapped(_before_range),
        rr=_swapped(_before_ranges),
    ),
    _relation("meets", rr=_meets),
    _relation("met by", rr=_swapped(_meets)),
    _relation("overlaps", rr=_overlaps),
    _relation("overlaps before", rr=_overlaps_before),
    _relation("overlaps after", rr=_swapped(_overlaps_before)),
    _relation("finishes", pr=_finishes_point, rr=_finishes_range),
    _relation("finished by", rp=_swapped(_finishes_point), rr=_swapped(_finishes_range)),
    _relation("includes", rp=_swapped(_during_point), rr=_swapped(_during_range)),
    _relation("during", pr=_during_point, rr=_during_range),
    _relation("starts", pr=_starts_point, rr=_starts_range),
    _relation("started by", rp=_swapped(_starts_point), rr=_swapped(_starts_range)),
    _relation("coincides", pp=_coincide_points, rr=_coincide_ranges),
)
