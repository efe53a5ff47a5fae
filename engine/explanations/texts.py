"""Values as FEEL writes them."""

from __future__ import annotations

from typing import Any, Final

from engine.feel.ranges import Range
from engine.feel.temporal import DateTime, DaysDuration, MonthsDuration, Time, is_date
from engine.feel.unknown import Unknown
from engine.feel.values import entries, is_context, text

__all__ = ["MAX_VALUE", "NOT_KNOWN", "feel_text"]

MAX_VALUE: Final = 1_000
"""Characters after which the text of a value is cut; it then ends in an ellipsis."""

NOT_KNOWN: Final = "(not known)"

_CONSTRUCTORS: Final = (
    (Time, "time"),
    (DateTime, "date and time"),
    (DaysDuration, "duration"),
    (MonthsDuration, "duration"),
)


def feel_text(value: Any) -> str:
    """The value as it could be written in an expression, at most MAX_VALUE characters: `true`, `"B"`, `[1, 2]`."""
    written = _written(value)
    return written if len(written) <= MAX_VALUE else f"{written[: MAX_VALUE - 1]}…"


def _written(value: Any) -> str:
    if value.__class__ is Unknown:
        return NOT_KNOWN
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if is_date(value):
        return f'date("{text(value)}")'
    if isinstance(value, list):
        return f"[{_listed(value)}]"
    if is_context(value):
        inner = ", ".join(f"{name}: {_written(item)}" for name, item in entries(value).items())
        return f"{{{inner}}}"
    if isinstance(value, Range):
        return _range(value)
    for kind, constructor in _CONSTRUCTORS:
        if isinstance(value, kind):
            return f'{constructor}("{text(value)}")'
    return "null" if value is None else str(text(value))


def _listed(items: list[Any]) -> str:
    """Items until the text is long enough to be cut anyway."""
    words: list[str] = []
    length = 0
    for item in items:
        if length > MAX_VALUE:
            break
        words.append(_written(item))
        length += len(words[-1]) + 2
    return ", ".join(words)


def _range(value: Range) -> str:
    low = "" if value.low is None else _written(value.low)
    high = "" if value.high is None else _written(value.high)
    return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"
