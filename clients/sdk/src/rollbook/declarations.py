"""What a ruleset declares, as values: `declarations.proto`, under the same names."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from rollbook.conversion import FROM_JSON, Word
from rollbook.decisions import Citation, Force

__all__ = [
    "Action",
    "DatedValue",
    "DayCount",
    "DayKind",
    "DeclaredDeadline",
    "Fact",
    "FactType",
    "HitPolicy",
    "Parameter",
    "Pause",
    "Rule",
    "Table",
    "TableColumn",
    "TableRow",
]


class FactType(Word):
    """The type of a fact, or of a list's items."""

    UNSPECIFIED = "unspecified"
    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "date-time"
    DAYS_DURATION = "days-duration"
    MONTHS_DURATION = "months-duration"
    EVENT = "event"
    GROUP = "group"


class DayKind(Word):
    """The kind of days that a length counts."""

    UNSPECIFIED = "unspecified"
    CALENDAR = "calendar"
    SCHOOL = "school"
    BUSINESS = "business"


class HitPolicy(Word):
    """Which row of a table counts; `LIST` is a fixed list, in which no row is looked for."""

    UNSPECIFIED = "unspecified"
    UNIQUE = "unique"
    FIRST = "first"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a ruleset declares; see the contract for each attribute."""

    path: str
    type: FactType
    is_list: bool
    means: str
    none_means: str
    choices: tuple[str, ...]
    places: int
    deprecated: bool
    judged_by: str
    considers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of a parameter from a day on."""

    from_: datetime.date | None = field(metadata={"name": "from"})
    value: Any = field(metadata=FROM_JSON)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or other value that the policy sets, by date."""

    name: str
    means: str
    citations: tuple[Citation, ...]
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its author wrote it."""

    rule: str
    citations: tuple[Citation, ...]
    when: str
    outcome: str
    because: str
    given: tuple[str, ...]
    exception_to: tuple[str, ...]
    defeats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """An action that obligations are about."""

    action: str
    text: str
    by: str
    to: str
    force: Force


@dataclass(frozen=True, slots=True)
class DayCount:
    """A number of days: `count` is FEEL, a number or the name of a parameter; below 0 it counts back."""

    count: str
    days: DayKind


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count: those after `from_` through `until`, both FEEL; `each` is empty, or `name in list`."""

    each: str
    from_: str = field(metadata={"name": "from"})
    until: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class DeclaredDeadline:
    """A deadline as its author wrote it; expressions are FEEL, and empty where the ruleset has none."""

    name: str
    means: str
    citations: tuple[Citation, ...]
    each: str
    starts: str
    length: DayCount | None
    paused: Pause | None
    due: str
    waived: str
    met: str
    soon: DayCount | None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table; `input` is the FEEL that its cells are compared with, `type` that of what they answer."""

    name: str
    input: str
    type: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: its cells as they are written, one per column."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table or fixed list of a ruleset. Rows that conclude an outcome are among the ruleset's rules too."""

    name: str
    means: str
    citations: tuple[Citation, ...]
    hit: HitPolicy
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
