"""Whether conditions that are checked apart can be true together."""

from __future__ import annotations

from engine.feel.checked import Checked
from engine.feel.checker import always
from engine.feel.syntax import And
from engine.feel.types import BOOLEAN

__all__ = ["contradict"]


def contradict(*conditions: Checked) -> bool:
    """Whether the conditions plainly cannot all be true of one case."""
    both = Checked(
        root=And(conditions[0].root.span, tuple(condition.root for condition in conditions)),
        type=BOOLEAN,
        types={node: type_ for condition in conditions for node, type_ in condition.types.items()},
        references={node: meaning for condition in conditions for node, meaning in condition.references.items()},
        source="",
        strict=True,
    )
    return always(both) is False
