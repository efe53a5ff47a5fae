"""What one evaluation is given besides its values: the date, the calendar, and how many steps it may take."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.feel.errors import FeelBudgetError

__all__ = ["DEFAULT_STEPS", "MAX_ITEMS", "MAX_TEXT", "Run"]

DEFAULT_STEPS = 1_000_000
"""Steps that one evaluation may take unless the caller says otherwise; an item looked at in a loop is a step."""

MAX_ITEMS = 100_000
"""Items that a list made by an expression may have."""

MAX_TEXT = 1_000_000
"""Characters that a string made by an expression may have."""


class Run:
    """One evaluation.

    Attributes:
        as_of: the decision's date, which `today()` is; None where the clock is not part of the question.
        calendar: the calendar of the case, or None.
        steps: steps left.
    """

    __slots__ = ("as_of", "calendar", "steps")

    def __init__(self, as_of: date | None = None, calendar: Any = None, steps: int = DEFAULT_STEPS) -> None:
        self.as_of = as_of
        self.calendar = calendar
        self.steps = steps

    def spend(self, steps: int) -> None:
        """Takes `steps` off what is left.

        Raises:
            FeelBudgetError: when there are none left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetError("the expression takes more steps than one evaluation may")
