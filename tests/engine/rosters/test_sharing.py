"""One table for two versions: each is asked with what it declares, and what neither declares is not hidden."""

from __future__ import annotations

import json

import pyarrow as pa

from engine.rosters.sharing import shared_columns, shared_document
from tests.engine.rulesets_for_tests import load

OLD = load(
    """
    facts:
      s: {a: {type: integer}}
      list: {list_of: {x: {type: integer}}}
    rules: {r: {when: s.a = 1}}
    """
).facts
NEW = load(
    """
    facts:
      s: {a: {type: integer}, b: {type: integer, none: no b}}
      list: {list_of: {x: {type: integer}, y: {type: integer}}}
      more: {type: string}
    rules: {r: {when: s.a = 1}}
    """
).facts


def test_columns_that_only_the_other_declares_are_taken_out() -> None:
    item = {"x": 1, "y": 2, "typo": 3}
    batch = pa.record_batch(
        {
            "s": [{"a": 1, "b": 2, "b__none": False}, None],
            "list": [[item], None],
            "s.b": ["1", None],
            "more": ["m", None],
            "mroe": ["m", None],
        }
    )
    shared = shared_columns(batch, OLD, NEW)
    assert shared.to_pylist() == [
        {"s": {"a": 1}, "list": [{"x": 1, "typo": 3}], "mroe": "m"},
        {"s": None, "list": None, "mroe": None},
    ]
    assert shared_columns(batch, NEW, OLD) is batch
    assert shared_columns(batch.slice(1), OLD, NEW).to_pylist() == shared.slice(1).to_pylist()


def test_lists_that_are_json_text_are_cut_too() -> None:
    batch = pa.record_batch({"list": ['[{"x": 1.10, "y": 2}]', None, "no JSON"]})
    assert shared_columns(batch, OLD, NEW).column("list").to_pylist() == ['[{"x":1.10}]', None, "no JSON"]
    coded = pa.record_batch({"list": batch.column("list").dictionary_encode()})
    assert shared_columns(coded, OLD, NEW).to_pylist() == shared_columns(batch, OLD, NEW).to_pylist()


def test_a_batch_of_which_nothing_is_declared_keeps_its_rows() -> None:
    assert shared_columns(pa.record_batch({"more": ["a", "b"]}), OLD, NEW).num_rows == 2


def test_documents() -> None:
    document = b'{"s": {"a": 1.50, "b": null}, "list": [{"x": 1, "y": 2}, 7], "more": "m", "mroe": 1}'
    assert shared_document(document, NEW, OLD) == document
    assert shared_document(b"{", OLD, NEW) == b"{"
    assert shared_document(b"[1]", OLD, NEW) == b"[1]"
    shared = shared_document(document, OLD, NEW)
    assert isinstance(shared, bytes)
    assert json.loads(shared) == {"s": {"a": 1.5}, "list": [{"x": 1}, 7], "mroe": 1}
    assert b"1.50" in shared
