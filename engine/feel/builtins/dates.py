"""Built-ins on dates (DMN 1.5, tables 80 and 81). Weeks are ISO 8601 weeks, from Monday."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engine.feel.builtins.conversions import day_of
from engine.feel.builtins.fitting import DAY, INTEGER
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.run import Run
from engine.feel.temporal import Date, DateTime, stand_in
from engine.feel.temporal_arithmetic import weekday
from engine.feel.types import DATE, DATE_TIME, ScalarType, Type

__all__ = ["BUILTINS", "MONTHS", "WEEKDAYS"]

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""The days of the week, from Monday."""
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""The months of the year."""


def _today(run: Run) -> Date | None:
    """The decision's date; null where there is none."""
    return run.as_of


def _now(run: Run) -> DateTime | None:
    """Midnight in UTC of the decision's date, since no clock is read; null where there is none."""
    return None if run.as_of is None else DateTime(run.as_of, 0, 0)


def _of_day(name: str, result: Type, read: Callable[[Date], Any]) -> Builtin:
    def call(value: Any) -> Any:
        day = day_of(value)
        return None if day is None else read(day)

    return Builtin(name, (Overload((Param("date", DAY),), result),), call)


BUILTINS: Final = (
    _of_day("day of year", INTEGER, lambda day: stand_in(day).timetuple().tm_yday),
    _of_day("day of week", ScalarType("string", choices=WEEKDAYS), lambda day: WEEKDAYS[weekday(day) - 1]),
    _of_day("month of year", ScalarType("string", choices=MONTHS), lambda day: MONTHS[day.month - 1]),
    _of_day("week of year", INTEGER, lambda day: stand_in(day).isocalendar().week),
    Builtin("today", (Overload((), DATE),), _today, needs_run=True),
    Builtin("now", (Overload((), DATE_TIME),), _now, needs_run=True, strict=False),
)
