"""Where a roster could part ways with the case engine: each way of leaving a case out, of looking up, of merging."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random
from threading import Thread
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from engine.errors import Reason, RollbookError
from engine.rosters import Question, RosterEngine
from engine.rosters.occurring import EVERYTHING
from engine.rosters.queries import Query
from engine.rulesets.loading import check_text, load_text
from tests.engine.rosters.alike import AS_OF, assert_alike, assert_alike_in, batch_of_cases, query_engine


def test_an_outcome_is_not_complete_while_a_detail_is_open() -> None:
    ruleset = """
    facts:
      n: {type: integer}
      said: {type: string}
      due_on: {type: date}
      items: {list_of: {n: {type: integer}, said: {type: string}}}
    results: {told: {type: string}}
    actions: {tell: {by: school, text: Tell}}
    deadlines: {answer: {starts: due_on, length: 3 calendar days}}
    rules:
      a: {when: n > 3, outcome: deny, because: "{said}"}
      b: {when: n > 2, outcome: review, results: {told: said}}
      c: {when: n > 1, outcome: review, obliges: [{action: tell, due: due_on}]}
      d: {each: i in items, when: i.n > 3, outcome: deny, because: "{i.said}"}
    """
    items: list[list[Any]] = [
        [],
        [{"n": 4, "said": "x"}],
        [{"n": 4}],
        [{"n": 4, "said": "x"}, {}],
        [{"n": 1}, {"n": 2}],
    ]
    whole = [{"n": n, "items": some, "said": "x", "due_on": "2024-01-01"} for n, some in product(range(5), items)]
    fewer = [
        {key: value for key, value in case.items() if key != left} for case in whole for left in ("said", "due_on")
    ]
    decided = assert_alike(ruleset, [*whole, *fewer])
    assert set(decided.decisions.column("complete").to_pylist()) == {True, False}


LENDER = """
ruleset: test/lender
title: A ruleset that another builds on
outcomes: [deny, allow]
default: {outcome: allow, because: Nothing.}
facts:
  n: {type: integer, at_least: 0, at_most: 50}
  m: {type: decimal, places: 1, at_most: 9}
  items: {list_of: {key: {type: string}, n: {type: integer, at_most: 5}}, unique_by: [key]}
applies: {when: n > 2, otherwise: allow, because: Too small.}
rules:
  large: {when: n > 10 and m > 3, outcome: deny}
  listed: {when: some i in items satisfies i.n > 3, outcome: deny, exception_to: [large]}
"""
BORROWER = """
ruleset: test/borrower
title: A ruleset that builds on another
outcomes: [deny, allow]
default: {outcome: allow, because: Nothing.}
facts:
  n: {type: integer}
  m: {type: decimal, places: 1}
  items: {list_of: {key: {type: string}, n: {type: integer}}}
  own: {type: boolean}
rules:
  mine: {when: own, given: [test/lender#listed], outcome: deny, because: "{n}"}
"""


def test_borrowed_rules_hold_their_facts_to_their_own_bounds() -> None:
    lender = load_text(LENDER, file="lender.yaml")
    checked, problems = check_text(BORROWER, "borrower.yaml", lambda _: lender)
    assert checked, problems
    engine = query_engine(checked)
    fit: Sequence[Any] = [[], [{"key": "a", "n": 4}]]
    unfit: Sequence[Any] = [[{"key": "a", "n": 4}, {"key": "a", "n": 4}], [{"key": "a", "n": 400}]]
    inside = [
        {"n": n, "m": m, "items": items, "own": own}
        for n, m, items, own in product((1, 5, 20), (1.5, 5), fit, (True, False))
    ]
    outside = [
        {**case, **wrong} for case in inside for wrong in ({"n": 80}, {"m": 100}, *({"items": it} for it in unfit))
    ]
    assert_alike_in(engine, batch_of_cases(checked, inside), by_query=len(inside))
    refused = assert_alike_in(engine, batch_of_cases(checked, [*inside, *outside])).rejects
    assert {reject.violations[0].path for reject in refused} == {"n", "m", "items[0].n"}


def component_of(size: int) -> str:
    """A ruleset whose rules all hang together, too many for a table."""
    links = ("defeats", "given", "exception_to")
    facts = ", ".join(f"x{place}: {{type: boolean}}" for place in range(size))
    rules = "\n".join(
        f"  r{place}: {{when: xs.x{place}, outcome: {('deny', 'review')[place % 2]}"
        + (f", {links[place % 3]}: [r{place - 1}]}}" if place else "}")
        for place in range(size)
    )
    return f"facts: {{xs: {{{facts}}}}}\nrules:\n{rules}\n"


def test_a_component_without_a_table_is_asked_from_several_threads() -> None:
    engine = query_engine(component_of(14), threads=4)
    assert engine.uncovered == ()
    random = Random(2)
    cases = [{"xs": {f"x{place}": random.random() < 0.6 for place in range(14)}} for _ in range(300)]
    few = batch_of_cases(engine.ruleset, cases)
    assert_alike_in(engine, few, by_query=300)
    expected = engine.decide(few, Question(AS_OF)).decisions.drop_columns(["row"])
    (many,) = pa.Table.from_batches([few] * 300).combine_chunks().to_batches()
    wrong: list[int] = []

    def ask() -> None:
        decided = engine.decide(many, Question(AS_OF)).decisions.drop_columns(["row"])
        wrong.extend(start for start in range(0, many.num_rows, 300) if not decided.slice(start, 300).equals(expected))

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_results_of_several_rules_and_elements_are_merged_alike() -> None:
    ruleset = """
    facts: {a: {type: boolean}, b: {type: boolean}, n: {type: decimal, places: 2}, s: {type: string},
      xs: {list_of: {n: {type: integer}}}}
    results:
      codes: {list_of: string, merge: union}
      numbers: {list_of: decimal, merge: union}
      one: {type: string}
    rules:
      x: {when: a, outcome: deny, results: {codes: '["p", s]', numbers: "[n, 1]", one: s}}
      y: {when: b, outcome: review, results: {codes: '[s, "q"]', numbers: "[1.0, 2]"}}
      z: {each: e in xs, when: e.n > 1, outcome: review, results: {numbers: "[e.n]"}}
    """
    lists: Sequence[Any] = ([], [{"n": 1}], [{"n": 2}, {"n": 2}, {"n": 1}, {"n": 3}])
    cases = [
        {"a": a, "b": b, "n": n, "s": s, "xs": xs}
        for a, b, n, s, xs in product((True, False), (True, False), (1, 1.5, 0, -0.25), "pqr", lists)
    ]
    assert_alike(ruleset, cases, by_query=len(cases))


def test_elements_of_sorted_lists_keep_their_places() -> None:
    ruleset = """
    facts:
      marks:
        list_of: {rank: {type: string, one_of: [low, high, middle], ordered: true}, said: {type: string}}
        sorted_by: rank
    rules:
      a: {each: m in marks, when: m.rank > "low", outcome: deny, because: "{m.rank} {m.said}"}
      b: {when: 'some m in marks satisfies m.said = "x"', outcome: review, because: "{marks.rank}"}
    """
    random = Random(4)
    cases = [
        {
            "marks": [
                {"rank": random.choice(["low", "high", "middle"]), "said": random.choice("xyz")}
                for _ in range(random.randint(0, 6))
            ]
        }
        for _ in range(60)
    ]
    assert_alike(ruleset, cases, by_query=60)


def test_parameters_change_with_the_date_of_the_rules() -> None:
    ruleset = """
    facts: {n: {type: integer}}
    parameters: {least: {means: Least, from: {2020-01-01: 5, 2024-01-01: 7}}}
    rules: {a: {when: n < least, outcome: deny, because: "{n} is less than {least}."}}
    """
    engine = query_engine(ruleset)
    cases = batch_of_cases(engine.ruleset, [{"n": n} for n in (4, 5, 6, 7)])
    denied = {}
    for day in (AS_OF.replace(year=year) for year in (2019, 2021, 2024)):
        decided = assert_alike_in(engine, cases, rules_as_of=day)
        denied[day.year] = decided.decisions.column("outcome").to_pylist().count("deny")
    assert denied == {2019: 0, 2021: 1, 2024: 3}


def test_one_engine_decides_many_batches_of_many_profiles() -> None:
    engine: RosterEngine = query_engine(
        "facts: {n: {type: integer, at_most: 99}, s: {type: string}, on: {type: event, none: never}}\n"
        "rules:\n"
        '  a: {when: n > 3, outcome: deny, because: "{s} {n}"}\n'
        '  b: {when: on != null and on > @"2024-01-01", outcome: review, because: "{on}"}\n'
    )
    random = Random(5)
    for _ in range(40):
        whole = {
            "n": random.choice([1, 5]),
            "s": "x" * random.choice([1, 13, 3000]),
            "on": random.choice([None, "2024-02-03"]),
        }
        cases = [
            {key: value for key, value in {**whole, "n": random.choice([1, 5, 100])}.items() if random.random() > 0.03}
            for _ in range(random.choice([1, 3, 40]))
        ]
        assert_alike_in(engine, batch_of_cases(engine.ruleset, cases), absent_is_none=random.random() < 0.3)


def test_what_a_query_fails_with_stops_no_roster(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = query_engine("facts: {n: {type: integer}}\nrules: {a: {when: n > 3, outcome: deny}}\n")
    cases = batch_of_cases(engine.ruleset, [{"n": 1}, {"n": 5}, {}])

    def failing(error: duckdb.Error) -> None:
        def ask(_query: Query, _cases: pa.RecordBatch) -> pa.Table:
            raise error

        monkeypatch.setattr(Query, "ask", ask)

    for error in (duckdb.BinderException("deep"), duckdb.OutOfRangeException("large"), duckdb.InternalException("?")):
        failing(error)
        assert_alike_in(engine, cases, by_query=0)
    failing(duckdb.OutOfMemoryException("full"))
    with pytest.raises(RollbookError) as caught:
        engine.decide(cases, Question(AS_OF))
    assert caught.value.reason is Reason.LIMIT_EXCEEDED
    failing(duckdb.InterruptException("stopped"))
    with pytest.raises(duckdb.InterruptException):
        engine.decide(cases, Question(AS_OF))


def test_everything_occurs_in_the_profile_of_everything() -> None:
    assert "any.path" in EVERYTHING.left_out
    assert "any.path" in EVERYTHING.wrong
    assert "any.path" in EVERYTHING.later
