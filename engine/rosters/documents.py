"""Batches of cases from JSON documents, or mappings of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from engine.cases.checking import violations
from engine.cases.facts import plain
from engine.errors import FactsError, Violation
from engine.rosters.building import columns_of
from engine.rosters.columns import case_schema
from engine.rosters.conformed import Conformed, batch_of, kept
from engine.rosters.model import Reject
from engine.rosters.places import Place, Troubles
from engine.rosters.results import number_json
from engine.rulesets.facts import FactGroup

__all__ = ["from_documents", "ids_of_documents"]


def from_documents(
    documents: Sequence[bytes | str | Mapping[str, Any]], facts: FactGroup, *, first_row: int, ids: Sequence[str] = ()
) -> Conformed:
    """Cases from JSON documents, or mappings of plain values: one each, with the meaning that the case engine gives it.

    What is absent is left out; null is none where the fact declares what none means, and left out elsewhere.

    Args:
        documents: the cases.
        facts: what the ruleset declares.
        first_row: the number of the first one in the roster.
        ids: names at the top of a document that are no facts; they are kept apart as text, null where they are absent.
    """
    refused: dict[int, FactsError] = {}
    given: list[Any] = []
    for place, document in enumerate(documents):
        try:
            given.append(_object(document))
        except FactsError as error:
            refused[place] = error
            given.append(None)
    apart = [pa.array([_id(row, name) for row in given], pa.string()) for name in ids]
    if ids:
        given = [_without(row, ids, facts) for row in given]
    troubles = Troubles()
    columns = columns_of(facts, given, Place(), troubles)
    for place, told in troubles.rows.items():
        # Everything that the case engine would tell of this case, not only what keeps it from standing in a table.
        refused[place] = FactsError(violations(facts, given[place]) or tuple(told))
    rejects = tuple(Reject.of(first_row + place, refused[place]) for place in sorted(refused))
    cases = batch_of(columns, case_schema(facts), len(given))
    texts = pa.schema([(name, pa.string()) for name in ids])
    return kept(cases, batch_of(apart, texts, len(given)), rejects, first_row)


def ids_of_documents(documents: Sequence[bytes | str | Mapping[str, Any]], ids: Sequence[str]) -> pa.RecordBatch:
    """The id columns of all documents, as `from_documents` gives those of cases that can be read.

    Null for what is no JSON object.
    """
    given: list[Mapping[str, Any] | None] = []
    for document in documents:
        try:
            given.append(_object(document))
        except FactsError:
            given.append(None)
    columns = [pa.array([_id(row, name) for row in given], pa.string()) for name in ids]
    return batch_of(columns, pa.schema([(name, pa.string()) for name in ids]), len(given))


def _object(document: bytes | str | Mapping[str, Any]) -> Mapping[str, Any]:
    """The entries of a document.

    Raises:
        FactsError: when it is no JSON, or no object.
    """
    found = plain(document)
    if not isinstance(found, Mapping):
        raise FactsError((Violation("", "an object", "Facts of a group are given as an object."),))
    return found


def _id(row: Mapping[str, Any] | None, name: str) -> str | None:
    """An id as text: a string as it is, anything else as JSON."""
    value = None if row is None else row.get(name)
    if value is None or isinstance(value, str):
        return value
    return number_json(value) if isinstance(value, Decimal) else msgspec.json.encode(value).decode()


def _without(row: Mapping[str, Any] | None, ids: Sequence[str], facts: FactGroup) -> Mapping[str, Any] | None:
    """The entries that are facts. What is named as an id and declared as a fact is both."""
    if row is None:
        return None
    return {name: value for name, value in row.items() if name not in ids or name in facts.entries}
