"""The case engine: one case in, one decision out, as fast as generated Python can."""

from engine.cases.engine import CaseEngine
from engine.cases.together import decide_together

__all__ = ["CaseEngine", "decide_together"]
