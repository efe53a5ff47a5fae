"""SQL as a target: a checked expression becomes an expression of DuckDB's SQL over columns of many cases.

Unknown and none are kept apart. What may not be none is unknown where it is NULL, so that SQL's three-valued logic is
FEEL's with the unknown; what may be none has a flag beside it. Wherever it gives a value, that value is the one that
the interpreter gives; it may give unknown for more.
"""

from engine.feel.sql import calls, comparisons, logic, loops, membership, values
from engine.feel.sql.compiler import Compiler
from engine.feel.sql.errors import NotCovered
from engine.feel.sql.operand import Operand
from engine.feel.sql.plan import Plan

__all__ = ["Compiler", "NotCovered", "Operand", "Plan"]

_EMITTERS = (calls, comparisons, logic, loops, membership, values)
