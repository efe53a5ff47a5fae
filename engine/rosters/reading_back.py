"""Decisions from a batch of them: what `rows_of` wrote, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa

from engine.decisions import DeadlineState, Decision, Held, Missing, Obligation
from engine.feel.temporal import Date, date_from_ordinal
from engine.feel.types import Type
from engine.feel.unknown import Cause
from engine.rosters.model import Question
from engine.rosters.results import results_of
from engine.rosters.schemas import DECISION_SCHEMA
from engine.rulesets.calendar_use import calendars_read, needs_calendar
from engine.rulesets.checked import CheckedRuleset

__all__ = ["decisions_of"]

_EPOCH: Final = date(1970, 1, 1).toordinal()


def decisions_of(
    batch: pa.RecordBatch,
    ruleset: CheckedRuleset,
    question: Question,
    calendars: Mapping[str, str] | None = None,
) -> list[Decision]:
    """The decisions of a batch, equal to those that the case engine gives.

    Args:
        batch: DECISION_SCHEMA, with whatever other columns beside.
        ruleset: the version that decided them.
        question: what was asked.
        calendars: the version of each calendar that was read; when None those that the question's calendar means.

    Raises:
        RollbookError: REQUEST_INVALID when the ruleset needs a calendar and the question has none.
    """
    if calendars is None:
        calendars = calendars_read(question.calendar, needed=needs_calendar(ruleset))
    builds_on = ruleset.built_on
    columns = [batch.column(name).cast(_with_numbered_days(DECISION_SCHEMA.field(name).type)) for name in _NAMES]
    return [
        Decision(
            ruleset=ruleset.document.ruleset,
            version=ruleset.version,
            as_of=question.as_of,
            rules_as_of=question.rules_as_of or question.as_of,
            outcome=row["outcome"],
            because=row["because"],
            cites=tuple(row["cites"]),
            applies=row["applies"],
            candidates=tuple(row["candidates"]),
            held=tuple(_held(part, ruleset.result_types) for part in row["held"]),
            results=results_of(row["results"], ruleset.result_types),
            obligations=tuple(_obligation(part) for part in row["obligations"]),
            missing=Missing(_causes(row["missing_outcome"]), _causes(row["missing_details"])),
            calendars=calendars,
            absent_is_none=question.absent_is_none,
            may_have_no_outcome=row["may_have_no_outcome"],
            deadlines=tuple(_deadline(part) for part in row["deadlines"]),
            builds_on=builds_on,
        )
        for row in pa.record_batch(columns, names=_NAMES).to_pylist()
    ]


_NAMES: Final = [name for name in DECISION_SCHEMA.names if name not in {"row", "complete"}]


def _with_numbered_days(type_: pa.DataType) -> pa.DataType:
    """The same type with days as numbers: Python's dates do not reach every year that a decision may name."""
    if pa.types.is_list(type_):
        return pa.list_(_with_numbered_days(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([field.with_type(_with_numbered_days(field.type)) for field in type_])
    return pa.int32() if pa.types.is_date32(type_) else type_


def _day(number: int | None) -> Any:
    # Any: a due date is declared as a plain one, and is a wide one when an expression reckons that far.
    day: Date | None = None if number is None else date_from_ordinal(number + _EPOCH)
    return day


def _held(part: Mapping[str, Any], types: Mapping[str, Type]) -> Held:
    results = results_of(part["results"], types)
    return Held(part["rule"], tuple(part["cites"]), part["because"], part["outcome"], results, part["element"])


def _obligation(part: Mapping[str, Any]) -> Obligation:
    return Obligation(**{**part, "due": _day(part["due"])})


def _deadline(part: Mapping[str, Any]) -> DeadlineState:
    days = {name: _day(part[name]) for name in ("starts_on", "due", "met_on")}
    return DeadlineState(part["name"], part["element"], status=part["status"], unknown=tuple(part["unknown"]), **days)


def _causes(parts: list[Mapping[str, Any]]) -> tuple[Cause, ...]:
    return tuple(Cause(**part) for part in parts)
