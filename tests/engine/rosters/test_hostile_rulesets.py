"""Rulesets whose names and texts look like SQL's own: a query reads them as nothing but names and texts."""

from __future__ import annotations

from itertools import product

import pytest

from tests.engine.rosters.alike import assert_alike, assert_alike_in, batch_of_cases, query_engine


def test_facts_are_not_mistaken_for_the_columns_of_a_query() -> None:
    ruleset = """
    facts:
      c0: {type: integer}
      c1: {type: integer}
      c2: {list_of: {type: integer}}
      x1: {type: integer}
      pattern: {type: integer}
      left_out: {type: boolean}
      inside: {type: boolean}
      cases: {type: integer}
      select: {type: string}
    values:
      sum_of_all: c0 + c1 + x1
      far: some i in c2 satisfies i > x1 and i < c0 + 100
    rules:
      a: {when: sum_of_all > 10 and far, outcome: deny, because: "{sum_of_all} {c0} {c1} {select}"}
      b: {when: left_out or inside or pattern > 3 or (cases = 2 and sum_of_all > 3), outcome: review, because: "{c2}"}
      c: {when: far and sum_of_all > 100, outcome: review}
    """
    cases = [
        {"c0": c0, "c1": c1, "c2": [1, 5], "x1": x1, "pattern": n, "left_out": False, "inside": False, "cases": n}
        | {"select": '"'}
        for c0, c1, x1, n in product((0, 1, 7), (0, 20), (0, 4, 9), (2, 4))
    ]
    assert_alike(ruleset, cases, by_query=len(cases))


def test_texts_are_nothing_but_texts() -> None:
    ruleset = r"""
    authority: {document: d, sections: {A: {}}}
    facts:
      kind: {type: string, one_of: ["a", "it's", "", "\"", "ünï", "A", "');"]}
      said: {type: string}
    rules:
      a: {when: "kind in (\"it's\", \"');\")", outcome: deny, because: "x{kind}'); DROP TABLE cases; -- {said}"}
      b: {when: 'kind = "" or said = "\u0001"', outcome: review, because: "{kind} \"q\" \\ %s $1 ? \x01 7\x01 \0 1\0"}
      c: {when: kind = "A", outcome: review, because: "\u2028 lambda x1: {said}."}
    """
    kinds = ("a", "it's", "", '"', "ünï", "A", "');")
    said = (
        "x",
        "' OR 1=1 --",
        "\0",
        "\x005\x00",
        "\x011\x01",
        "a" * 100_000,
        "{said}",
        "%s",
        "\\",
        "\U0001f600",
        "\x7f",
    )
    cases = [{"kind": kind, "said": text} for kind, text in product(kinds, said)]
    assert_alike(ruleset, cases, by_query=len(cases))


def test_choices_with_control_characters() -> None:
    ruleset = r"""
    facts: {kind: {type: string, one_of: ["a", "b\0c", "\x01", "\n"]}}
    rules:
      a: {when: 'kind = "b\u0000c"', outcome: deny, because: "{kind}"}
      b: {when: 'kind in ("\u0001", "\n")', outcome: review, because: "{kind}"}
    """
    assert_alike(ruleset, [{"kind": kind} for kind in ("a", "b\0c", "\x01", "\n")], by_query=4)


def test_results_keep_every_character() -> None:
    ruleset = """
    facts: {said: {type: string}}
    results: {one: {type: string}, all: {list_of: string, merge: union}}
    rules:
      a: {when: said != "", outcome: deny, results: {one: said, all: '[said, "p"]'}}
      b: {when: said != "p", outcome: deny, results: {all: '["q", said]'}}
    """
    cases = [{"said": text} for text in ("p", "q", '"\\\n\x00\x1f\x7f é\u2028', "}{", "")]
    assert_alike(ruleset, cases, by_query=len(cases))


def test_what_is_never_known_is_not_false() -> None:
    ruleset = """
    facts: {foster: {type: boolean}}
    parameters: {zero: {means: Nothing, from: {2020-01-01: 0}}}
    rules:
      a: {when: (if foster then 1 else 2) / zero = 1, outcome: deny}
    """
    decided = assert_alike(ruleset, [{"foster": True}, {"foster": False}])
    assert decided.decisions.column("outcome").to_pylist() == ["indeterminate"] * 2


@pytest.mark.parametrize("length", [40, 400])
def test_long_chains_of_values(length: int) -> None:
    values = "\n".join(f"  v{place}: v{place - 1} + 1" for place in range(1, length))
    ruleset = f"""\
facts: {{n: {{type: integer, at_most: 1000}}}}
values:
  v0: n
{values}
rules:
  a: {{when: v{length - 1} > {length}, outcome: deny, because: "{{v{length - 1}}}"}}
"""
    engine = query_engine(ruleset)
    assert [one.construct for one in engine.uncovered] == (
        [] if length == 40 else ["values that build on very many others"]
    )
    assert_alike_in(engine, batch_of_cases(engine.ruleset, [{"n": n} for n in range(4)]))
