"""What is printed where: answers on standard output, everything else on standard error."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["json_line", "json_text", "note", "screen", "write_json"]

_WIDTH_OF_A_PIPE: Final = 100
"""Columns where there is no terminal to ask."""


def screen(*, errors: bool = False) -> Console:
    """Where text for people goes."""
    from clients.cli.safe_console import SafeConsole

    stream = sys.stderr if errors else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_PIPE
    return SafeConsole(file=stream, width=width, highlight=False, markup=False, emoji=False)


def note(text: str) -> None:
    """Says something on standard error that belongs to no answer."""
    print(text, file=sys.stderr)


def write_json(value: object) -> None:
    """Prints `value` as JSON."""
    print(json_text(value))


def json_text(value: object) -> str:
    """`value` as indented JSON: dataclasses as objects, dates and paths as strings, decimals with all their digits."""
    import msgspec

    encoded = msgspec.json.Encoder(decimal_format="number").encode(_plain(value))
    return msgspec.json.format(encoded, indent=2).decode()


def json_line(value: object) -> str:
    """The same, on one line."""
    import msgspec

    return msgspec.json.Encoder(decimal_format="number").encode(_plain(value)).decode()


def _plain(value: Any) -> Any:
    """Dataclasses by their fields; a name that Python reserves (`from_`) without its underscore."""
    if is_dataclass(value):
        return {field.name.rstrip("_"): _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
