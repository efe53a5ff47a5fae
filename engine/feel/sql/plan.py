"""What all expressions of one query share: the columns, the date, the calendar, and the cases that SQL leaves out."""

from __future__ import annotations

from datetime import date

from engine.calendars.calendar import Calendar
from engine.feel.sql.query import ITEM, Query, free_items

__all__ = ["Plan"]


class Plan:
    """A query in the making, for one date and calendar.

    Attributes:
        query: its columns.
        as_of: the decisions' date.
        calendar: what school and business days are counted in, or None.
        left_out: conditions, never NULL, on which a case is left to the case engine.
    """

    def __init__(self, as_of: date, calendar: Calendar | None) -> None:
        self.query = Query()
        self.as_of = as_of
        self.calendar = calendar
        self.left_out: list[str] = []
        self._items = 0

    def column(self, sql: str) -> str:
        """What reads `sql`, worked out once for each case; within a loop, what hangs on an item is written as it is."""
        return f"({sql})" if self.in_loop(sql) else self.query.column(sql)

    def shared(self, name: str, sql: str) -> str:
        """What reads `sql`, a value that is the same for every case, made once for the whole query under `name`."""
        return self.query.shared(name, sql)

    def item(self) -> str:
        """A name for the items of a loop."""
        self._items += 1
        return f"{ITEM}{self._items}{ITEM}"

    def in_loop(self, sql: str) -> bool:
        """Whether `sql` hangs on an item of a loop around it."""
        return ITEM in sql and bool(free_items(sql))

    def leave_out(self, condition: str) -> None:
        """Leaves a case to the case engine when `condition`, which is never NULL, is true."""
        if condition not in self.left_out:
            self.left_out.append(condition)
