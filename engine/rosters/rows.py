"""Decisions as a batch of them, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any, Final

import pyarrow as pa

from engine.decisions import DeadlineState, Decision, Held, Obligation
from engine.errors import Reason, RollbookError
from engine.feel.temporal import Date, WideDate, ordinal
from engine.rosters.model import Detail
from engine.rosters.reading_back import decisions_of
from engine.rosters.results import results_text
from engine.rosters.schemas import CAUSE, DEADLINE, DECISION_SCHEMA, HELD, OBLIGATION, OUTCOME_SCHEMA, TEXTS, schema_of

__all__ = ["DECISION_SCHEMA", "OUTCOME_SCHEMA", "check_dates", "decisions_of", "rows_of", "schema_of"]

_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = 2**31 - 1


def rows_of(decisions: Sequence[Decision], rows: Sequence[int], detail: Detail = "decisions") -> pa.RecordBatch:
    """The decisions as a batch.

    Args:
        decisions: in the order of the rows.
        rows: the number of each one's case.
        detail: which schema: DECISION_SCHEMA or OUTCOME_SCHEMA.
    """
    columns: dict[str, pa.Array] = {
        "row": pa.array(rows, pa.int64()),
        "outcome": _column(decisions, "outcome", pa.string()),
        "applies": _column(decisions, "applies", pa.bool_()),
        "complete": _column(decisions, "complete", pa.bool_()),
        "candidates": _column(decisions, "candidates", TEXTS),
        "may_have_no_outcome": _column(decisions, "may_have_no_outcome", pa.bool_()),
    }
    if detail == "outcomes":
        rules = [tuple(dict.fromkeys(held.rule for held in decision.held)) for decision in decisions]
        columns["rules"] = pa.array(rules, TEXTS)
    else:
        columns |= {
            "because": _column(decisions, "because", pa.string()),
            "cites": _column(decisions, "cites", TEXTS),
            "held": _lists([decision.held for decision in decisions], HELD),
            "results": _results(decisions),
            "obligations": _lists([decision.obligations for decision in decisions], OBLIGATION),
            "deadlines": _lists([decision.deadlines for decision in decisions], DEADLINE),
            "missing_outcome": _lists([decision.missing.outcome for decision in decisions], CAUSE),
            "missing_details": _lists([decision.missing.details for decision in decisions], CAUSE),
        }
    schema = schema_of(detail)
    return pa.record_batch([columns[name] for name in schema.names], schema=schema)


def check_dates(decision: Decision) -> None:
    """Whether every day of a decision can stand in a batch.

    Raises:
        RollbookError: LIMIT_EXCEEDED when one lies more than five million years from now.
    """
    if all(_fits(owed.due) for owed in decision.obligations) and all(
        _fits(day) for state in decision.deadlines for day in (state.starts_on, state.due, state.met_on)
    ):
        return
    raise RollbookError(
        Reason.LIMIT_EXCEEDED,
        "A day of this decision lies too far away for a table.",
        remedy="Look for a mistaken date or number of days among the facts.",
    )


def _fits(day: Date | None) -> bool:
    return day.__class__ is not WideDate or abs(ordinal(day) - _EPOCH) <= _LAST_DAY


def _column(parts: Iterable[Any], name: str, type_: pa.DataType) -> pa.Array:
    return pa.array([*map(attrgetter(name), parts)], type_)


def _lists(lists: Sequence[Sequence[Any]], item: pa.StructType) -> pa.Array:
    """A list per row, of structs with the attributes of the parts in it."""
    offsets = pa.array(accumulate(map(len, lists), initial=0), pa.int32())
    parts = list(chain.from_iterable(lists))
    fields = []
    for field in item:
        write: Callable[..., pa.Array] = _WRITERS.get(field.name, _column)
        fields.append(write(parts, field.name, field.type))
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(fields, fields=list(item)))


def _results(parts: Sequence[Held | Decision], _name: str = "", _type: pa.DataType | None = None) -> pa.Array:
    return pa.array([results_text(part.results) for part in parts], pa.string())


def _days(parts: Sequence[Obligation | DeadlineState], name: str, type_: pa.DataType) -> pa.Array:
    days = [*map(attrgetter(name), parts)]
    if not any(day.__class__ is WideDate for day in days):
        return pa.array(days, type_)
    # Years that Python's dates do not reach: Arrow counts days from 1970 as FEEL's dates do.
    return pa.array([None if day is None else ordinal(day) - _EPOCH for day in days], pa.int32()).cast(type_)


_WRITERS: Final[Mapping[str, Callable[..., pa.Array]]] = {
    "results": _results,
    "due": _days,
    "starts_on": _days,
    "met_on": _days,
}
