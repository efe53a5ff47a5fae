"""Random expressions of rulesets that mean something, and random cases for them, with facts left out anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    NUMBER,
    STRING,
    ContextType,
    ListType,
    ScalarType,
    Type,
    may_be_none,
)
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import parse_date_time

__all__ = ["SCOPE", "cases", "expressions"]

LEVELS: Final = ("low", "middle", "high")
LEVEL: Final = ScalarType("string", choices=LEVELS, ordered=True)

DURATIONS: Final = ('@"P1D"', '@"-P3D"', '@"P1M"')

SCOPE: Final[Mapping[str, Type]] = {
    "foster": BOOLEAN,
    "days": NUMBER,
    "ratio": NUMBER,
    "extra": may_be_none(NUMBER),
    "area": STRING,
    "level": LEVEL,
    "day": DATE,
    "moment": DATE_TIME,
    "scores": ListType(NUMBER),
    "mark": ContextType({"score": STRING, "since": may_be_none(DATE)}, path="mark"),
    "notices": ListType(
        ContextType({"topic": STRING, "sent_on": may_be_none(DATE), "pages": NUMBER}, path="notices[]")
    ),
}

_Draw = Callable[[st.SearchStrategy[Any]], Any]
_Words = tuple[str, ...]


class Mark(msgspec.Struct):
    """A group of facts as the case engine has them."""

    score: Any
    since: Any


class Notice(msgspec.Struct):
    """An item of a list of facts as the case engine has them."""

    topic: Any
    sent_on: Any
    pages: Any


class _Writer:
    """Writes expressions of a type; `numbers` and `notices` are local names of that type."""

    def __init__(self, draw: _Draw, depth: int, numbers: _Words = (), notices: _Words = ()) -> None:
        self._draw = draw
        self._depth = depth
        self._numbers = numbers
        self._notices = notices

    def _one(self, *choices: str) -> str:
        return str(self._draw(st.sampled_from(choices)))

    def _write(self, leaves: _Words, *forms: Callable[[_Writer], str]) -> str:
        if self._depth <= 0 or self._draw(st.integers(0, 5)) == 0:
            return self._one(*leaves)
        inner = _Writer(self._draw, self._depth - 1, self._numbers, self._notices)
        form: Callable[[_Writer], str] = self._draw(st.sampled_from(forms))
        return f"({form(inner)})"

    def _with(self, number: str = "", notice: str = "") -> _Writer:
        numbers = (*self._numbers, number) if number else self._numbers
        notices = (*self._notices, notice) if notice else self._notices
        return _Writer(self._draw, self._depth, numbers, notices)

    def _fresh(self) -> str:
        return f"v{len(self._numbers) + len(self._notices)}"

    def boolean(self) -> str:
        of_notices = [f"{name}.sent_on != null" for name in self._notices]
        return self._write(
            ("true", "false", "foster", "extra = null", "mark.since != null", *of_notices),
            lambda w: f"{w.number()} {w._one('=', '!=', '<', '<=', '>', '>=')} {w.number()}",
            lambda w: f"{w.text()} {w._one('=', '!=')} {w.text()}",
            lambda w: f"{w.day()} {w._one('=', '<', '<=', '>', '>=')} {w.day()}",
            lambda w: f"level {w._one('=', '!=', '<', '<=', '>', '>=')} {w._one(*map(_quoted, LEVELS))}",
            lambda w: f"level between {w._one(*map(_quoted, LEVELS))} and {w._one(*map(_quoted, LEVELS))}",
            lambda w: f'moment {w._one("<", "<=", "=", ">")} @"2024-03-01T08:00:00{w._one("", "Z")}"',
            lambda w: f"{w.boolean()} and {w.boolean()} and {w.boolean()}",
            lambda w: f"{w.boolean()} or {w.boolean()}",
            lambda w: f"not({w.boolean()})",
            lambda w: f"if {w.boolean()} then {w.boolean()} else {w.boolean()}",
            lambda w: f"{w.number()} between {w.number()} and {w.number()}",
            lambda w: f"{w.number()} in ({w.number()}, {w._one('<', '>=')} {w.number()}, [{w.number()}..{w.number()}))",
            lambda w: f"{w.number()} in {w.number_list()}",
            lambda w: f"list contains({w.number_list()}, {w.number()})",
            lambda w: f"extra != null and extra > {w.number()}",
            lambda w: f"extra = null or extra + {w.number()} < 3",
            lambda w: f"is school day({w.day()})",
            _Writer._over_numbers,
            _Writer._over_notices,
            _Writer._over_two,
        )

    def _over_numbers(self) -> str:
        name = self._fresh()
        return f"{self._one('some', 'every')} {name} in {self.number_list()} satisfies {self._with(name).boolean()}"

    def _over_notices(self) -> str:
        name = self._fresh()
        body = self._with(notice=name).boolean()
        return f"{self._one('some', 'every')} {name} in {self.notice_list()} satisfies {body}"

    def _over_two(self) -> str:
        first, second = self._fresh(), f"{self._fresh()}b"
        within = self._with(first)
        body = within._with(second).boolean()
        both = f"{first} in {self.number_list()}, {second} in {within.number_list()}"
        return f"{self._one('some', 'every')} {both} satisfies {body}"

    def number(self) -> str:
        of_notices = [f"{name}.pages" for name in self._notices]
        return self._write(
            ("0", "1", "2.5", "-3", "days", "ratio", *self._numbers, *of_notices),
            lambda w: f"{w.number()} {w._one('+', '-', '*', '/')} {w.number()}",
            lambda w: f"-{w.number()}",
            lambda w: f"if {w.boolean()} then {w.number()} else {w.number()}",
            lambda w: "if extra = null then 0 else extra * 2",
            lambda w: f"count({w._one(w.number_list(), w.notice_list())})",
            lambda w: f"or else({w.number_list()}[{w.number()}], {w.number()})",
            lambda w: f"or else({w._one('max', 'min', 'sum', 'mean')}({w.number_list()}), {w.number()})",
            lambda w: f"or else(extra, {w.number()})",
            lambda w: f"string length({w.text()})",
            lambda w: f"{w._one('abs', 'floor', 'ceiling', 'sqrt')}({w.number()})",
            lambda w: f"decimal(n: {w.number()}, scale: 1)",
            lambda w: f"{w.day()}.{w._one('year', 'month', 'day', 'weekday')}",
            lambda w: f"{w._one('school', 'business')} days between({w.day()}, {w.day()})",
            lambda w: f"school days between(through: {w.day()}, after: {w.day()})",
            lambda w: f"longest run without({w.notice_list()}.sent_on, {w.day()}, {w.day()})",
        )

    def text(self) -> str:
        of_notices = [f"{name}.topic" for name in self._notices]
        return self._write(
            ('""', '"a"', '"ab"', "area", "mark.score", *of_notices),
            lambda w: f"{w.text()} + {w.text()}",
            lambda w: f"upper case({w.text()})",
            lambda w: f"substring({w.text()}, {w._one('1', '2', '-1')})",
            lambda w: f"if {w.boolean()} then {w.text()} else {w.text()}",
            lambda w: f"string({w.number()})",
        )

    def day(self) -> str:
        of_notices = [f"or else({name}.sent_on, day)" for name in self._notices]
        return self._write(
            ("day", '@"2024-02-29"', "or else(mark.since, day)", *of_notices),
            lambda w: f"{w.day()} + {w._one(*DURATIONS)}",
            lambda w: f"add days({w.day()}, {w.number()})",
            lambda w: f"if {w.boolean()} then {w.day()} else {w.day()}",
            lambda w: f"earliest({w.day()}, {w.day()})",
            lambda w: f"add {w._one('school', 'business')} days({w.day()}, {w._one('1', '-2', 'days', w.number())})",
            lambda w: f"or else(last school day of week({w.day()}), {w.day()})",
            lambda w: "if mark.since != null and mark.since > day then mark.since else day",
        )

    def number_list(self) -> str:
        return self._write(
            ("scores", "scores", "[1, 2, 3]", "notices.pages"),
            lambda w: f"[{w.number()}, {w.number()}]",
            lambda w: f"{w.number_list()}[{w._with('item').boolean()}]",
            lambda w: f"for {w._fresh()} in {w.number_list()} return {w._with(w._fresh()).number()}",
            lambda w: f"for {w._fresh()} in {w._one('1', 'days', w.number())}..3 return {w._with(w._fresh()).number()}",
            lambda w: f"for {w._fresh()} in {w.notice_list()} return {w._with(notice=w._fresh()).number()}",
            _Writer._of_two,
            lambda w: f"concatenate({w.number_list()}, {w.number_list()})",
            lambda w: f"{w._one('reverse', 'distinct values')}({w.number_list()})",
            lambda w: f"if {w.boolean()} then {w.number_list()} else {w.number_list()}",
            lambda w: f"{w.notice_list()}.pages",
        )

    def _of_two(self) -> str:
        first, second = self._fresh(), f"{self._fresh()}b"
        within = self._with(first)
        body = within._with(second).number()
        return f"for {first} in {self.number_list()}, {second} in {within.number_list()} return {body}"

    def notice_list(self) -> str:
        return self._write(
            ("notices",),
            lambda w: f"{w.notice_list()}[topic = {w.text()}]",
            lambda w: f"{w.notice_list()}[sent_on != null and sent_on <= {w.day()}]",
            lambda w: f"{w.notice_list()}[{w._with(notice='item').boolean()}]",
            lambda w: f"if {w.boolean()} then {w.notice_list()} else {w.notice_list()}",
        )


def _quoted(text: str) -> str:
    return f'"{text}"'


@st.composite
def expressions(draw: _Draw) -> str:
    """An expression over SCOPE, of any type."""
    writer = _Writer(draw, draw(st.integers(1, 4)))
    kinds = (writer.boolean, writer.number, writer.text, writer.day, writer.number_list, writer.notice_list)
    kind: Callable[[], str] = draw(st.sampled_from((writer.boolean, *kinds)))
    return kind()


_NUMBERS = st.integers(-2, 4) | st.sampled_from([Decimal("0.5"), Decimal("2.5")])
_DAYS = st.dates(date(2024, 2, 25), date(2024, 3, 5))
_TEXTS = st.sampled_from(["", "a", "ab", "AB"])


@st.composite
def cases(draw: _Draw) -> dict[str, Any]:
    """Values for SCOPE; each fact and each fact of an item may be left out."""

    def fact(path: str, strategy: st.SearchStrategy[Any]) -> Any:
        missing = draw(st.integers(0, 4)) == 0
        return Unknown(frozenset((Cause("fact", path),))) if missing else draw(strategy)

    def notice(place: int) -> Notice:
        path = f"notices[{place}]"
        return Notice(
            topic=fact(f"{path}.topic", _TEXTS),
            sent_on=fact(f"{path}.sent_on", st.none() | _DAYS),
            pages=fact(f"{path}.pages", _NUMBERS),
        )

    def several(path: str, item: Callable[[int], Any]) -> Any:
        return fact(path, st.builds(lambda count: [item(place) for place in range(count)], st.integers(0, 3)))

    return {
        "foster": fact("foster", st.booleans()),
        "days": fact("days", _NUMBERS),
        "ratio": fact("ratio", _NUMBERS),
        "extra": fact("extra", st.none() | _NUMBERS),
        "area": fact("area", _TEXTS),
        "level": fact("level", st.sampled_from(LEVELS)),
        "day": fact("day", _DAYS),
        "moment": fact("moment", st.just(parse_date_time("2024-03-01T08:00:00"))),
        "scores": several("scores", lambda place: fact(f"scores[{place}]", _NUMBERS)),
        "mark": Mark(score=fact("mark.score", _TEXTS), since=fact("mark.since", st.none() | _DAYS)),
        "notices": several("notices", notice),
    }
