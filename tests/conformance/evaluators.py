"""The evaluators that are held to the conformance cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Any

from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.errors import FeelError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.python import compile_expression
from engine.feel.run import Run
from tests.conformance.cases import Case

__all__ = ["EVALUATORS", "value_of"]

Evaluator = Callable[[Checked, Case, Run], Any]


def _interpreter(checked: Checked, case: Case, run: Run) -> Any:
    return evaluate(checked, case.inputs, run)


def _python(checked: Checked, case: Case, run: Run) -> Any:
    return compile_expression(checked)(case.inputs, run)


EVALUATORS = MappingProxyType({"interpreter": _interpreter, "python": _python})


def value_of(case: Case, evaluator: Evaluator) -> Any:
    """What the expression gives; null for one that does not parse, or names what there is not."""
    try:
        node = parse(case.expression, case.inputs)
        checked = check(node, case.scope, source=case.expression, strict=False)
    except FeelError:
        return None
    return evaluator(checked, case, Run(as_of=date(2024, 1, 31)))
