"""Random FEEL expressions for numbers, dates, durations, strings and lists."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from tests.properties.making_cases import DAYS
from tests.properties.making_scopes import Items, Scope, Variable

__all__ = ["DAY_SPANS", "LITERAL_STRINGS", "MONTH_SPANS", "TermWriter", "item_variables"]

LITERAL_STRINGS: Final = ("math", "ela", "art", "B-12", "a b")
DAY_SPANS: Final = ('@"P3D"', '@"P10D"', '@"P1DT12H"', '@"PT24H"')
MONTH_SPANS: Final = ('@"P6M"', '@"P1Y"', '@"P1Y2M"')


class TermWriter(ABC):
    """Writes expressions that are no conditions over `scope`; conditions are written by a Writer."""

    def __init__(self, random: Random, scope: Scope) -> None:
        self.random = random
        self.scope = scope
        self._fresh = 0
        self._filters: list[Items] = []

    @contextmanager
    def _seeing(self, *variables: Variable) -> Iterator[None]:
        """Within, `variables` can be named too, and are preferred by standing there several times."""
        count = len(self.scope.variables)
        self.scope.variables.extend([*variables, *variables, *variables])
        yield
        del self.scope.variables[count:]

    def _pick(self, *options: tuple[float, Callable[[], str]]) -> str:
        return self.random.choices([write for _, write in options], [weight for weight, _ in options])[0]()

    def _variables(self, type_: str, *, optional: bool | None = False) -> list[Variable]:
        return [
            one for one in self.scope.variables if one.type == type_ and (optional is None or one.optional is optional)
        ]

    def _name(self) -> str:
        self._fresh += 1
        return f"{self.random.choice(('x', 'item_', 'n'))}{self._fresh}"

    @abstractmethod
    def test(self) -> str:
        """A condition of one part."""

    @abstractmethod
    def _source(self, items: Items) -> str:
        """The list, or now and then a part of it."""

    # Numbers

    def _small(self) -> str:
        return self._pick(
            (3, lambda: self.random.choice(("0", "1", "2", "3", "4", "5", "14", "15"))),
            (2, lambda: self._variable("number", "2")),
            (0.3, lambda: self.random.choice(("0.5", "1.25", "2.50"))),
        )

    def _variable(self, type_: str, otherwise: str) -> str:
        found = self._variables(type_)
        return self.random.choice(found).text if found else otherwise

    def _given(self, type_: str, otherwise: Callable[[], str]) -> str:
        """A value that may be none, or something in its place."""
        found = self._variables(type_, optional=True)
        if not found:
            return otherwise()
        text = self.random.choice(found).text
        return self._pick(
            (1, lambda: f"(if {text} = null then {otherwise()} else {text})"),
            (1, lambda: f"or else({text}, {otherwise()})"),
        )

    def number(self, depth: int) -> str:
        """A number."""
        if depth <= 0:
            return self._small()
        several = [(1.0, self._summed)] if self.scope.lists else []
        return self._pick(
            (3, self._small),
            (2, lambda: f"({self.number(depth - 1)} {self.random.choice('+-*')} {self._small()})"),
            (0.6, lambda: f"({self.number(depth - 1)} / {self._small()})"),
            (0.25, lambda: f"({self._small()} ** {self.random.choice('0123')})"),
            (0.4, lambda: f"-{self._small()}"),
            (0.4, lambda: f"abs({self.number(depth - 1)})"),
            (0.3, lambda: f"{self.random.choice(('floor', 'ceiling'))}({self.number(depth - 1)})"),
            (0.3, lambda: f"modulo({self.number(depth - 1)}, {self.random.choice('234')})"),
            (0.5, lambda: f"{self.random.choice(('min', 'max'))}({self._small()}, {self._small()})"),
            (0.5, lambda: self._given("number", self._small)),
            (0.5, lambda: f"(if {self.test()} then {self._small()} else {self._small()})"),
            (0.3, lambda: f"{self.date(0)}.{self.random.choice(('year', 'month', 'day'))}"),
            (0.3, lambda: f"age on({self.date(0)}, {self.date(0)})"),
            (0.2, lambda: f"({self.days()}).days"),
            (0.4, lambda: f"{{a: {self._small()}, b: a + {self._small()}}}.b"),
            (0.2, lambda: f"sum(for i in 1..3 return i * {self._small()})"),
            (0.2, lambda: f"or else([{self._small()}, {self._small()}][{self._small()}], {self._small()})"),
            (0.4, lambda: f"or else(sort([{self._small()}, {self._small()}], function(a, b) a < b)[1], 0)"),
            *several,
        )

    def _summed(self) -> str:
        items = self.random.choice(self.scope.lists)
        name = self._name()
        with self._seeing(*item_variables(items, name)):
            body = self.number(0) if self.random.random() < 0.7 else f"(if {self.test()} then 1 else 0)"
        return self._pick(
            (1, lambda: f"count({items.text})"),
            (2, lambda: f"sum(concatenate([0], for {name} in {items.text} return {body}))"),
        )

    # Dates and durations

    def _day(self) -> str:
        day = self.random.choice(DAYS).isoformat()
        return self.random.choice((f'@"{day}"', f'date("{day}")'))

    def date(self, depth: int) -> str:
        """A date."""
        simple = ((3.0, lambda: self._variable("date", "as_of")), (1.0, self._day), (1.0, lambda: "as_of"))
        if depth <= 0:
            return self._pick(*simple, (0.2, lambda: "today()"), (0.2, lambda: "rules_as_of"))
        amount = self.random.choice(("1", "14", "30", "-1"))
        return self._pick(
            *simple,
            (1, lambda: f"add days({self.date(depth - 1)}, {amount})"),
            (0.5, lambda: f"add months({self.date(depth - 1)}, {amount})"),
            (0.3, lambda: f"add years({self.date(depth - 1)}, 1)"),
            (1, lambda: f"({self.date(depth - 1)} {self.random.choice('+-')} {self.days()})"),
            (0.7, lambda: f"({self.date(depth - 1)} {self.random.choice('+-')} {self.months()})"),
            (1, lambda: self._given("date", lambda: self.date(0))),
            (0.7, lambda: f"(if {self.test()} then {self.date(0)} else {self.date(0)})"),
            (0.6, self._earliest),
            (
                0.4,
                lambda: (
                    f"add {self._kind()} days({self.date(depth - 1)}, {self.random.choice(('1', '5', '10', '-3'))})"
                ),
            ),
            (0.2, lambda: f'nth weekday(2019, {self.random.choice("123")}, {self.random.choice("1234")}, "Friday")'),
        )

    def _kind(self) -> str:
        return self.random.choice(("school", "business"))

    def _earliest(self) -> str:
        """Of several dates, some of which may be none, there is perhaps none."""
        dates = [one.text for one in self._variables("date", optional=None)] or ["as_of"]
        some = ", ".join(self.random.choice(dates) for _ in range(2))
        return f"or else({self.random.choice(('earliest', 'latest'))}({some}), {self.date(0)})"

    def days(self) -> str:
        """A duration in days."""
        return self._pick(
            (2, lambda: self.random.choice(DAY_SPANS)),
            (3, lambda: self._variable("days-duration", '@"P3D"')),
            (1, lambda: f"({self.date(0)} - {self.date(0)})"),
            (0.5, lambda: f"({self.random.choice(DAY_SPANS)} * 2)"),
        )

    def months(self) -> str:
        """A duration in months."""
        return self._pick(
            (2, lambda: self.random.choice(MONTH_SPANS)),
            (3, lambda: self._variable("months-duration", '@"P6M"')),
            (1, lambda: f"years and months duration({self.date(0)}, {self.date(0)})"),
        )

    def string(self) -> str:
        """A text."""
        literal = f'"{self.random.choice(LITERAL_STRINGS)}"'
        return self._pick(
            (3, lambda: self._variable("string", literal)),
            (1, lambda: literal),
            (0.7, lambda: f"string({self.number(1)})"),
            (0.7, lambda: f"({self._variable('string', literal)} + {literal})"),
            (0.7, lambda: f"(if {self.test()} then {literal} else {self._variable('string', literal)})"),
            (0.4, lambda: f"upper case({self._variable('string', literal)})"),
            (0.5, lambda: self._given("string", lambda: literal)),
        )

    def dates(self) -> str:
        """A list of dates."""
        return self._mapped("date", lambda: self.date(0))

    def strings(self) -> str:
        """A list of texts."""
        return self._mapped("string", self.string)

    def _mapped(self, type_: str, write: Callable[[], str]) -> str:
        fitting = [
            f"{items.text}.{entry.text}"
            for items in self.scope.lists
            for entry in items.entries
            if entry.type == type_ and not entry.optional
        ]
        if fitting and self.random.random() < 0.6:
            return self.random.choice(fitting)
        if not self.scope.lists or self.random.random() < 0.3:
            return f"[{write()}, {write()}]"
        items, name = self.random.choice(self.scope.lists), self._name()
        source = self._source(items)
        with self._seeing(*item_variables(items, name)):
            return f"for {name} in {source} return {write()}"


def item_variables(items: Items, name: str) -> list[Variable]:
    """What can be named of an item that is called `name`; with no name its entries stand alone."""
    if items.item is not None:
        one = items.item
        return [Variable(name or "item", one.type, one.optional, one.choices, one.ordered, one.integer)]
    prefix = f"{name}." if name else ""
    return [
        Variable(prefix + one.text, one.type, one.optional, one.choices, one.ordered, one.integer)
        for one in items.entries
    ]
