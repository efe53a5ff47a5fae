"""What the names of a ruleset's expressions stand for in SQL: facts, parameters, values, tables, deadlines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from engine.feel.checked import Checked
from engine.feel.sql import Compiler, NotCovered, Operand, Plan
from engine.feel.sql.constants import constant
from engine.feel.sql.unset import unset
from engine.feel.types import Type
from engine.rosters.deadlines import deadline_operand
from engine.rosters.tables import table_operand
from engine.rulesets.checked import CheckedRuleset

__all__ = ["Names"]

_NOTHING: Final[Mapping[str, Operand]] = {}


class Names:
    """The names of one ruleset in one query, each worked out when it is first read."""

    def __init__(self, plan: Plan, ruleset: CheckedRuleset, facts: Mapping[str, Operand], rules_as_of: date) -> None:
        self._plan = plan
        self._ruleset = ruleset
        self._rules_as_of = rules_as_of
        self._found: dict[str, Operand] = dict(facts)

    def operand(self, name: str) -> Operand:
        """What a name stands for.

        Raises:
            NotCovered: when SQL cannot say it.
        """
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._make(name)
        return found

    def compile(
        self,
        checked: Checked,
        where: str,
        local: Mapping[str, Operand] = _NOTHING,
        *,
        question: tuple[Operand, Type] | None = None,
    ) -> Operand:
        """An expression of the ruleset, which may read further names.

        Raises:
            NotCovered: when SQL cannot say it.
        """
        scope: Callable[[str], Operand] = lambda name: local[name] if name in local else self.operand(name)  # noqa: E731 - one line says it
        return Compiler(self._plan, checked, where, scope, question).expression()

    def said(self, checked: Checked, where: str, local: Mapping[str, Operand], say: Callable[[Operand], str]) -> str:
        """The text that `say` makes of an expression's value.

        Raises:
            NotCovered: when SQL cannot say the expression or the text.
        """
        operand = self.compile(checked, where, local)
        try:
            return say(operand)
        except NotCovered as error:
            error.where, error.span = error.where or where, error.span or checked.root.span
            raise

    def _make(self, name: str) -> Operand:
        ruleset = self._ruleset
        if name in ("as_of", "rules_as_of"):
            return constant(self._plan, self._plan.as_of if name == "as_of" else self._rules_as_of)
        if name in ruleset.parameters:
            return self._parameter(name)
        if name in ruleset.references:
            return constant(self._plan, [dict(row) for row in ruleset.references[name]])
        if name in ruleset.values:
            return self.compile(ruleset.values[name], f"values.{name}")
        if name in ruleset.tables:
            return table_operand(self._plan, ruleset.tables[name], self.compile)
        if name in ruleset.deadlines:
            return self._deadline(name)
        raise NotCovered(f"the fact `{name}`, which is of a kind that SQL does not have")

    def _parameter(self, name: str) -> Operand:
        parameter = self._ruleset.parameters[name]
        value: Any = parameter.on(self._rules_as_of)
        if value is not None:
            return constant(self._plan, value)
        return unset(parameter.type)

    def _deadline(self, name: str) -> Operand:
        def compile_(checked: Checked, part: str, local: Mapping[str, Operand]) -> Operand:
            return self.compile(checked, f"deadlines.{name}.{part}", local)

        return deadline_operand(self._plan, self._ruleset.deadlines[name], compile_)
