"""The columns of a batch of decisions: the same for every ruleset."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from engine.rosters.model import Detail

__all__ = ["CAUSE", "DEADLINE", "DECISION_SCHEMA", "HELD", "OBLIGATION", "OUTCOME_SCHEMA", "TEXTS", "schema_of"]

TEXTS: Final = pa.list_(pa.string())
HELD: Final = pa.struct(
    {
        "rule": pa.string(),
        "element": pa.int32(),
        "outcome": pa.string(),
        "because": pa.string(),
        "cites": TEXTS,
        "results": pa.string(),
    }
)
OBLIGATION: Final = pa.struct(
    {
        "action": pa.string(),
        "text": pa.string(),
        "by": pa.string(),
        "to": pa.string(),
        "force": pa.string(),
        "due": pa.date32(),
        "due_unknown": pa.bool_(),
        "deadline": pa.string(),
        "rule": pa.string(),
        "element": pa.int32(),
    }
)
DEADLINE: Final = pa.struct(
    {
        "name": pa.string(),
        "element": pa.int32(),
        "starts_on": pa.date32(),
        "due": pa.date32(),
        "status": pa.string(),
        "met_on": pa.date32(),
        "unknown": TEXTS,
    }
)
CAUSE: Final = pa.struct({"kind": pa.string(), "path": pa.string(), "detail": pa.string()})

DECISION_SCHEMA: Final = pa.schema(
    {
        "row": pa.int64(),
        "outcome": pa.string(),
        "applies": pa.bool_(),
        "complete": pa.bool_(),
        "candidates": TEXTS,
        "may_have_no_outcome": pa.bool_(),
        "because": pa.string(),
        "cites": TEXTS,
        "held": pa.list_(HELD),
        "results": pa.string(),
        "obligations": pa.list_(OBLIGATION),
        "deadlines": pa.list_(DEADLINE),
        "missing_outcome": pa.list_(CAUSE),
        "missing_details": pa.list_(CAUSE),
    }
)
"""All of a decision but what is the same for the whole roster.

`row` is the number of the case, from 0; results are JSON text. `applies` and, within lists, outcomes, elements, days
and statuses are null where a Decision has None; nothing else is ever null.
"""

OUTCOME_SCHEMA: Final = pa.schema(
    {
        "row": pa.int64(),
        "outcome": pa.string(),
        "complete": pa.bool_(),
        "candidates": TEXTS,
        "may_have_no_outcome": pa.bool_(),
        "applies": pa.bool_(),
        "rules": TEXTS,
    }
)
"""The short form. `rules` are the ids of the rules that hold, in the document's order, each once."""


def schema_of(detail: Detail) -> pa.Schema:
    """The schema of the decisions, for how much is said of each."""
    return DECISION_SCHEMA if detail == "decisions" else OUTCOME_SCHEMA
