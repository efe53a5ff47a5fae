"""The built-in functions: the standard's (DMN 1.5, chapter 10.3.4) and Rollbook's own."""

from engine.feel.builtins.model import Builtin, Overload, Param
from engine.feel.builtins.registry import arrange, get, invoke, names

__all__ = ["Builtin", "Overload", "Param", "arrange", "get", "invoke", "names"]
