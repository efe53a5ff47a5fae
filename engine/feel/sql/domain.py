"""The values that something can have, where that hangs on a few choices only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Domain", "Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """One choice.

    Attributes:
        code: SQL of its number among the choices, an INTEGER from 0; never NULL for a case that SQL decides.
        size: how many choices there are.
    """

    code: str
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """A value for every combination of choices.

    Attributes:
        parts: the choices; none for a constant.
        values: the value of each combination, the last choice changing first.
    """

    parts: tuple[Part, ...]
    values: tuple[Any, ...]

    def value(self, at: Mapping[Part, int]) -> Any:
        """The value where each choice has the number in `at`."""
        place = 0
        for part in self.parts:
            place = place * part.size + at[part]
        return self.values[place]
