"""What occurs anywhere in a batch of cases: what a query is written for."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

__all__ = ["EVERYTHING", "NONE_SUFFIX", "Profile"]

NONE_SUFFIX: Final = "__none"
"""Ends the name of the column that says of a fact that it is none. No fact is called so: names have no two underscores
in a row."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What occurs in a batch, by the paths of facts and lists.

    Attributes:
        left_out: what is left out of a case, or of an item. For a fact that declares what none means, `path__none`
            stands among them when none is said of it.
        wrong: what is not as declared somewhere: out of its bounds, no choice, a list that SQL does not look through.
        later: events that lie after the decisions' date.
    """

    left_out: Container[str]
    wrong: Container[str]
    later: Container[str]


class _All:
    """Contains everything."""

    def __contains__(self, _: object) -> bool:
        return True


EVERYTHING: Final = Profile(_All(), _All(), _All())
"""The profile of a batch in which everything occurs."""
