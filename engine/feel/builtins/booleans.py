"""Built-ins on booleans (DMN 1.5, table 74), and `is`."""

from __future__ import annotations

from typing import Any, Final

from engine.feel.builtins.fitting import ANYTHING
from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.comparisons import negation
from engine.feel.types import BOOLEAN
from engine.feel.values import key, kind_of

__all__ = ["BUILTINS"]


def _is(left: Any, right: Any = None) -> bool:
    """Whether both are the same element of the same domain: an offset of `+00:00` and no zone are two things."""
    if kind_of(left) != kind_of(right):
        return False
    return bool(left == right) if kind_of(left) in {"time", "date and time"} else bool(key(left) == key(right))


BUILTINS: Final = (
    Builtin("not", (Overload((Param("negand", BOOLEAN),), BOOLEAN),), negation),
    Builtin(
        "is",
        (
            Overload(
                (
                    Param("value1", ANYTHING, accepts_none=True),
                    Param("value2", ANYTHING, optional=True, accepts_none=True),
                ),
                BOOLEAN,
            ),
        ),
        _is,
        unknown="deep",
    ),
)
