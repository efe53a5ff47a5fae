"""YAML as it is read: a narrow YAML 1.2, with the place of everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rulesets.findings import Findings, path_text
from engine.rulesets.scalars import as_written
from engine.rulesets.yaml_source import MAX_BYTES, MAX_LINE, Source, read_yaml


def read(text: str) -> Source:
    findings = Findings("f.yaml")
    source = read_yaml(text, "f.yaml", findings)
    assert source is not None, findings.all()
    return source


def refused(text: str) -> tuple[str, int, int]:
    findings = Findings("f.yaml")
    assert read_yaml(text, "f.yaml", findings) is None
    (problem,) = findings.all()
    return problem.code, problem.line, problem.column


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"), ("no", "no"), ("y", "y"), ("off", "off"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None),
        ("15", 15), ("-3", -3), ("+7", 7), ("007", 7), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1_000", "1_000"),
        ("1.10", Decimal("1.10")), (".5", Decimal("0.5")), ("1e5", "1e5"), (".inf", ".inf"), ("1:30", "1:30"),
        ("2018-08-03", date(2018, 8, 3)), ("2018-02-30", "2018-02-30"), ("2018-19", "2018-19"),
        ('"15"', "15"), ("'true'", "true"), ("1.2.3", "1.2.3"), ("9" * 35, "9" * 35),
    ],
)  # fmt: skip
def test_a_value_means_what_the_core_schema_says(written: str, value: Any) -> None:
    found = read(f"a: {written}").data["a"]
    assert found == value
    assert isinstance(found, bool) == isinstance(value, bool)
    assert isinstance(found, str) == isinstance(value, str)


@pytest.mark.parametrize("written", ["007", "1.10", "2018-08-03", "true", "+7", ".5"])
def test_a_value_that_is_read_as_text_is_the_text_that_was_written(written: str) -> None:
    assert as_written(read(f"a: {written}").data["a"]) == written


def test_keys_are_text() -> None:
    assert read("2018-08-03: a\n15: b\ntrue: c\nnull: d\non: e").data == {
        "2018-08-03": "a", "15": "b", "true": "c", "null": "d", "on": "e",
    }  # fmt: skip


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert read("<<: {a: b}").data == {"<<": {"a": "b"}}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: &x 1\n", "yaml-alias", 1, 4),
        ("a: {b: *x}\n", "yaml-alias", 1, 8),
        ("a: !!python/object/apply:os.system [ls]\n", "yaml-tag", 1, 4),
        ("a: !x 1\n", "yaml-tag", 1, 4),
        ("? {a: b}\n: c\n", "yaml-key", 1, 3),
        ("a: 1\n---\nb: 2\n", "yaml-documents", 2, 1),
        ("a:\n\t- b\n", "yaml", 2, 1),
        ("a: [b\n", "yaml", 2, 1),
        ("a: 'b\n", "yaml", 2, 1),
        ("a: \x07\n", "yaml", 1, 4),
        ('a: "\\ud800"\n', "yaml", 1, 4),
        ('a: "\\UFFFFFFFF"\n', "yaml", 1, 1),
        ("a: " + "[" * 100, "too-deep", 1, 44),
        ("x" * (MAX_LINE + 1), "too-large", 1, 1),
        ("# " + "x\n# " * (MAX_BYTES // 4), "too-large", 1, 1),
        ("- a\n" * 100_001, "too-large", 100_000, 3),
    ],
)
def test_what_is_refused(text: str, code: str, line: int, column: int) -> None:
    assert refused(text) == (code, line, column)


def test_a_bomb_costs_nothing() -> None:
    levels = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    levels += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    started = process_time()
    assert refused("\n".join(levels))[0] == "yaml-alias"
    assert process_time() - started < 1


def test_the_second_of_two_equal_keys_is_left_out() -> None:
    findings = Findings("f.yaml")
    source = read_yaml("a: 1\nb: {c: 2, c: 3}\na: 4\n", "f.yaml", findings)
    assert source is not None
    assert source.data == {"a": 1, "b": {"c": 2}}
    assert [(one.line, one.column, one.path) for one in findings.all()] == [(2, 11, "b.c"), (3, 1, "a")]


def test_a_byte_order_mark_is_passed_over() -> None:
    source = read("\ufeffa: b")
    assert source.data == {"a": "b"}
    assert source.keys["a",].column == 1


SHOWN = """\
plain: one two
  three
single: 'it''s
  so'
double: "a\\tb \\u0041 c\\
  d"
literal: |  # a comment
  first
    second

  third
folded: >-
   some
   words
list: [x, {y: z z}]
"""


def test_every_visible_character_is_found_where_it_stands() -> None:
    source = read(SHOWN)
    lines = SHOWN.split("\n")
    for path, written in source.scalars.items():
        for offset, character in enumerate(written.value):
            if character in " \n\t" or "<key>" in path:
                continue
            place = source.within(path, offset)
            there = lines[place.line - 1][place.column - 1 :]
            assert there.startswith((character, "\\u0041" if character == "A" else character))


def test_the_end_of_a_value_is_just_after_its_last_character() -> None:
    source = read(SHOWN)
    for path in [("plain",), ("single",), ("double",), ("literal",), ("folded",)]:
        value = source.scalars[path].value
        visible = len(value.rstrip())
        last, end = source.within(path, visible - 1), source.within(path, len(value))
        assert (end.line, end.column) == (last.line, last.column + 1)


def test_a_path_is_written_as_people_write_it() -> None:
    assert path_text(("rules", "a", "obliges", 0, "due")) == "rules.a.obliges[0].due"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    findings = Findings("f.yaml")
    source = read_yaml(text, "f.yaml", findings)
    assert source is not None or findings.has_errors


_SCALARS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)


@given(st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_SCALARS, inner, max_size=3)))
def test_what_is_written_as_json_is_read_as_it_is(value: Any) -> None:
    import json

    text = json.dumps({"a": value}, ensure_ascii=False)
    findings = Findings("f.yaml")
    source = read_yaml(text, "f.yaml", findings)
    assert source is not None, findings.all()
    assert source.data == {"a": value}
