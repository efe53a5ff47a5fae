"""Python source in the making: statements, the constants they name, and what is known of the values they leave."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.python import support
from engine.feel.unknown import Unknown, join

__all__ = ["Operand", "Source", "access"]


@dataclass(frozen=True, slots=True)
class Operand:
    """A value that generated code has at hand: a variable, a constant, an attribute of one.

    Attributes:
        code: Python code that gives it, without side effects and cheap enough to be repeated.
        known: whether it can never be Unknown itself.
        items_known: for a list, whether none of its items can be Unknown itself.
        all_known: whether nothing within it can be Unknown, however deep, when it is not Unknown itself.
    """

    code: str
    known: bool = False
    items_known: bool = False
    all_known: bool = False

    @classmethod
    def certain(cls, code: str) -> Operand:
        """A value in which nothing can be Unknown."""
        return cls(code, known=True, items_known=True, all_known=True)

    def item(self, code: str) -> Operand:
        """An item of this list, which `code` gives."""
        return Operand.certain(code) if self.all_known else Operand(code, known=self.items_known)


def access(record: str, name: str) -> str:
    """Python code that reads the entry `name` of the record that the code `record` gives."""
    return f"getattr({record}, {name!r})" if keyword.iskeyword(name) else f"{record}.{name}"


class Source:
    """Statements of Python, line by line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0
        self._fresh = 0
        self._constants: dict[str, Any] = {"U": Unknown, "join": join, "support": support}
        self._ranks: dict[tuple[str, ...], str] = {}
        self._known_constants: dict[tuple[type, Any], str] = {}

    def define(self, name: str, value: Any) -> None:
        """Makes `value` a global of the source."""
        self._constants[name] = value

    def line(self, text: str) -> None:
        """Adds a statement."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Adds a compound statement; what is added within is its body."""
        self.line(header)
        self._depth += 1
        length = len(self._lines)
        yield
        if len(self._lines) == length:
            self.line("pass")
        self._depth -= 1

    def fresh(self, prefix: str = "t") -> str:
        """A variable name that is not used yet."""
        self._fresh += 1
        return f"{prefix}{self._fresh}"

    def assign(self, code: str, prefix: str = "t") -> str:
        """Puts the value of `code` into a fresh variable."""
        name = self.fresh(prefix)
        self.line(f"{name} = {code}")
        return name

    def constant(self, value: Any, prefix: str = "K") -> str:
        """Code for a value that does not change: itself when Python has a literal for it, else a global name."""
        kind = value.__class__
        if value is None or kind in {bool, str} or (kind is int and abs(value) < 10**30):
            return repr(value)
        if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**30:
            return repr(int(value))
        try:
            key = (value.__class__, value)
            name = self._known_constants.get(key)
        except TypeError:
            key, name = None, None
        if name is None:
            name = self.fresh(prefix)
            self._constants[name] = value
            if key is not None:
                self._known_constants[key] = name
        return name

    def named(self, code: str) -> Any:
        """The value of a constant that has the name `code`; None where that is no such name."""
        return self._constants.get(code)

    def place_of(self, code: str, choices: tuple[str, ...]) -> str:
        """Code for the place in `choices` of the string that `code` gives."""
        for place, choice in enumerate(choices):
            if code == repr(choice):
                return repr(place)
        if choices not in self._ranks:
            self._ranks[choices] = self.fresh("RANK")
            self._constants[self._ranks[choices]] = {choice: place for place, choice in enumerate(choices)}
        return f"{self._ranks[choices]}[{code}]"

    def text(self) -> str:
        """The source so far."""
        return "\n".join(self._lines) + "\n"

    def functions(self, filename: str) -> Callable[[str], Any]:
        """Compiles the source; gives what finds a function of it by name."""
        names = dict(self._constants)
        exec(compile(self.text(), filename, "exec"), names)  # noqa: S102 - written by emitters, texts only as literals
        return names.__getitem__
