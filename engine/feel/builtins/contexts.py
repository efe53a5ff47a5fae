"""Built-ins on contexts (DMN 1.5, table 82). Rulesets do not use them: the types of entries depend on values."""

from __future__ import annotations

from typing import Any, Final

from engine.feel.builtins.fitting import ANYTHING
from engine.feel.builtins.model import Builtin, Overload, Param, UnknownPolicy
from engine.feel.types import ANY, STRING, ContextType, ListType
from engine.feel.unknown import Unknown
from engine.feel.unknown import join as join_unknowns
from engine.feel.values import entries, entry, is_context

__all__ = ["BUILTINS"]


def _get_value(context: Any, name: Any) -> Any:
    return entry(context, name) if is_context(context) and name.__class__ is str else None


def _get_entries(context: Any) -> list[Any] | None:
    """Each entry as a context with `key` and `value`, in their order."""
    if not is_context(context):
        return None
    return [{"key": name, "value": value} for name, value in entries(context).items()]


def _context(items: Any) -> Any:
    """The context of a list of contexts with `key` and `value`; null when a key is missing or comes twice."""
    if items.__class__ is Unknown:
        return items
    if items.__class__ is not list:
        return None
    unknowns = [item for item in items if item.__class__ is Unknown]
    made: dict[str, Any] = {}
    for item in items:
        if item.__class__ is Unknown:
            continue
        have = entries(item) if is_context(item) else {}
        name = have.get("key")
        if name.__class__ is Unknown:
            unknowns.append(name)
        elif name.__class__ is not str or name in made or "value" not in have:
            return None
        else:
            made[name] = have["value"]
    return join_unknowns(*unknowns) if unknowns else made


def _context_put(context: Any, where: Any, value: Any, key: Any = None) -> Any:
    """The context with an entry added or replaced; a list of names is the way to an entry within contexts.

    `key` is the name when it is given by name, where a list is wrong.
    """
    if key is not None:
        where = None if key.__class__ is list else key
    path = where if where.__class__ is list else [where]
    unknowns = [part for part in (context, *path) if part.__class__ is Unknown]
    if unknowns:
        return join_unknowns(*unknowns)
    if not path or not all(name.__class__ is str for name in path):
        return None
    opened: list[dict[str, Any]] = []
    inner = context
    for name in path:
        if not is_context(inner):
            return inner if inner.__class__ is Unknown else None
        opened.append(dict(entries(inner)))
        inner = opened[-1].get(name)
    for entry_of, name in zip(reversed(opened), reversed(path), strict=True):
        entry_of[name] = value
        value = entry_of
    return value


def _context_merge(contexts: Any) -> Any:
    """One context with the entries of all; of entries with the same name the last counts."""
    if contexts.__class__ is Unknown:
        return contexts
    if contexts.__class__ is not list or not all(item.__class__ is Unknown or is_context(item) for item in contexts):
        return None
    if any(item.__class__ is Unknown for item in contexts):
        return join_unknowns(*contexts)
    return {name: value for item in contexts for name, value in entries(item).items()}


_ANY_CONTEXT: Final = ContextType()
_VALUE: Final = Param("value", ANYTHING, accepts_none=True)


def _dynamic(name: str, overloads: tuple[Overload, ...], call: Any, unknown: UnknownPolicy = "custom") -> Builtin:
    return Builtin(name, overloads, call, unknown=unknown, strict=False)


BUILTINS: Final = (
    _dynamic(
        "get value",
        (Overload((Param("m", _ANY_CONTEXT), Param("key", STRING)), ANY, "none"),),
        _get_value,
        "shallow",
    ),
    _dynamic(
        "get entries",
        (Overload((Param("m", _ANY_CONTEXT),), ListType(ContextType({"key": STRING, "value": ANY}))),),
        _get_entries,
        "shallow",
    ),
    _dynamic("context", (Overload((Param("entries", ListType(ANY)),), _ANY_CONTEXT, "unknown"),), _context),
    _dynamic(
        "context put",
        (
            Overload(
                (Param("context", _ANY_CONTEXT), Param("key", STRING), _VALUE), _ANY_CONTEXT, "unknown", (0, 3, 2)
            ),
            Overload(
                (Param("context", _ANY_CONTEXT), Param("keys", ListType(STRING)), _VALUE), _ANY_CONTEXT, "unknown"
            ),
        ),
        _context_put,
    ),
    _dynamic(
        "context merge",
        (Overload((Param("contexts", ListType(_ANY_CONTEXT)),), _ANY_CONTEXT, "unknown"),),
        _context_merge,
    ),
)
