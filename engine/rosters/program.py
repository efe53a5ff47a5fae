"""The query that decides a batch of cases by one version of a ruleset.

One row of its result for each case: whether SQL leaves the case to the case engine (`left_out`), whether it lies inside
the ruleset (`inside`), the truth of its premises (`pattern`), and what the rules that hold say, set and owe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.calendars import Calendar
from engine.cases import CaseEngine
from engine.feel.sql import NotCovered, Operand, Plan
from engine.feel.sql.operand import FALSE, TRUE, quoted_name
from engine.feel.sql.shapes import BOOLEAN
from engine.rosters.assembling import OUTSIDE
from engine.rosters.consequences import Consequences, Said
from engine.rosters.inference import Asked, held_sql, pattern_sql
from engine.rosters.names import Names
from engine.rosters.occurring import Profile
from engine.rosters.open_details import OpenDetails
from engine.rosters.premises import MOST_RULES, inside_of, premise_of
from engine.rosters.settled_facts import Columns
from engine.rulesets.checked import CheckedRule

__all__ = ["PLACE", "Asking", "Program", "program_of"]

PLACE: Final = "#"
"""The column of `cases`, and of the result, that says which case of the batch a row is; no fact is called so."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a query is made for.

    Attributes:
        as_of, rules_as_of: the decisions' date, and the date whose parameters are used.
        calendar: what school and business days are counted in; None for none.
        absent_is_none: whether facts left out read as none where they declare what none means.
        profile: what occurs in the batch.
        outcomes_only: whether only outcomes and rules are asked for.
    """

    as_of: date
    rules_as_of: date
    calendar: Calendar | None
    absent_is_none: bool
    profile: Profile
    outcomes_only: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A query.

    Attributes:
        text: reads a table `cases`; gives the place (`PLACE`), `left_out`, `inside` (when it has `applies`), `pattern`,
            and the columns of `said`.
        said: which columns say what rules, deadlines and the default give.
        asked: the functions that it calls, for components without a table.
    """

    text: str
    said: Said
    asked: tuple[Asked, ...]


def program_of(engine: CaseEngine, asking: Asking) -> Program:
    """Writes the query.

    Raises:
        NotCovered: when SQL cannot say a part of the ruleset; `where` names the expression.
    """
    try:
        return _Writer(engine, asking).program()
    except RecursionError:
        # Each value is written where the first that builds on it is: a long chain of them goes deep.
        raise NotCovered("values that build on very many others") from None


class _Writer:
    def __init__(self, engine: CaseEngine, asking: Asking) -> None:
        self._engine = engine
        self._ruleset = engine.ruleset
        self._asking = asking
        self._plan = Plan(asking.as_of, asking.calendar)
        facts = Columns(self._plan, asking.profile, absent_is_none=asking.absent_is_none)
        self._names = Names(self._plan, self._ruleset, facts.root(self._ruleset.facts), asking.rules_as_of)
        if len(self._ruleset.rules) + len(self._ruleset.borrowed) > MOST_RULES:
            raise NotCovered(f"more than {MOST_RULES} rules", where="rules")

    def program(self) -> Program:
        self._expects()
        inside = inside_of(self._ruleset, self._names)
        premises = [self._premise(rule) for rule in self._ruleset.rules.values()]
        premises += [_holding(self._plan, self._engine, id_, self._asking) for id_ in self._ruleset.borrowed]
        pattern = pattern_sql(
            [f"coalesce({premise.sql}, false)" for premise in premises], self._engine.conclusions.bits
        )
        outputs = {
            PLACE: quoted_name(PLACE),
            "pattern": pattern if inside.sql == TRUE else f"CASE WHEN {inside.sql} THEN {pattern} ELSE {OUTSIDE} END",
        }
        if self._ruleset.applies is not None:
            outputs["inside"] = inside.sql
        self._unknown(inside, premises)
        said, asked = self._said(inside, premises, outputs)
        outputs["left_out"] = " OR ".join(self._plan.left_out) or FALSE
        return Program(self._plan.query.text(outputs, "cases"), said, asked)

    def _expects(self) -> None:
        """A case whose facts contradict each other is left to the case engine, which says so."""
        for expectation in self._ruleset.expects:
            that = self._names.compile(expectation.that, f"expects[{expectation.position}].that")
            self._plan.leave_out(self._plan.column(f"NOT coalesce({that.sql}, true)"))

    def _unknown(self, inside: Operand, premises: Sequence[Operand]) -> None:
        """A case of which a premise is unknown that may matter is left to the case engine, which says why it is."""
        if not inside.known:
            self._plan.leave_out(f"({inside.sql} IS NULL)")
        for sql in dict.fromkeys(premise.sql for premise in premises if not premise.known):
            condition = f"({sql} IS NULL)" if inside.sql == TRUE else f"coalesce({inside.sql} AND {sql} IS NULL, false)"
            self._plan.leave_out(condition)

    def _premise(self, rule: CheckedRule) -> Operand:
        return premise_of(self._plan, self._names, rule)

    def _said(
        self, inside: Operand, premises: Sequence[Operand], outputs: dict[str, str]
    ) -> tuple[Said, tuple[Asked, ...]]:
        truths = {
            rule: f"({premise.sql})" if inside.sql == TRUE else f"({inside.sql} AND {premise.sql})"
            for rule, premise in zip([*self._ruleset.rules, *self._ruleset.borrowed], premises, strict=True)
        }
        held, asked = held_sql(self._plan, self._engine.conclusions.components, truths)
        if self._asking.outcomes_only:
            OpenDetails(self._plan, self._ruleset, self._names, inside.sql, held).leave_out()
            return Said(), asked
        consequences = Consequences(self._plan, self._ruleset, self._names, inside.sql, held)
        said = consequences.write()
        outputs.update(consequences.outputs)
        return said, asked


def _holding(plan: Plan, engine: CaseEngine, borrowed: str, asking: Asking) -> Operand:
    """Whether a rule of another ruleset holds; unknown where a premise is that it may hang on."""
    lender = engine.lenders[list(engine.ruleset.borrowed).index(borrowed)]
    part, rule = lender.ruleset, borrowed.partition("#")[2]
    facts = Columns(plan, asking.profile, absent_is_none=asking.absent_is_none)
    names = Names(plan, part, facts.root(part.facts), asking.rules_as_of)
    inside = inside_of(part, names)
    component = next(one for one in lender.conclusions.components if rule in one.rules)
    if component.table is None:
        raise NotCovered("a rule of another ruleset that hangs on very many others", where=f"given {borrowed}")
    premises = {
        id_: premise_of(plan, names, part.rules[id_]) if id_ in part.rules else _holding(plan, lender, id_, asking)
        for id_ in component.rules
    }
    held, _ = held_sql(plan, (component,), {id_: premise.sql for id_, premise in premises.items()})
    known = all(premise.known for premise in premises.values())
    open_ = " OR ".join(f"{premise.sql} IS NULL" for premise in premises.values() if not premise.known)
    holds = held[rule] if known else plan.query.column(f"CASE WHEN NOT ({open_}) THEN {held[rule]} END")
    return Operand(plan.query.column(f"({inside.sql} AND {holds})"), BOOLEAN, known=known and inside.known)
