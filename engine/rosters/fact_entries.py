"""One fact in SQL: how its column is read, and when it is not as declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from engine.cases.records import LARGEST_INTEGER
from engine.feel.sql.operand import quoted
from engine.feel.sql.shapes import BOOLEAN, DAY, TEXT, Entry, Number, Scalar, Shape
from engine.rosters.occurring import NONE_SUFFIX, Profile
from engine.rulesets.facts import Fact

__all__ = ["FIRST_DAY", "FactEntries"]

FIRST_DAY: Final = "DATE '0001-01-01'"
_LAST_DAY: Final = "DATE '9999-12-31'"
_LARGEST_SCALED_DIGITS: Final = 18
_SHAPES: Final[Mapping[str, Scalar]] = {"boolean": BOOLEAN, "string": TEXT, "date": DAY, "event": DAY}


class FactEntries:
    """Reads the facts of a batch of cases, wherever they stand."""

    def __init__(self, profile: Profile, as_of: date, *, absent_is_none: bool) -> None:
        """Begins.

        Args:
            profile: what occurs in the batch: nothing else is asked of a case.
            as_of: the decisions' date.
            absent_is_none: whether facts left out read as none where they declare what none means.
        """
        self._profile = profile
        self._as_of = f"DATE '{as_of.isoformat()}'"
        self._absent = absent_is_none

    def open(self, path: str) -> bool:
        """Whether a fact or list is left out somewhere."""
        return path in self._profile.left_out

    def is_wrong(self, path: str) -> bool:
        """Whether a fact or list is not as declared somewhere."""
        return path in self._profile.wrong

    def entry(self, fact: Fact, sql: str, none: str) -> Entry | None:
        """How a fact is read that stands at `sql`; None for one that SQL does not have."""
        shape = self.shape(fact)
        if shape is None:
            return None
        value = self._value(fact, sql)
        left_out = self.open(fact.path)
        said = self.open(fact.path + NONE_SUFFIX)
        optional = (fact.kind == "event" and fact.path in self._profile.later) or (fact.none is not None and said) or (
            fact.may_be_none and self._absent and left_out
        )  # fmt: skip
        known = not left_out or (fact.may_be_none and self._absent)
        if known or not optional:
            return Entry(shape, optional, known, value)
        flag = f"({sql} IS NULL AND NOT coalesce({none}, false))" if said else f"({sql} IS NULL)"
        return Entry(shape, True, False, value, flag)

    def shape(self, fact: Fact) -> Shape | None:
        """What the value of a fact looks like; None for one that SQL does not have."""
        if fact.kind == "integer":
            return Number(0, _largest(fact).bit_length())
        if fact.kind == "decimal":
            if fact.places is None:
                return None
            return Number(fact.places, (10 ** (_LARGEST_SCALED_DIGITS + fact.places)).bit_length())
        return _SHAPES.get(fact.kind)

    def _value(self, fact: Fact, sql: str) -> str:
        wrong = self.is_wrong(fact.path)
        if fact.kind == "event" and fact.path in self._profile.later:
            return f"CASE WHEN {sql} <= {self._as_of} THEN {sql} END"
        if fact.kind == "integer" and wrong:
            return f"CASE WHEN {_within(fact, sql)} THEN {sql} END"
        if fact.kind == "decimal":
            return f"CASE WHEN {_small(sql)} THEN {_scaled(sql)} END" if wrong else _scaled(sql)
        return sql

    def wrong(self, fact: Fact, sql: str) -> Iterator[str]:
        """Conditions, never NULL, on which the fact is not as declared; none when no case is so."""
        if not self.is_wrong(fact.path):
            return
        match fact.kind:
            case "string" if fact.choices:
                yield f"({sql} IS NOT NULL AND {sql} NOT IN ({', '.join(map(quoted, fact.choices))}))"
            case "integer":
                yield f"({sql} IS NOT NULL AND NOT ({_within(fact, sql)}))"
            case "decimal":
                yield f"({sql} IS NOT NULL AND NOT ({_decimal_within(fact, sql)}))"
            case "date" | "event":
                yield f"({sql} IS NOT NULL AND NOT ({sql} BETWEEN {FIRST_DAY} AND {_LAST_DAY}))"
            case "date-time" | "days-duration" | "months-duration":
                yield f"({sql} IS NOT NULL)"
            case _:
                pass


def _largest(fact: Fact) -> int:
    least = -LARGEST_INTEGER if fact.at_least is None else int(fact.at_least)
    most = LARGEST_INTEGER if fact.at_most is None else int(fact.at_most)
    return max(abs(least), abs(most), 1)


def _within(fact: Fact, sql: str) -> str:
    least = -LARGEST_INTEGER if fact.at_least is None else int(fact.at_least)
    most = LARGEST_INTEGER if fact.at_most is None else int(fact.at_most)
    return f"{sql} BETWEEN {least} AND {most}"


def _small(sql: str) -> str:
    return f"abs({sql}) < {10**_LARGEST_SCALED_DIGITS}"


def _scaled(sql: str) -> str:
    """A decimal without its point: SQL writes all of its places."""
    return f"replace({sql}::VARCHAR, '.', '')::HUGEINT"


def _decimal_within(fact: Fact, sql: str) -> str:
    bounds = [_small(sql)]
    if fact.at_least is not None:
        bounds.append(f"{sql} >= {fact.at_least:f}")
    if fact.at_most is not None:
        bounds.append(f"{sql} <= {fact.at_most:f}")
    return " AND ".join(bounds)
