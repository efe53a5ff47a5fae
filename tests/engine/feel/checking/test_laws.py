"""Laws of the checker, on random expressions and random values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from engine.feel.checked import Checked
from engine.feel.checker import always, check, compared_choices, dependencies, paths
from engine.feel.checking.facts import children
from engine.feel.errors import FeelBudgetError, FeelError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.run import Run
from engine.feel.syntax import Name, Node, TypeName
from engine.feel.types import AnyType, ContextType, FunctionType, ListType, RangeType, ScalarType, Type
from engine.feel.unknown import Cause, Unknown
from engine.feel.values import DateTime, DaysDuration, FunctionValue, MonthsDuration, Range, Time, is_date, is_number
from tests.engine.feel.checking.pieces import plain, shapeless
from tests.engine.feel.checking.writing import careless, narrowing
from tests.engine.feel.marking import SCOPE, checked

_DAY = 24 * 3600 * 10**9
_SCALARS: Mapping[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "number": (0, 1, 3, -2, Decimal("2.5"), Decimal("-0.25"), 10**20),
    "string": ("", "a", "b", "1", "zz"),
    "date": (date(1, 1, 1), date(2024, 2, 29), date(2024, 8, 1), date(2024, 8, 3), date(9999, 12, 31)),
    "time": (Time(0), Time(_DAY // 2), Time(_DAY // 2, 3600)),
    "date and time": (DateTime(date(2024, 8, 1), 0), DateTime(date(2024, 8, 2), _DAY // 2, 0)),
    "days and time duration": (DaysDuration(0), DaysDuration(_DAY * 3), DaysDuration(-_DAY // 2)),
    "years and months duration": (MonthsDuration(0), MonthsDuration(14), MonthsDuration(-1)),
}


def value_of(type_: Type, random: Random, unknown: float) -> Any:
    """A value of `type_`; each of its parts is unknown with that probability."""
    if type_.optional and random.random() < 0.35:
        return None
    if random.random() < unknown and not isinstance(type_, ContextType):
        return Unknown(frozenset({Cause("fact", "x")}))
    match type_:
        case ScalarType():
            if type_.integer:
                return random.randint(-2, 5)
            return random.choice(type_.choices or _SCALARS[type_.name])
        case ListType():
            return [value_of(type_.element, random, unknown) for _ in range(random.randint(0, 3))]
        case ContextType():
            return {key: value_of(entry, random, unknown) for key, entry in type_.entries.items()}
        case _:
            raise AssertionError(type_)


def scope_values(random: Random) -> dict[str, Any]:
    unknown = random.choice((0, 0, 0.1, 0.3))
    return {name: value_of(type_, random, unknown) for name, type_ in SCOPE.items()}


def conforms(value: Any, type_: Type) -> bool:
    """Whether `value` is what the checker says of it; an unknown one always is."""
    if value.__class__ is Unknown or isinstance(type_, AnyType):
        return True
    if value is None:
        return type_.optional
    match type_:
        case ScalarType():
            return _conforms_scalar(value, type_)
        case ListType():
            return isinstance(value, list) and all(conforms(item, type_.element) for item in value)
        case RangeType():
            ends = (value.low, value.high) if isinstance(value, Range) else ()
            return bool(ends) and all(end is None or conforms(end, type_.element) for end in ends)
        case ContextType():
            return isinstance(value, dict) and all(conforms(value[key], entry) for key, entry in type_.entries.items())
        case FunctionType():
            return isinstance(value, FunctionValue)
        case _:
            return False


def _conforms_scalar(value: Any, type_: ScalarType) -> bool:
    match type_.name:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            places = 0 if type_.integer else type_.places
            return is_number(value) and (places is None or value * 10**places % 1 == 0)
        case "string":
            return isinstance(value, str) and (not type_.choices or value in type_.choices)
        case "date":
            return bool(is_date(value))
        case "time":
            return isinstance(value, Time)
        case "date and time":
            return isinstance(value, DateTime)
        case "days and time duration":
            return isinstance(value, DaysDuration)
        case _:
            return isinstance(value, MonthsDuration)


def accepted(text: str) -> Checked | None:
    try:
        return checked(text)
    except FeelError as error:
        event(error.code)
        return None


def outcome(found: Checked, values: Mapping[str, Any]) -> Any:
    """What the expression gives; unknown when it takes too long."""
    try:
        return evaluate(found, values, Run(as_of=date(2024, 8, 1), steps=20_000), where="law")
    except FeelBudgetError:
        return Unknown(frozenset({Cause("budget", "law")}))


SEEDS = st.integers(0, 2**64 - 1)
"""Hypothesis counts examples; each is a dozen expressions or more, since most random ones are soon checked."""


@given(SEEDS)
def test_a_value_is_of_the_type_that_the_checker_gives_it(seed: int) -> None:
    random = Random(seed)
    for _ in range(15):
        text = random.choice((careless, narrowing))(random)
        found = accepted(text)
        for _ in range(4 if found else 0):
            assert found is not None
            value = outcome(found, scope_values(random))
            event("unknown" if value.__class__ is Unknown else "none" if value is None else "a value")
            assert conforms(value, found.type), f"{text} is {value!r}, not {found.type}"


@given(SEEDS)
def test_what_is_plainly_always_so_is_so(seed: int) -> None:
    random = Random(seed)
    for _ in range(12):
        text = plain(random)
        found = checked(text)
        verdict = always(found)
        event(f"always: {verdict}")
        for _ in range(0 if verdict is None else 10):
            value = outcome(found, scope_values(random))
            assert value is verdict or value.__class__ is Unknown, text


@given(SEEDS, st.booleans())
def test_the_checker_refuses_by_its_own_errors_only(seed: int, strict: bool) -> None:
    random = Random(seed)
    for _ in range(12):
        _look_at(random.choice((shapeless, shapeless, careless))(random), strict=strict)


def _look_at(text: str, *, strict: bool) -> None:
    found = _checked_or_refused(text, strict=strict)
    if isinstance(found, FeelError):
        event(found.code)
        assert found.span is not None
        assert strict or found.code in {"unknown-name", "syntax", "too-deep"}
        return
    always(found)
    assert dependencies(found) <= set(SCOPE)
    assert all(paths(found))
    for node in _every_node(found.root):
        assert node in found.types
        assert not isinstance(node, Name) or node in found.references
        compared_choices(found, node)


def _checked_or_refused(text: str, *, strict: bool) -> Checked | FeelError:
    try:
        return check(parse(text, SCOPE), SCOPE, source=text, strict=strict)
    except FeelError as error:
        return error


def _every_node(node: Node) -> list[Node]:
    if isinstance(node, TypeName):
        return []
    return [node, *(part for child in children(node) for part in _every_node(child))]
