"""The types of columns, and what a cell of each type says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from engine.feel.errors import FeelError
from engine.feel.parser import parse
from engine.feel.syntax import Literal
from engine.feel.temporal import DaysDuration, MonthsDuration
from engine.feel.temporal_text import parse_date, parse_date_time, parse_duration
from engine.feel.types import Type
from engine.rulesets.binding.facts import FactBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.facts import Fact, feel_type
from engine.rulesets.findings import Path, did_you_mean
from engine.rulesets.scalars import decimals, exact

__all__ = ["CellError", "Column", "column_of", "quoted"]

_SIMPLE: Final = ("string", "integer", "decimal", "boolean", "date")
_NUMBER: Final = re.compile(r"[-+]?(?=[\d.]{1,35}$)(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)


class CellError(Exception):
    """A cell that says nothing of its column's type."""

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what its cells can say is what `fact` can be."""

    fact: Fact

    @property
    def type(self) -> Type:
        """The type that expressions see."""
        return feel_type(self.fact)

    def value(self, text: str) -> Any:
        """What the cell says.

        Raises:
            CellError: when it says nothing of this type.
        """
        if text == "null" and self.fact.may_be_none:
            return None
        if not text:
            raise CellError("empty-cell", "The cell is empty.", "Fill it in.")
        return _READERS[self.fact.kind](text, self.fact)

    def feel(self, text: str) -> str:
        """The same as a FEEL literal.

        Raises:
            CellError: when it says nothing of this type.
        """
        value = self.value(text)
        match value:
            case None:
                return "null"
            case bool():
                return "true" if value else "false"
            case str():
                return quoted(value)
            case int() | Decimal():
                return f"{value:f}" if isinstance(value, Decimal) else str(value)
            case _:
                return f'@"{_unquoted(text)}"'


def column_of(bench: Workbench, facts: FactBinder, written: str, path: Path) -> Column | None:
    """The column that `written` declares: a simple type or the path of a fact; None when it is neither."""
    if written in _SIMPLE:
        return Column(Fact("", written))  # type: ignore[arg-type] # the simple types are kinds of facts
    if (fact := facts.lookup(written)) is not None:
        return Column(fact)
    if not facts.hides(written):
        message = f"`{written[:60]}` is neither a type nor the path of a fact."
        remedy = did_you_mean(written, (*_SIMPLE, *facts.known())) or f"Types: {', '.join(_SIMPLE)}."
        bench.error(path, "unknown-type", message, remedy)
    return None


def quoted(text: str) -> str:
    """The FEEL string that says `text`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    """A text as it is, or what the FEEL string says that it is."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        node = parse(text)
    except FeelError:
        node = None
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value
    raise CellError("bad-cell", "The quotes do not fit.", 'Text stands in one pair of quotes: `"N/A"`, or in none.')


def _string(text: str, fact: Fact) -> str:
    value = _unquoted(text)
    if fact.choices and value not in fact.choices:
        message = f"`{value[:60]}` is none of the strings that this column can be."
        raise CellError("not-a-choice", message, did_you_mean(value, fact.choices))
    return value


def _number(text: str, fact: Fact) -> int | Decimal:
    if not _NUMBER.fullmatch(text):
        raise CellError("bad-cell", "A number is expected here.")
    number = exact(Decimal(text))
    if fact.kind == "integer" and not isinstance(number, int):
        raise CellError("bad-cell", "A whole number is expected here.")
    if fact.places is not None and decimals(number) > fact.places:
        raise CellError("bad-cell", f"At most {fact.places} decimals are expected here.")
    below = fact.at_least is not None and number < fact.at_least
    if below or (fact.at_most is not None and number > fact.at_most):
        raise CellError("out-of-range", "The number lies outside the bounds of the fact.")
    return number


def _boolean(text: str, _fact: Fact) -> bool:
    if text not in {"true", "false"}:
        raise CellError("bad-cell", "Either `true` or `false` is expected here.")
    return text == "true"


def _temporal(read: Callable[[str], Any], what: str, wanted: Callable[[Any], bool]) -> Callable[[str, Fact], Any]:
    def value(text: str, _fact: Fact) -> Any:
        found = read(_unquoted(text))
        if found is None or not wanted(found):
            raise CellError("bad-cell", f"{what} is expected here.")
        return found

    return value


_DAY: Final = _temporal(parse_date, "A day such as 2018-08-03", lambda found: type(found) is date)
_READERS: Final[Mapping[str, Callable[[str, Fact], Any]]] = MappingProxyType(
    {
        "string": _string,
        "integer": _number,
        "decimal": _number,
        "boolean": _boolean,
        "date": _DAY,
        "event": _DAY,
        "date-time": _temporal(parse_date_time, "A day and time such as 2018-08-03T08:00:00", lambda _: True),
        "days-duration": _temporal(parse_duration, "A duration such as P5D", lambda it: isinstance(it, DaysDuration)),
        "months-duration": _temporal(
            parse_duration, "A duration such as P1Y", lambda it: isinstance(it, MonthsDuration)
        ),
    }
)
