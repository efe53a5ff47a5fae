"""Facts in SQL: the columns of a case batch as operands, and the cases whose facts SQL cannot take as they are.

What the case engine does when it settles the facts of one case is said here in SQL: null means left out, an event after
`as_of` has not happened, numbers lie within their bounds, choices are choices, lists are sorted. A case that breaks one
of these is left to the case engine, which says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.feel.sql import Operand, Plan
from engine.feel.sql.domain import Domain, Part
from engine.feel.sql.operand import NULL, is_literal, quoted, quoted_name
from engine.feel.sql.shapes import Entry, Spread
from engine.rosters.fact_entries import FactEntries
from engine.rosters.occurring import NONE_SUFFIX, Profile
from engine.rosters.settled_lists import Lists
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["Columns"]


class Columns:
    """The operands of the facts of one ruleset over a batch of cases."""

    def __init__(self, plan: Plan, profile: Profile, *, absent_is_none: bool) -> None:
        """Begins.

        Args:
            plan: where columns go, and which cases are left out.
            profile: what occurs in the batch: nothing else is asked of a case.
            absent_is_none: whether facts left out read as none where they declare what none means.
        """
        self._plan = plan
        self._facts = FactEntries(profile, plan.as_of, absent_is_none=absent_is_none)
        self._lists = Lists(plan, self._facts)

    def root(self, facts: FactGroup) -> Mapping[str, Operand]:
        """The operands of the names that `facts` declares at the top."""
        return dict(self._entries(facts, None))

    def _entries(self, group: FactGroup, struct: str | None) -> Iterator[tuple[str, Operand]]:
        for name, node in group.entries.items():
            sql = quoted_name(name) if struct is None else f"struct_extract({struct}, {quoted(name)})"
            none = quoted_name(name + NONE_SUFFIX)
            said = none if struct is None else f"struct_extract({struct}, {quoted(name + NONE_SUFFIX)})"
            found = self._operand(node, sql, said)
            if found is not None:
                yield name, found

    def _operand(self, node: FactNode, sql: str, none: str) -> Operand | None:
        match node:
            case FactGroup():
                return Operand(NULL, Spread(dict(self._entries(node, sql))), known=True)
            case FactList():
                return self._lists.operand(node, sql)
            case Fact():
                return self._fact(node, sql, none)

    def _fact(self, fact: Fact, sql: str, none: str) -> Operand | None:
        entry = self._facts.entry(fact, self._plan.query.column(sql), self._plan.query.column(none))
        for condition in self._facts.wrong(fact, self._plan.query.column(sql)):
            self._plan.leave_out(condition)
        if entry is None:
            return None
        value = self._plan.column(entry.value)
        flag = self._plan.column(entry.flag) if entry.flag else ""
        return Operand(value, entry.shape, entry.known, entry.optional, flag, self._domain(fact, entry, value))

    def _domain(self, fact: Fact, entry: Entry, value: str) -> Domain | None:
        """What a fact can be, where it is a choice that is always known; its number is told once for a case."""
        if not entry.known or self._facts.is_wrong(fact.path):
            return None
        if fact.kind == "boolean":
            choices: tuple[bool | str, ...] = (False, True)
            code = f"({value})::INTEGER"
        elif fact.choices:
            choices = fact.choices
            if not all(map(is_literal, choices)):
                return None  # a type of SQL is not written with expressions
            names = ", ".join(map(quoted, fact.choices))
            code = f"enum_code(TRY_CAST({value} AS ENUM({names})))::INTEGER"
        else:
            return None
        values: tuple[bool | str | None, ...] = (*choices, None) if entry.optional else choices
        if entry.optional:
            code = f"coalesce({code}, {len(choices)})"
        return Domain((Part(self._plan.query.column(code), len(values)),), values)
