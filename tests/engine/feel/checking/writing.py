"""Random expressions over the names of `marking.SCOPE`: of a wanted type but careless of none, or of no type at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

__all__ = ["careless", "narrowing"]


_LEAVES: Final[Mapping[str, tuple[str, ...]]] = {
    "boolean": ("notified", "mark.late", "mark.excused", "student.foster_youth", "true", "false"),
    "number": ("minimum", "mark.entries", "mark.average", "0", "1", "2.50", "-3", "count(days)", "as_of.year"),
    "string": ("mark.score", "mark.comment", '"a"', '"b"', 'upper case("a")'),
    "area": ("mark.area", '"math"', '"science"', '"music"'),
    "grade": ("student.grade", '"K"', '"1"', '"3"'),
    "date": ("as_of", "first_day", "mark.at_risk_since", "period.midpoint", '@"2024-02-29"', "date(2024, 1, 31)"),
    "moment": ("period.opens", '@"2024-08-01T14:30:00"', '@"2024-08-01T14:30:00Z"'),
    "time": ("period.bell", '@"14:30:00"', '@"14:30:00Z"'),
    "span": ("period.grace", '@"P10D"', "as_of - period.midpoint"),
    "months": ("period.span", '@"P1Y2M"', "years and months duration(as_of, period.midpoint)"),
    "dates": ("days", "warning_notices.sent_on", "[]", "[as_of, first_day]"),
    "numbers": ("seats", "[1, 2, null]", "[]", "[minimum]"),
    "notices": ("warning_notices", "[last_notice]"),
}


_ORDERED: Final = ("number", "string", "grade", "date", "moment", "time", "span", "months")


_MAYBE: Final = ("mark.average", "mark.comment", "first_day", "mark.at_risk_since", "last_notice", "mark.excused")


_ENTRIES: Final[Mapping[str, tuple[str, ...]]] = {
    "boolean": ("confirmed",),
    "area": ("area",),
    "date": ("sent_on",),
}


_LISTS: Final = {"dates": "date", "numbers": "number"}


class _Writer:
    """Writes one expression. Locals are (text, kind) of what the loops around have declared."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._locals: list[tuple[str, str]] = []
        self._fresh = 0

    def _one(self, *options: str) -> str:
        return self._random.choice(options)

    def _pick(self, *options: Callable[[], str]) -> str:
        return self._random.choice(options)()

    def of(self, kind: str, depth: int) -> str:
        """An expression that is, or nearly is, of that kind."""
        known = [text for text, of_kind in self._locals if of_kind == kind]
        leaves = (*_LEAVES[kind], *known, *known)
        if depth <= 0 or self._random.random() < 0.2:
            return self._one(*leaves)
        compound: Callable[[int], str] = getattr(self, f"_{kind}", lambda _: self._one(*leaves))
        return self._pick(
            *[lambda: compound(depth - 1)] * 4,
            lambda: self._if(self.of("boolean", depth - 1), kind, depth - 1),
            lambda: self._if(self._tested(), kind, depth - 1),
            lambda: f"or else({self._one(*leaves)}, {self.of(kind, depth - 1)})",
            lambda: self._given(kind, depth - 1),
        )

    def _if(self, condition: str, kind: str, depth: int) -> str:
        return f"(if {condition} then {self.of(kind, depth)} else {self.of(kind, depth)})"

    def _given(self, kind: str, depth: int) -> str:
        """A leaf that may be none, with something in its place."""
        leaf = self._one(*_LEAVES[kind])
        return f"(if {leaf} = null then {self.of(kind, depth)} else {leaf})"

    def _tested(self) -> str:
        known = [text for text, _ in self._locals]
        return f"{self._one(*_MAYBE, *known)} {self._one('=', '!=', '!=')} null"

    def _boolean(self, depth: int) -> str:
        kind = self._one(*_ORDERED)

        def compared() -> str:
            return f"{self.of(kind, depth)} {self._one('<', '<=', '>', '>=', '=', '!=')} {self.of(kind, depth)}"

        return self._pick(
            lambda: f"({self._tested()} and {self.of('boolean', depth)})",
            lambda: f"({self._tested()} or {self.of('boolean', depth)})",
            lambda: f"({self.of('boolean', depth)} {self._one('and', 'or')} {self.of('boolean', depth)})",
            lambda: f"not({self.of('boolean', depth)})",
            lambda: f"({self._tested()})",
            lambda: f"({compared()})",
            lambda: f"({self.of('area', 0)} = {self.of('area', 0)})",
            lambda: f"({self.of(kind, depth)} between {self.of(kind, 0)} and {self.of(kind, 0)})",
            lambda: f"({self.of(kind, depth)} in ({self._one('<', '>=')} {self.of(kind, 0)}, {self.of(kind, 0)}))",
            lambda: f"({self.of(kind, depth)} in [{self.of(kind, 0)}..{self.of(kind, 0)}])",
            lambda: f"({self.of('date', depth)} in {self.of('dates', depth)})",
            lambda: f"list contains({self.of('numbers', depth)}, {self.of('number', 0)})",
            lambda: f"({self.of('string', 0)} instance of string)",
            lambda: f"{self._one('all', 'any')}([{self.of('boolean', depth)}, {self.of('boolean', 0)}])",
            lambda: self._quantified(depth),
        )

    def _quantified(self, depth: int) -> str:
        word = self._one("some", "every")
        return self._over(
            depth, lambda name, source: f"({word} {name} in {source} satisfies {self.of('boolean', depth)})"
        )

    def _over(self, depth: int, write: Callable[[str, str], str]) -> str:
        """What `write` makes of a fresh variable over some list."""
        kind = self._one("dates", "numbers", "notices")
        source = self.of(kind, depth)
        self._fresh += 1
        name = f"x{self._fresh}"
        count = len(self._locals)
        if kind == "notices":
            entries = [(f"{name}.{entry}", of_kind) for of_kind, known in _ENTRIES.items() for entry in known]
            self._locals.extend(entries)
        else:
            self._locals.append((name, _LISTS[kind]))
        text = write(name, source)
        del self._locals[count:]
        return text

    def _number(self, depth: int) -> str:
        return self._pick(
            lambda: f"({self.of('number', depth)} {self._one('+', '-', '*', '/')} {self.of('number', depth)})",
            lambda: f"({self.of('number', 0)} ** {self._one('0', '2', '-1')})",
            lambda: f"-({self.of('number', depth)})",
            lambda: f"{self._one('sum', 'min', 'max', 'mean')}({self.of('numbers', depth)})",
            lambda: f"{self._one('min', 'max', 'sum')}({self.of('number', depth)}, {self.of('number', depth)})",
            lambda: f"{self._one('abs', 'floor', 'ceiling')}({self.of('number', depth)})",
            lambda: f"modulo({self.of('number', depth)}, {self.of('number', 0)})",
            lambda: f"decimal({self.of('number', depth)}, 2)",
            lambda: f"count({self.of(self._one('dates', 'numbers', 'notices'), depth)})",
            lambda: f"({self.of('numbers', depth)})[{self._one('1', '-1', '3')}]",
            lambda: f"({self.of('date', depth)}).{self._one('year', 'month', 'day', 'weekday')}",
            lambda: f"({self.of('span', depth)} / {self.of('span', 0)})",
            lambda: f"age on({self.of('date', 0)}, {self.of('date', 0)})",
            lambda: f"string length({self.of('string', depth)})",
        )

    def _string(self, depth: int) -> str:
        return self._pick(
            lambda: f"({self.of('string', depth)} + {self.of('string', depth)})",
            lambda: f"string({self.of(self._one('number', 'date', 'boolean', 'area'), depth)})",
            lambda: f"substring({self.of('string', depth)}, {self._one('1', '2', '-1')})",
            lambda: f'string join([{self.of("string", depth)}], "-")',
            lambda: f"day of week({self.of('date', depth)})",
        )

    def _date(self, depth: int) -> str:
        return self._pick(
            lambda: f"({self.of('date', depth)} {self._one('+', '-')} {self.of(self._one('span', 'months'), depth)})",
            lambda: (
                f"add {self._one('days', 'months', 'years')}({self.of('date', depth)}, {self._one('1', '-1', '400')})"
            ),
            lambda: f"{self._one('earliest', 'latest')}({self.of('dates', depth)})",
            lambda: f"{self._one('earliest', 'latest')}({self.of('date', depth)}, {self.of('date', 0)})",
            lambda: f"{self._one('min', 'max')}({self.of('dates', depth)})",
            lambda: f"({self.of('dates', depth)})[{self._one('1', '-1')}]",
            lambda: f"date({self.of('moment', depth)})",
            lambda: f'nth weekday({self.of("date", 0)}.year, 3, {self._one("1", "5")}, "Friday")',
        )

    def _moment(self, depth: int) -> str:
        return f"({self.of('moment', depth)} {self._one('+', '-')} {self.of(self._one('span', 'months'), depth)})"

    def _time(self, depth: int) -> str:
        return f"({self.of('time', depth)} + {self.of('span', depth)})"

    def _span(self, depth: int) -> str:
        return self._pick(
            lambda: f"({self.of('span', depth)} {self._one('+', '-')} {self.of('span', depth)})",
            lambda: f"({self.of('span', depth)} {self._one('*', '/')} {self.of('number', depth)})",
            lambda: f"({self.of('moment', 0)} - {self.of('moment', 0)})",
            lambda: f"({self.of('time', 0)} - {self.of('time', 0)})",
        )

    def _months(self, depth: int) -> str:
        return f"({self.of('months', depth)} {self._one('*', '/')} {self.of('number', depth)})"

    def _dates(self, depth: int) -> str:
        return self._pick(
            lambda: self._filtered("dates", "item", "date", depth),
            lambda: f"({self.of('notices', depth)}).sent_on",
            lambda: f"concatenate({self.of('dates', depth)}, {self.of('dates', 0)})",
            lambda: f"append({self.of('dates', depth)}, {self.of('date', 0)})",
            lambda: f"sort({self.of('dates', depth)}, function(a, b) a < b)",
            lambda: self._over(depth, lambda name, source: f"(for {name} in {source} return {self.of('date', depth)})"),
            lambda: f"(for d in {self.of('date', 0)}..{self.of('date', 0)} return d)",
        )

    def _numbers(self, depth: int) -> str:
        return self._pick(
            lambda: self._filtered("numbers", "item", "number", depth),
            lambda: f"[{self.of('number', depth)}, {self.of('number', 0)}]",
            lambda: self._over(
                depth, lambda name, source: f"(for {name} in {source} return {self.of('number', depth)})"
            ),
            lambda: f"(for i in {self._one('1', '2.50', 'minimum')}..{self._one('3', 'mark.entries')} return i)",
            lambda: f"distinct values({self.of('numbers', depth)})",
            lambda: f"sublist({self.of('numbers', depth)}, {self._one('1', '2', '-1')})",
            lambda: f"list replace({self.of('numbers', depth)}, {self._one('1', '9')}, {self.of('number', 0)})",
            lambda: f"insert before({self.of('numbers', depth)}, {self._one('1', '9')}, {self.of('number', 0)})",
            lambda: f"index of({self.of('dates', depth)}, {self.of('date', 0)})",
        )

    def _filtered(self, kind: str, name: str, of_kind: str, depth: int) -> str:
        source = self.of(kind, depth)
        self._locals.append((name, of_kind))
        test = self._pick(lambda: "item != null", lambda: f"item != null and {self.of('boolean', depth)}")
        test = self._pick(lambda: test, lambda: self.of("boolean", depth))
        self._locals.pop()
        return f"({source})[{test}]"

    def _notices(self, depth: int) -> str:
        source = self.of("notices", depth)
        count = len(self._locals)
        item = self._one("", "item.")
        self._locals.extend((f"{item}{entry}", kind) for kind, known in _ENTRIES.items() for entry in known)
        tests = ["sent_on != null", "item != null", self.of("boolean", depth), f"not({self.of('boolean', depth)})"]
        chosen = self._random.choices(tests, k=self._random.randint(1, 3))
        test = f" {self._one('and', 'and', 'or')} ".join(chosen)
        del self._locals[count:]
        return f"({source})[{test}]"


def careless(random: Random) -> str:
    """An expression that would be well typed if nothing could be none; about half of them are."""
    return _Writer(random).of(random.choice(sorted(_LEAVES)), random.randint(1, 4))


_DAYS: Final = ("first_day", "mark.at_risk_since")


def narrowing(random: Random) -> str:
    """An expression whose value is none if a test that it relies on says too little."""

    def condition(depth: int, tested: tuple[str, ...]) -> str:
        if depth == 0:
            name = random.choice(tested)
            flags = ("notified", "mark.late", "mark.excused", "true", "false", "mark.excused != null")
            return random.choice((f"{name} != null", f"{name} = null", f"null != {name}", random.choice(flags)))
        one, two, three = (condition(depth - 1, tested) for _ in range(3))
        return random.choice(
            (one, f"not({one})", f"({one} and {two})", f"({one} or {two})", f"(if {one} then {two} else {three})")
        )

    day, other = random.choice(_DAYS), random.choice((*_DAYS, "as_of"))
    known, deep = condition(random.randint(1, 3), _DAYS), condition(2, ("sent_on", "item.sent_on", "item"))
    return random.choice(
        (
            f"if {known} then {day} else {other}",
            f"if {known} then {other} else {day}",
            f"[if {known} then {day} else as_of, as_of]",
            f"{known} and mark.excused",
            f"{known} or mark.excused",
            f"warning_notices[{deep}].sent_on",
            f"[last_notice][{deep}]",
            f"for n in warning_notices return if {known} and n.sent_on != null then n.sent_on else {other}",
            f"{{a: {day}, b: if {known} then a else as_of}}",
        )
    )
