"""Random FEEL expressions of a wanted type over what a ruleset has in scope, null-safe as rulesets demand it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.properties.making_cases import DAYS
from tests.properties.making_facts import Leaf, Listing

__all__ = ["Items", "Scope", "Variable", "Writer", "leaf_variable"]

_ORDER: Final = ("<", "<=", ">", ">=")
_LITERAL_STRINGS: Final = ("math", "ela", "art", "B-12", "a b")
_DATE_TIMES: Final = (
    '@"2019-01-15T08:30:00Z"',
    'date and time("2019-02-01T00:00:00-08:00")',
    '@"2019-01-01T08:00:00Z"',
)
_DAYS: Final = ('@"P3D"', '@"P10D"', '@"P1DT12H"', '@"PT24H"')
_MONTHS: Final = ('@"P6M"', '@"P1Y"', '@"P1Y2M"')


@dataclass(frozen=True)
class Variable:
    """Something that an expression can name: its text, and what is known of its type."""

    text: str
    type: str
    optional: bool = False
    choices: tuple[str, ...] = ()
    ordered: bool = False
    integer: bool = False


@dataclass(frozen=True)
class Items:
    """A list that an expression can go through: of records with these entries, or of single values."""

    text: str
    entries: tuple[Variable, ...] = ()
    item: Variable | None = None


@dataclass
class Scope:
    """What can be named."""

    variables: list[Variable] = field(default_factory=list)
    lists: list[Items] = field(default_factory=list)

    def add_leaf(self, leaf: Leaf, prefix: str = "") -> None:
        if not leaf.deprecated:
            self.variables.append(leaf_variable(leaf, prefix + leaf.path))

    def add_listing(self, listing: Listing) -> None:
        if listing.item is not None:
            if not listing.item.deprecated:
                self.lists.append(Items(listing.name, item=leaf_variable(listing.item, "")))
            return
        entries = tuple(leaf_variable(leaf, leaf.name) for leaf in listing.entries if not leaf.deprecated)
        if entries:
            self.lists.append(Items(listing.name, entries))


_TYPES: Final = {"integer": "number", "decimal": "number", "event": "date"}


def leaf_variable(leaf: Leaf, text: str) -> Variable:
    """A fact as expressions see it."""
    return Variable(
        text, _TYPES.get(leaf.kind, leaf.kind), leaf.optional, leaf.choices, leaf.ordered, leaf.kind == "integer"
    )


class Writer:
    """Writes expressions over `scope`. Compound ones stand in parentheses, so that they can be put anywhere."""

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

    # Conditions

    def boolean(self, depth: int) -> str:
        """A condition."""
        if depth <= 0:
            return self.test()
        several = (
            [(1.2, lambda: self._quantified(depth)), (0.7, lambda: self._counted(depth))] if self.scope.lists else []
        )
        return self._pick(
            (3, self.test),
            (2, lambda: self._joined("and", depth)),
            (2, lambda: self._joined("or", depth)),
            (1, lambda: f"not({self.boolean(depth - 1)})"),
            (0.5, lambda: f"(if {self.boolean(depth - 1)} then {self.boolean(depth - 1)} else {self.test()})"),
            (0.2, lambda: f"{self.random.choice(('any', 'all'))}([{self.test()}, {self.boolean(depth - 1)}])"),
            (0.15, lambda: f"({self.boolean(depth - 1)}) = {self.random.choice(('true', 'false'))}"),
            (0.6, lambda: self._compared(self.number(depth), self.number(depth - 1))),
            (0.4, lambda: self._compared(self.date(depth), self.date(depth - 1))),
            (0.2, lambda: self._compared(self.days(), self.days())),
            (0.1, lambda: self._compared(self.months(), self.months())),
            *(several if self.scope.lists else []),
        )

    def _joined(self, word: str, depth: int) -> str:
        count = self.random.choice((2, 2, 3))
        return "(" + f" {word} ".join(self.boolean(depth - 1) for _ in range(count)) + ")"

    def _compared(self, left: str, right: str) -> str:
        operator = self.random.choice((*_ORDER, *_ORDER, "=", "!="))
        return f"({left} {operator} {right})"

    def test(self) -> str:
        """A condition on one thing that can be named, tested for none first where it may be none."""
        known = [one for one in self.scope.variables if one.type != "context"]
        if not known:
            return self._compared(self.date(0), self.date(0))
        variable = self.random.choice(known)
        if not variable.optional:
            return self._tested(variable)
        text, tested = variable.text, self._tested(variable)
        return self._pick(
            (3, lambda: f"({text} != null and {tested})"),
            (2, lambda: f"({text} = null or {tested})"),
            (1, lambda: f"(if {text} = null then {self.random.choice(('true', 'false'))} else {tested})"),
            (1, lambda: f"({text} {self.random.choice(('=', '!='))} null)"),
            (0.5, lambda: f"(not({text} = null) and {tested})"),
        )

    def _tested(self, variable: Variable) -> str:
        text = variable.text
        match variable.type:
            case "boolean":
                return self._pick((4, lambda: text), (2, lambda: f"not({text})"), (0.5, lambda: f"({text} = false)"))
            case "string":
                return self._string_tested(variable)
            case "number":
                return self._ordered_tested(variable.text, self._small, "number")
            case "date":
                return self._ordered_tested(variable.text, lambda: self.date(0), "date")
            case "date-time":
                return self._pick(
                    (3, lambda: self._compared(variable.text, self.random.choice(_DATE_TIMES))),
                    (1, lambda: self._compared(f"date({variable.text})", self.date(0))),
                )
            case "days-duration":
                return self._ordered_tested(text, lambda: self.random.choice(_DAYS), "days and time duration")
            case _:
                return self._ordered_tested(
                    variable.text, lambda: self.random.choice(_MONTHS), "years and months duration"
                )

    def _ordered_tested(self, text: str, other: Callable[[], str], type_: str) -> str:
        def interval() -> str:
            opening, closing = self.random.choice("[(]"), self.random.choice("])[")
            return f"({text} in {opening}{other()}..{other()}{closing})"

        return self._pick(
            (6, lambda: self._compared(text, other())),
            (1.5, lambda: f"({text} between {other()} and {other()})"),
            (1, interval),
            (1, lambda: f"({text} in ({other()}, {self.random.choice(_ORDER)} {other()}))"),
            (0.3, lambda: f"({text} instance of {type_})"),
        )

    def _string_tested(self, variable: Variable) -> str:
        text, choices = variable.text, variable.choices
        if not choices:
            literal = self.random.choice(_LITERAL_STRINGS)
            return self._pick(
                (4, lambda: f'({text} {self.random.choice(("=", "!="))} "{literal}")'),
                (2, lambda: f'({text} in ("{literal}", "math"))'),
                (0.7, lambda: f'contains({text}, "a")'),
                (0.7, lambda: f'starts with({text}, "{literal[:1]}")'),
                (0.4, lambda: f'matches({text}, "^[a-m]+$")'),
                (0.7, lambda: self._compared(f"string length({text})", self._small())),
                (0.4, lambda: f'(upper case({text}) = "MATH")'),
            )
        some = self.random.sample(choices, self.random.randint(1, len(choices) - 1))
        listed = ", ".join(f'"{choice}"' for choice in some)
        ordered = [
            (4.0, lambda: f'({text} {self.random.choice(_ORDER)} "{some[0]}")'),
            (1.0, lambda: f'({text} between "{choices[0]}" and "{some[0]}")'),
        ]
        return self._pick(
            (3, lambda: f'({text} {self.random.choice(("=", "!="))} "{some[0]}")'),
            (3, lambda: f"({text} in ({listed}))"),
            (0.6, lambda: f"list contains([{listed}], {text})"),
            *(ordered if variable.ordered else []),
        )

    def _quantified(self, depth: int) -> str:
        items = self.random.choice(self.scope.lists)
        name = self._name()
        kind = self.random.choice(("some", "some", "every"))
        with self._seeing(*_item_variables(items, name)):
            condition = self.boolean(depth - 1)
        return f"({kind} {name} in {self._source(items)} satisfies {condition})"

    def _quantified_twice(self) -> str:
        one, two = self.random.choice(self.scope.lists), self.random.choice(self.scope.lists)
        first, second = self._name(), self._name()
        with self._seeing(*_item_variables(one, first), *_item_variables(two, second)):
            condition = self.boolean(1)
        return f"(some {first} in {one.text}, {second} in {two.text} satisfies {condition})"

    def _source(self, items: Items) -> str:
        """The list, or now and then a part of it."""
        if items.entries and self.random.random() < 0.2:
            return self.filtered(items, 0)
        return items.text

    def filtered(self, items: Items, depth: int = 0) -> str:
        """A part of the list; never within a filter of the same list, where names would mean two things."""
        if items in self._filters:
            return items.text
        self._filters.append(items)
        if items.item is not None:
            condition = self._only_item(items)
        else:
            with self._seeing(*_item_variables(items, "item" if self.random.random() < 0.4 else "")):
                condition = self.boolean(depth)
        self._filters.remove(items)
        return f"{items.text}[{condition}]"

    def _only_item(self, items: Items) -> str:
        assert items.item is not None
        item = items.item
        tested = self._tested(Variable("item", item.type, False, item.choices, item.ordered))
        return f"item != null and {tested}" if item.optional else tested

    def _counted(self, depth: int) -> str:
        items = self.random.choice(self.scope.lists)
        return self._compared(f"count({self.filtered(items, depth - 1)})", self.random.choice(("0", "1", "2")))

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
        with self._seeing(*_item_variables(items, name)):
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
            (2, lambda: self.random.choice(_DAYS)),
            (3, lambda: self._variable("days-duration", '@"P3D"')),
            (1, lambda: f"({self.date(0)} - {self.date(0)})"),
            (0.5, lambda: f"({self.random.choice(_DAYS)} * 2)"),
        )

    def months(self) -> str:
        """A duration in months."""
        return self._pick(
            (2, lambda: self.random.choice(_MONTHS)),
            (3, lambda: self._variable("months-duration", '@"P6M"')),
            (1, lambda: f"years and months duration({self.date(0)}, {self.date(0)})"),
        )

    def string(self) -> str:
        """A text."""
        literal = f'"{self.random.choice(_LITERAL_STRINGS)}"'
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
        with self._seeing(*_item_variables(items, name)):
            return f"for {name} in {source} return {write()}"


def _item_variables(items: Items, name: str) -> list[Variable]:
    """What can be named of an item that is called `name`; with no name its entries stand alone."""
    if items.item is not None:
        one = items.item
        return [Variable(name or "item", one.type, one.optional, one.choices, one.ordered, one.integer)]
    prefix = f"{name}." if name else ""
    return [
        Variable(prefix + one.text, one.type, one.optional, one.choices, one.ordered, one.integer)
        for one in items.entries
    ]
