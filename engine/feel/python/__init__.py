"""Python as a target: a checked expression becomes the source of statements, which Python compiles once.

What is known when a ruleset is loaded is decided then: which comparison, which entry, which place of an ordered choice.
What remains is plain Python on plain values, with a test for the unknown wherever a value may be unknown.
"""

from engine.feel.python import calls, comparisons, logic, loops, unary_tests, values
from engine.feel.python.compiler import Compiler, compile_expression
from engine.feel.python.source import Operand, Source, access

__all__ = ["Compiler", "Operand", "Source", "access", "compile_expression"]

_EMITTERS = (calls, comparisons, logic, loops, unary_tests, values)
