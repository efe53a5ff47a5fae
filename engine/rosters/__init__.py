"""The roster engine: a table of cases in, a table of decisions out, each the same as the case engine's. No files here.

Both tables are Arrow record batches: `columns` says how cases stand in one, `rows` how decisions do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.rosters.engine import RosterEngine
    from engine.rosters.model import Decided, Question, Reject, RosterSettings
    from engine.rosters.uncovered import Uncovered

__all__ = ["Decided", "Question", "Reject", "RosterEngine", "RosterSettings", "Uncovered"]


def __getattr__(name: str) -> Any:
    """The public names, read when one is asked for: who only checks a ruleset needs neither Arrow nor DuckDB."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    module = {"RosterEngine": "engine", "Uncovered": "uncovered"}.get(name, "model")
    return getattr(import_module(f"{__name__}.{module}"), name)
