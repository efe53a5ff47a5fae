"""Random FEEL expressions of a wanted type over what a ruleset has in scope, null-safe as rulesets demand it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.properties.making_scopes import Items, Variable
from tests.properties.making_terms import DAY_SPANS, LITERAL_STRINGS, MONTH_SPANS, TermWriter, item_variables

__all__ = ["Writer"]

_ORDER: Final = ("<", "<=", ">", ">=")
_DATE_TIMES: Final = (
    '@"2019-01-15T08:30:00Z"',
    'date and time("2019-02-01T00:00:00-08:00")',
    '@"2019-01-01T08:00:00Z"',
)


class Writer(TermWriter):
    """Writes expressions over `scope`. Compound ones stand in parentheses, so that they can be put anywhere."""

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
                return self._ordered_tested(text, lambda: self.random.choice(DAY_SPANS), "days and time duration")
            case _:
                return self._ordered_tested(
                    variable.text, lambda: self.random.choice(MONTH_SPANS), "years and months duration"
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
            literal = self.random.choice(LITERAL_STRINGS)
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
        with self._seeing(*item_variables(items, name)):
            condition = self.boolean(depth - 1)
        return f"({kind} {name} in {self._source(items)} satisfies {condition})"

    def _quantified_twice(self) -> str:
        one, two = self.random.choice(self.scope.lists), self.random.choice(self.scope.lists)
        first, second = self._name(), self._name()
        with self._seeing(*item_variables(one, first), *item_variables(two, second)):
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
            with self._seeing(*item_variables(items, "item" if self.random.random() < 0.4 else "")):
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
