"""Deadlines and random facts that they read, as values of the reference and as columns of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any, Final

import pyarrow as pa

from engine.calendars.calendar import Calendar, Days
from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.parser import parse
from engine.feel.sql import Operand
from engine.feel.sql.shapes import BOOLEAN, DAY, TEXT, Entry, Items, Number, Record
from engine.feel.types import ANY, STRING, ContextType, ListType, ScalarType, Type
from engine.feel.types import BOOLEAN as TRUTH
from engine.feel.unknown import Cause, Unknown
from engine.rulesets.checked import CheckedDeadline, CheckedEach, CheckedLength, CheckedPause
from tests.engine.feel.sql.tables_of_days import DATES, days_near

__all__ = [
    "AS_OF",
    "COLUMNS",
    "DEADLINES",
    "ELEMENTS",
    "PAUSE",
    "PERHAPS",
    "RECORD",
    "SCOPE",
    "UNKNOWN",
    "case",
    "deadline",
    "parts",
    "row_of",
    "scope",
]

UNKNOWN: Final = Unknown(frozenset((Cause("fact", "x"),)))
INTEGER: Final = ScalarType("number", integer=True)
PERHAPS: Final = ScalarType("date", optional=True)
AS_OF: Final = date(2013, 1, 8)

PARTS: Final[Mapping[str, Type]] = {
    "starts": PERHAPS,
    "due": PERHAPS,
    "met": PERHAPS,
    "from": PERHAPS,
    "until": PERHAPS,
    "waived": TRUTH,
    "days": INTEGER,
    "soon": INTEGER,
}
PAUSE: Final = ContextType({"from": PERHAPS, "until": PERHAPS})
ELEMENT: Final = ContextType({"name": STRING, **PARTS, "pauses": ListType(PAUSE)})
SCOPE: Final[Mapping[str, Type]] = {**PARTS, "pauses": ListType(PAUSE), "elements": ListType(ELEMENT)}

DAY_ENTRY: Final = Entry(DAY, optional=True)
SHAPES: Final = {"waived": Entry(BOOLEAN), "days": Entry(Number(0, 54)), "soon": Entry(Number(0, 54))}
RECORD: Final = {name: SHAPES.get(name, DAY_ENTRY) for name in PARTS}
PAUSES: Final = Items(Record({"from": DAY_ENTRY, "until": DAY_ENTRY}))
ELEMENTS: Final = Items(Record({"name": Entry(TEXT), **RECORD, "pauses": Entry(PAUSES)}))


def _type(entry: Entry) -> pa.DataType:
    if isinstance(entry.shape, Items):
        return pa.list_(pa.struct(PAUSE_FIELDS))
    if isinstance(entry.shape, Number):
        return pa.int64()
    return {"boolean": pa.bool_(), "day": DATES, "text": pa.string()}[getattr(entry.shape, "kind", "")]


def _struct(shape: Record) -> list[tuple[str, pa.DataType]]:
    """The columns of a record, flags included."""
    fields: list[tuple[str, pa.DataType]] = []
    for name, entry in shape.entries.items():
        fields.append((name, _type(entry)))
        fields += [(f"{name}?", pa.bool_())] if entry.paired else []
    return fields


PAUSE_FIELDS: Final = [("from", DATES), ("from?", pa.bool_()), ("until", DATES), ("until?", pa.bool_())]
COLUMNS: Final[Mapping[str, pa.DataType]] = {
    **dict(_struct(Record({**RECORD, "pauses": Entry(PAUSES)}))),
    "elements": pa.list_(pa.struct(_struct(ELEMENTS.element))),  # type: ignore[arg-type]  # it is a Record
}


def scope(name: str) -> Operand:
    """The columns of the facts."""
    if name in ("pauses", "elements"):
        return Operand(f'"{name}"', PAUSES if name == "pauses" else ELEMENTS)
    entry = RECORD[name]
    return Operand(f'"{name}"', entry.shape, optional=entry.optional, flag=f'"{name}?"' if entry.paired else "")


# Deadlines.


def deadline(*, days: Days | None, each: bool = False, paused: str = "", **others: bool | Days) -> CheckedDeadline:
    """A deadline that reads the facts, or those of each element."""
    names: dict[str, Type] = {**SCOPE, "e": ELEMENT, "p": PAUSE}
    prefix = "e." if each else ""

    def checked(text: str) -> Checked:
        return check(parse(text, names), names, source=text)

    def part(name: str) -> Checked | None:
        return checked(prefix + name) if others.get(name) else None

    pauses = None
    if paused:
        list_ = CheckedEach("p", checked(f"{prefix}pauses")) if paused == "each" else None
        ends = [checked(f"{'p.' if list_ else prefix}{end}") for end in ("from", "until")]
        pauses = CheckedPause((), list_, *ends)
    soon = others.get("soon")
    return CheckedDeadline(
        name="report",
        cites=(),
        each=CheckedEach("e", checked("elements")) if each else None,
        starts=checked(f"{prefix}starts"),
        length=CheckedLength(checked(f"{prefix}days"), days, back=False) if days else None,
        paused=pauses,
        due=part("due"),
        waived=part("waived"),
        met=part("met"),
        soon=CheckedLength(checked(f"{prefix}soon"), soon, back=False) if isinstance(soon, Days) else None,
        type=ANY,
    )


CALENDAR, SCHOOL, BUSINESS = Days.CALENDAR, Days.SCHOOL, Days.BUSINESS
DEADLINES: Final[Mapping[str, CheckedDeadline]] = {
    "calendar days": deadline(days=CALENDAR, met=True),
    "school days": deadline(days=SCHOOL, met=True, waived=True, soon=SCHOOL),
    "business days": deadline(days=BUSINESS, met=True, soon=CALENDAR),
    "an end only": deadline(days=None, due=True, met=True, soon=BUSINESS),
    "neither": deadline(days=None, met=True, waived=True),
    "one pause": deadline(days=CALENDAR, paused="one", met=True),
    "pauses": deadline(days=CALENDAR, paused="each", due=True, waived=True, met=True, soon=CALENDAR),
    "pauses of school days": deadline(days=SCHOOL, paused="each", met=True),
    "pauses of business days": deadline(days=BUSINESS, paused="each", waived=True, soon=SCHOOL),
    "pauses of no length": deadline(days=None, paused="each", met=True),
    "each": deadline(days=CALENDAR, each=True, met=True),
    "each of school days": deadline(days=SCHOOL, each=True, due=True, waived=True, met=True, soon=SCHOOL),
    "each end": deadline(days=None, each=True, due=True, met=True),
    "each with a pause": deadline(days=BUSINESS, each=True, paused="one", met=True),
    "each with pauses": deadline(days=SCHOOL, each=True, paused="each", due=True, met=True, soon=CALENDAR),
}


# Cases.


def perhaps(random: Random, value: Any, none: float = 0.0, left_out: float = 0.03) -> Any:
    return UNKNOWN if random.random() < left_out else None if random.random() < none else value


def parts(random: Random, calendar: Calendar | None) -> dict[str, Any]:
    """Facts that one deadline reads."""
    far = random.choice((3, 30, 90, 700))

    def day(none: float) -> Any:
        return perhaps(random, days_near(random, calendar), none)

    return {
        "starts": day(0.05),
        "due": day(0.7),
        "met": day(0.5),
        "from": day(0.1),
        "until": day(0.2),
        "waived": perhaps(random, random.random() < 0.1),
        "days": perhaps(random, random.randint(-far // 3, far) if random.random() > 0.01 else 100_000),
        "soon": perhaps(random, random.choice((-1, 0, 1, 10, 10**15))),
        "pauses": [{"from": day(0.1), "until": day(0.2)} for _ in range(random.choice((0, 0, 1, 2, 3, 5)))],
    }


def case(random: Random, calendar: Calendar | None) -> dict[str, Any]:
    found = parts(random, calendar)
    elements = [{"name": f"n{n}", **parts(random, calendar)} for n in range(random.randint(0, 3))]
    found["pauses"] = perhaps(random, found["pauses"])
    return {**found, "elements": perhaps(random, elements)}


def row_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts as columns: what is unknown is NULL, with its flag where it may be none."""
    row: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            row[name] = [row_of(item) for item in value]
        else:
            row[name] = None if value is UNKNOWN else value
            row[f"{name}?"] = value is UNKNOWN
    return row
