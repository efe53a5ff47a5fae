"""One expression asked of many cases at once in SQL, and of each case of the interpreter; and how the two agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

import duckdb

from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.decimals import divide
from engine.feel.errors import FeelBudgetError
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.run import Run
from engine.feel.sql import Compiler, Operand, Plan
from engine.feel.sql.constants import constant
from engine.feel.sql.operand import NULL
from engine.feel.sql.shapes import Nothing, Spread
from engine.feel.types import Type
from engine.feel.unknown import Unknown
from tests.engine.feel.sql.settled import UNKNOWN, columns, read_back, seen_by_sql, table

__all__ = ["AS_OF", "STOPPED", "Answers", "Roster", "agrees", "exactly"]

AS_OF: Final = date(2024, 3, 1)
STOPPED: Final = "(stopped)"
"""What the interpreter says of a case that takes too many steps."""


@dataclass(frozen=True)
class Answers:
    """What SQL and the interpreter say of each case; a case that SQL leaves out has `left_out` there."""

    sql: list[Any]
    interpreter: list[Any]
    left_out: list[bool]


@dataclass
class Roster:
    """Cases over a scope; `constants` are the values of names that are the same for every case."""

    scope: Mapping[str, Type]
    cases: Sequence[Mapping[str, Any]]
    constants: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        facts = {name: type_ for name, type_ in self.scope.items() if name not in self.constants}
        self._facts = columns(facts)
        self._connection = duckdb.connect()
        self._connection.execute("SET threads = 1")
        self._connection.register("cases", table(facts, self.cases))

    def checked(self, text: str) -> Checked:
        """The expression, checked."""
        return check(parse(text, self.scope), self.scope, source=text)

    def cell(self, text: str, value: Type) -> Checked:
        """Unary tests of a value of that type."""
        return check(parse_unary_tests(text, self.scope), self.scope, source=text, value=value)

    def compiled(self, checked: Checked, plan: Plan, question: str = "") -> Operand:
        """What SQL makes of an expression; for unary tests of the value of the name `question`."""
        asked = (self.operand(plan, question), self.scope[question]) if question else None
        return Compiler(plan, checked, "values.x", lambda name: self.operand(plan, name), asked).expression()

    def operand(self, plan: Plan, name: str) -> Operand:
        """What a name of the scope stands for."""
        if name not in self.constants:
            return self._facts[name]
        value = self.constants[name]
        return Operand(NULL, Nothing()) if isinstance(value, Unknown) else constant(plan, value)

    def answers(self, checked: Checked, question: str = "") -> Answers:
        """What both say of every case.

        Raises:
            NotCovered: when SQL has no such construct.
        """
        plan = Plan(AS_OF, None)
        found = self.compiled(checked, plan, question)
        given, left = self.queried(plan, _outputs(found))
        return Answers(
            [_read(found, row, "v") for row in given],
            [seen_by_sql(self.evaluated(checked, case, question)) for case in self.cases],
            left,
        )

    def evaluated(self, checked: Checked, case: Mapping[str, Any], question: str = "") -> Any:
        """What the interpreter says of a case."""
        values = {**case, **self.constants}
        asked = values[question] if question else None
        try:
            return evaluate(checked, values, Run(AS_OF), where="values.x", value=asked)
        except FeelBudgetError:
            return STOPPED

    def queried(self, plan: Plan, outputs: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[bool]]:
        """The rows that a query gives, and whether each case is left out."""
        left = " OR ".join(plan.left_out) or "false"
        text = plan.query.text({"row": '"row"', "left": left, **outputs}, "cases")
        found = self._connection.execute(f"SELECT * FROM ({text}) ORDER BY row")
        names = [str(column[0]) for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return rows, [row["left"] for row in rows]


def _outputs(operand: Operand, name: str = "v") -> dict[str, str]:
    """What must be asked to read an operand back."""
    outputs = {f"{name}?": operand.unknown}
    if not isinstance(operand.shape, Spread):
        return {name: operand.sql, **outputs}
    for key, entry in operand.shape.entries.items():
        outputs |= _outputs(entry, f"{name}.{key}")
    return outputs


def _read(operand: Operand, row: Mapping[str, Any], name: str) -> Any:
    unknown = row[f"{name}?"]
    assert unknown is not None, "the flag of the unknown is never NULL"
    if not isinstance(operand.shape, Spread):
        if unknown:
            assert row[name] is None, "what is unknown is NULL"
        # An operand that may not be none and is said to be known can be none only where a test beside it settles that.
        narrowed = operand.known and not operand.optional
        return read_back(row[name], operand.shape, unknown=unknown, optional=operand.optional or narrowed)
    if unknown:
        return UNKNOWN
    return {key: _read(entry, row, f"{name}.{key}") for key, entry in operand.shape.entries.items()}


def agrees(sql: Any, interpreter: Any) -> bool:
    """Whether what SQL knows is what the interpreter says."""
    return _same(sql, interpreter, lambda one, _other: one == UNKNOWN)


def exactly(sql: Any, interpreter: Any) -> bool:
    """Whether both say the same, and know the same."""
    return _same(sql, interpreter, lambda _one, _other: False)


def _same(sql: Any, other: Any, allowed: Callable[[Any, Any], bool]) -> bool:
    if allowed(sql, other):
        return True
    if isinstance(sql, list) and isinstance(other, list):
        return len(sql) == len(other) and all(_same(one, two, allowed) for one, two in zip(sql, other, strict=True))
    if isinstance(sql, dict) and isinstance(other, dict):
        return sql.keys() == other.keys() and all(_same(sql[name], other[name], allowed) for name in sql)
    if isinstance(sql, tuple):  # a quotient: FEEL divides to 34 digits
        return other.__class__ is Decimal and bool(divide(sql[1], sql[2]) == other)
    return sql.__class__ is other.__class__ and bool(sql == other)
