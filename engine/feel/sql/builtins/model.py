"""What writes the call of a built-in function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from engine.feel.sql.compiler import Compiler
from engine.feel.sql.operand import Operand
from engine.feel.syntax import Call

__all__ = ["Emit"]

Emit: TypeAlias = Callable[[Compiler, Call, Sequence[Operand]], Operand]
"""Takes the compiler, the call, and its arguments in the order of the parameters; raises NotCovered."""
