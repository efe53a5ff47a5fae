"""What the garbage collector need not look at."""

from __future__ import annotations

import gc

__all__ = ["set_aside"]


def set_aside() -> None:
    """Keeps all that there is now out of later collections.

    Rulesets stay for as long as they serve. A full collection would go through all of them, which stops every call for
    some fifty milliseconds; without them it is hardly noticed. What was set aside before and is not used any more is
    freed first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
