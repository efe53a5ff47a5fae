"""The compiled evaluator gives what the reference gives, causes of the unknown included."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from engine.feel.builtins.calendar_days import NAMES
from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.errors import FeelError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.python import compile_expression
from engine.feel.run import Run
from engine.feel.unknown import Unknown
from engine.feel.values import entries, is_context
from tests.engine.calendars.small import SMALL
from tests.engine.feel.typed_expressions import SCOPE, cases, expressions


def comparable(value: Any) -> Any:
    """`value` with unknowns by their causes, and numbers by what they are worth."""
    if isinstance(value, Unknown):
        return "unknown", tuple(sorted(value.causes))
    if isinstance(value, list):
        return "list", tuple(map(comparable, value))
    if is_context(value):
        return "context", tuple((name, comparable(entry)) for name, entry in entries(value).items())
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "number", Decimal(value)
    return type(value).__name__, value


def checked_or_none(text: str) -> Checked | None:
    """The checked expression; None when the checker has reason to refuse it."""
    try:
        return check(parse(text, SCOPE), SCOPE, source=text)
    except FeelError:
        return None


def test_the_compiled_evaluator_agrees_with_the_reference() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=max(600, settings().max_examples))
    @given(expressions(), cases())
    def agree(text: str, case: dict[str, Any]) -> None:
        checked = checked_or_none(text)
        seen["refused" if checked is None else "accepted"] += 1
        if checked is None:
            return
        expected = evaluate(checked, case, Run(date(2024, 3, 1), SMALL), where="values.x")
        actual = compile_expression(checked, where="values.x")(case, Run(date(2024, 3, 1), SMALL))
        seen["unknown" if isinstance(expected, Unknown) else "known"] += 1
        if any(builtin in text for builtin in NAMES):
            seen["counts days"] += 1
        assert comparable(actual) == comparable(expected)

    agree()

    # The expressions said something: most are right, and a good part of them known, and unknown.
    assert seen["accepted"] > seen["refused"]
    assert min(seen["known"], seen["unknown"]) > 0.15 * seen["accepted"]
    assert seen["counts days"] > 0.02 * seen["accepted"]
