"""Names that go on where SQL cannot say an expression: it is told, and an unknown value of its type stands in for it.

So everything that SQL cannot say is found, and what only reads it is not told again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeAlias

from engine.feel.checked import Checked
from engine.feel.checker import dependencies
from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.shapes import Nothing
from engine.feel.sql.unset import unset
from engine.feel.types import ContextType, ListType, ScalarType, Type
from engine.rosters.names import Names
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.parts import worked_out_from

__all__ = ["Tell", "Watching"]

Tell: TypeAlias = Callable[[NotCovered, str, Checked | None], None]
"""Takes what SQL cannot say, the name of the expression, and the expression; None for a part that is no expression."""

_NOTHING: Final[Mapping[str, Operand]] = {}
_PLAIN: Final = frozenset(("boolean", "date", "number", "string"))


class Watching(Names):
    """The names of one ruleset in one query that nobody runs."""

    def __init__(
        self, plan: Plan, ruleset: CheckedRuleset, facts: Mapping[str, Operand], rules_as_of: date, tell: Tell
    ) -> None:
        super().__init__(plan, ruleset, facts, rules_as_of)
        self._tell = tell
        self._replaced: set[Checked] = set()
        self._vague: set[str] = set()

    def compile(
        self,
        checked: Checked,
        where: str,
        local: Mapping[str, Operand] = _NOTHING,
        *,
        question: tuple[Operand, Type] | None = None,
    ) -> Operand:
        """An expression, or the unknown value of its type."""
        try:
            return super().compile(checked, where, local, question=question)
        except NotCovered as error:
            self._lose(error, where, checked, local)
            return unset(checked.type)

    def said(self, checked: Checked, where: str, local: Mapping[str, Operand], say: Callable[[Operand], str]) -> str:
        """The text of an expression's value, or an unknown one."""
        try:
            return super().said(checked, where, local, say)
        except NotCovered as error:
            self._lose(error, where, checked, local)
            return "NULL::VARCHAR"

    def _make(self, name: str) -> Operand:
        if name not in self._ruleset.order:
            return super()._make(name)  # a fact or parameter that SQL does not have: told of each that reads it
        type_ = self._ruleset.scope[name]
        expressions = list(worked_out_from(self._ruleset, name))
        try:
            found = super()._make(name)
        except NotCovered as error:
            if not any(self._open(checked) for checked in expressions):
                self._tell(error, error.where or self._named(name), None)
            found = unset(type_)
            lost = True
        else:
            lost = any(self._open(checked) for checked in expressions)
        if lost and not _plain(type_):
            self._vague.add(name)
        return found

    def _named(self, name: str) -> str:
        return f"{'deadlines' if name in self._ruleset.deadlines else 'tables'}.{name}"

    def _lose(self, error: NotCovered, where: str, checked: Checked, local: Mapping[str, Operand]) -> None:
        """Tells it, unless something stands in for a part of the expression that could be why."""
        stood_in = any(isinstance(operand.shape, Nothing) for operand in local.values())
        if checked not in self._replaced and not stood_in and self._vague.isdisjoint(dependencies(checked)):
            self._tell(error, where, checked)
        self._replaced.add(checked)

    def _open(self, checked: Checked) -> bool:
        """Whether something stands in for the expression, or for what it reads."""
        return checked in self._replaced or not self._vague.isdisjoint(dependencies(checked))


def _plain(type_: Type) -> bool:
    """Whether the unknown value of a type can be read in every way in which other values of it can be."""
    match type_:
        case ScalarType():
            return type_.name in _PLAIN
        case ListType():
            return isinstance(type_.element, ScalarType) and not type_.element.optional and _plain(type_.element)
        case ContextType():
            return all(_plain(entry) for entry in type_.entries.values())
        case _:
            return False
