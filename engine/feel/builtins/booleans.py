"""To come."""

from engine.feel.builtins.model import Builtin

__all__ = ["BUILTINS"]

BUILTINS: tuple[Builtin, ...] = ()
