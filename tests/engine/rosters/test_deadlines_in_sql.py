"""Deadlines in SQL stand where the reference says that they stand."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from engine.calendars.calendar import Days
from engine.deadlines import told
from engine.feel.checked import Checked
from engine.feel.checker import check
from engine.feel.interpreter import evaluate
from engine.feel.parser import parse
from engine.feel.run import Run
from engine.feel.sql import Compiler, Operand, Plan
from engine.feel.sql.operand import NULL
from engine.feel.sql.shapes import DAY, NOTHING, Entry, Items, Record
from engine.feel.types import STRING, ContextType, ListType
from engine.feel.unknown import Unknown
from engine.reference.deadlines import deadline_value
from engine.rosters.deadlines import deadline_operand, told_sql
from engine.rulesets.checked import CheckedDeadline
from tests.engine.feel.sql.tables_of_days import CALENDARS, answers, days_near, rows_of
from tests.engine.rosters.deadlines_for_tests import (
    AS_OF,
    COLUMNS,
    DEADLINES,
    ELEMENTS,
    PAUSE,
    PERHAPS,
    RECORD,
    SCOPE,
    UNKNOWN,
    case,
    deadline,
    parts,
    row_of,
    scope,
)


def expected(one: CheckedDeadline, facts: Mapping[str, Any], plan: Plan) -> tuple[list[dict[str, Any]], bool, Any]:
    """How the reference tells the deadline, whether anything is unknown, and what expressions read of it."""
    run = Run(plan.as_of, plan.calendar, steps=10**9)

    def part(checked: Checked, where: str, names: Mapping[str, Any]) -> Any:
        return evaluate(checked, {**facts, **names}, run, where=where)

    value = deadline_value(one, part, plan.as_of, plan.calendar)
    states, open_ = told(one.name, value)
    read = [
        {name: getattr(state, name) for name in ("name", "element", "starts_on", "due", "status", "met_on")}
        | {"unknown": list(state.unknown)}
        for state in states
    ]
    return read, bool(open_), value


def compiled(one: CheckedDeadline, plan: Plan) -> tuple[Operand, dict[str, str]]:
    """The operand of a deadline, and the outputs that tell it."""

    def compile_(checked: Checked, where: str, names: Mapping[str, Operand]) -> Operand:
        return Compiler(plan, checked, where, lambda name: names[name] if name in names else scope(name)).expression()

    operand = deadline_operand(plan, one, compile_)
    states, unknown = told_sql(plan, one, operand)
    return operand, {"states": states, "unknown": unknown, "left_out": " OR ".join(plan.left_out) or "false"}


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("name", DEADLINES)
def test_a_deadline_stands_where_the_reference_says(name: str, calendar: str) -> None:
    one, random = DEADLINES[name], Random(f"{name} {calendar}")
    for _ in range(3 if calendar == "two years" else 1):
        as_of = days_near(random, CALENDARS[calendar])
        plan = Plan(as_of, CALENDARS[calendar])
        cases = [case(random, plan.calendar) for _ in range(700)]
        _, outputs = compiled(one, plan)
        found = answers(plan, outputs, rows_of([row_of(facts) for facts in cases], COLUMNS))
        for facts, row in zip(cases, found, strict=True):
            states, unknown, _ = expected(one, facts, plan)
            assert (row["states"], row["unknown"], row["left_out"]) == (states, unknown, False), (as_of, facts)


def test_elements_keep_their_own_entries() -> None:
    random, plan = Random("entries"), Plan(AS_OF, CALENDARS["two years"])
    cases = [case(random, plan.calendar) for _ in range(300)]
    operand, _ = compiled(DEADLINES["each with pauses"], plan)
    names = {**SCOPE, "report": ListType(ContextType({"name": STRING, "pauses": ListType(PAUSE), "due": PERHAPS}))}
    text = "for e in report return {name: e.name, pauses: count(e.pauses), due: e.due}"
    checked = check(parse(text, names), names, source=text)
    found = Compiler(plan, checked, "values.x", {"report": operand}.__getitem__).expression()
    read = answers(plan, {"read": found.sql}, rows_of([row_of(facts) for facts in cases], COLUMNS))
    for facts, row in zip(cases, read, strict=True):
        _, _, value = expected(DEADLINES["each with pauses"], facts, plan)
        known = None if value is UNKNOWN else [(e["name"], len(e["pauses"]), known_day(e["due"])) for e in value]
        assert (row["read"] and [(e["name"], e["pauses"], e["due"]) for e in row["read"]]) == known


def known_day(value: Any) -> Any:
    return None if isinstance(value, Unknown) else value


@pytest.mark.parametrize("name", ["calendar days", "pauses of school days", "each of school days"])
def test_a_case_with_a_length_that_is_too_long_is_left_out(name: str) -> None:
    plan = Plan(AS_OF, CALENDARS["two years"])
    _, outputs = compiled(DEADLINES[name], plan)
    days = (100_000, 100_001, -100_000, -100_001, 2**53, -(2**53), UNKNOWN)
    facts = [{**parts(Random(n), plan.calendar), "days": count} for n, count in enumerate(days)]
    cases = [{**one, "elements": [{"name": "n", **one}]} for one in facts]
    found = answers(plan, outputs, rows_of([row_of(one) for one in cases], COLUMNS))
    assert [row["left_out"] for row in found] == [False, True, False, True, True, True, False]


def test_a_length_that_has_no_value_is_unknown() -> None:
    """As a parameter is before it is in force."""
    plan, one = Plan(AS_OF, None), DEADLINES["calendar days"]

    def compile_(checked: Checked, where: str, _: Mapping[str, Operand]) -> Operand:
        return Operand(NULL, NOTHING) if where == "length" else Compiler(plan, checked, where, scope).expression()

    states, unknown = told_sql(plan, one, deadline_operand(plan, one, compile_))
    facts = {**parts(Random(1), None), "starts": AS_OF, "met": None, "pauses": [], "elements": []}
    found = answers(plan, {"states": states, "unknown": unknown}, rows_of([row_of(facts)], COLUMNS))
    assert found[0]["unknown"]
    assert found[0]["states"][0]["unknown"] == ["due", "status"]


def test_what_is_always_known_has_no_tests() -> None:
    """A batch in which nothing is left out: told as known beforehand, with the same states."""
    random, plan = Random("known"), Plan(AS_OF, CALENDARS["two years"])
    one = deadline(days=Days.CALENDAR, paused="each", met=True, waived=True, soon=Days.CALENDAR)
    fields = {end: Entry(DAY, optional=True, known=True) for end in ("from", "until")}

    def known(name: str) -> Operand:
        if name == "pauses":
            return Operand('"pauses"', Items(Record(fields)), known=True)
        return Operand(f'"{name}"', RECORD[name].shape, known=True, optional=RECORD[name].optional)

    def compile_(checked: Checked, where: str, names: Mapping[str, Operand]) -> Operand:
        return Compiler(plan, checked, where, lambda name: names[name] if name in names else known(name)).expression()

    def open_(facts: Mapping[str, Any]) -> bool:
        values = [facts[name] for name in (*RECORD, "pauses")]
        pauses = [] if facts["pauses"] is UNKNOWN else facts["pauses"]
        return UNKNOWN in [*values, *(pause[end] for pause in pauses for end in ("from", "until"))]

    cases = [facts for facts in (case(random, plan.calendar) for _ in range(1500)) if not open_(facts)]
    states, unknown = told_sql(plan, one, deadline_operand(plan, one, compile_))
    found = answers(plan, {"states": states, "unknown": unknown}, rows_of([row_of(facts) for facts in cases], COLUMNS))
    assert len(cases) > 500
    for facts, row in zip(cases, found, strict=True):
        assert (row["states"], row["unknown"]) == expected(one, facts, plan)[:2], facts


def test_the_state_of_an_element_that_may_be_unknown_is_unknown_where_it_is() -> None:
    plan, one = Plan(AS_OF, None), DEADLINES["each end"]

    def compile_(checked: Checked, where: str, names: Mapping[str, Operand]) -> Operand:
        if where == "each":
            return Operand('"elements"', Items(ELEMENTS.element, known=False))
        if where == "starts":
            return Operand(f"DATE '{AS_OF}'", DAY, known=True)
        return Compiler(plan, checked, where, names.__getitem__).expression()

    states, unknown = told_sql(plan, one, deadline_operand(plan, one, compile_))
    facts = {**parts(Random(1), None), "due": None, "met": None, "pauses": []}
    rows = [{**row_of(facts), "elements": [None, row_of({"name": "n", **facts})]}]
    found = answers(plan, {"states": states, "unknown": unknown}, rows_of(rows, COLUMNS))[0]
    assert found["unknown"]
    assert [state["unknown"] for state in found["states"]] == [["starts_on", "due", "status", "met_on"], []]
