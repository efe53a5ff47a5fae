"""What a checked ruleset holds: facts resolved, types known, rows as rules, messages in parts, names in order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.feel.types import ContextType, ListType, ScalarType
from engine.rulesets.checked import Message
from engine.rulesets.facts import Fact, FactGroup, FactList, leaves
from tests.engine.rulesets_for_tests import load

FACTS = """
facts:
  mark:
    means: The proposed mark
    area: {type: string, one_of: areas.id, means: Which area?}
    grade: {type: string, one_of: [TK, K, "1", "2"], ordered: true}
    score: {type: integer, at_least: 0}
    sent_on: {type: event, none: not sent yet}
  notices:
    unique_by: [area]
    sorted_by: day
    list_of:
      area: {like: mark.area, means: About which area?}
      day: {type: date}
      told: {like: mark.sent_on, none: nobody was told}
reference:
  areas:
    cites: A
    columns: {id: string, from_grade: mark.grade, least: decimal, open: boolean, since: date}
    rows: |
      id   | from_grade | least | open  | since
      ela  | K          | 1.50  | true  | 2018-08-03
      math | "1"        | 2     | false | 2019-08-03
"""


def fact(checked_facts: FactGroup, path: str) -> Fact:
    return next(found for found in leaves(checked_facts) if found.path == path)


def shown(message: Message) -> str:
    return "".join(part if isinstance(part, str) else f"<{part.text}|{part.none}>" for part in message.parts)


def test_facts_take_their_choices_from_a_reference_list_and_each_other() -> None:
    facts = load(FACTS).facts
    assert fact(facts, "mark.area").choices == ("ela", "math")
    area = fact(facts, "notices[].area")
    assert (area.choices, area.means) == (("ela", "math"), "About which area?")
    told = fact(facts, "notices[].told")
    assert (told.kind, told.none) == ("event", "nobody was told")
    assert fact(facts, "mark.score").at_least == Decimal(0)
    assert type(fact(facts, "mark.grade").choices[0]) is str


def test_lists_and_groups_keep_what_is_said_of_them() -> None:
    facts = load(FACTS).facts
    notices, mark = facts.entries["notices"], facts.entries["mark"]
    assert isinstance(notices, FactList)
    assert isinstance(mark, FactGroup)
    assert (notices.unique_by, notices.sorted_by) == (("area",), "day")
    assert mark.means == "The proposed mark"
    assert [found.path for found in leaves(notices)] == ["notices[].area", "notices[].day", "notices[].told"]


def test_reference_lists_are_values() -> None:
    checked = load(FACTS)
    first, second = checked.references["areas"]
    assert first == {
        "id": "ela", "from_grade": "K", "least": Decimal("1.5"), "open": True, "since": date(2018, 8, 3),
    }  # fmt: skip
    assert (second["least"], second["from_grade"]) == (2, "1")
    type_ = checked.scope["areas"]
    assert isinstance(type_, ListType)
    assert isinstance(type_.element, ContextType)
    assert type_.element.entries["from_grade"] == ScalarType("string", choices=("TK", "K", "1", "2"), ordered=True)


def test_parameters_have_the_type_of_their_values() -> None:
    checked = load("""
        parameters:
          whole: {from: {2019-01-01: 20, 2018-01-01: 15}}
          exact: {from: {2018-01-01: 2.50, 2019-01-01: 3}}
          names: {from: {2018-01-01: [a, b]}}
          day: {from: {2018-01-01: 2018-08-03}}
          text: {from: {2018-01-01: "5"}}
    """)
    whole = checked.parameters["whole"]
    assert whole.type == ScalarType("number", integer=True, places=0)
    assert [whole.on(date(year, 1, 1)) for year in (2017, 2018, 2019)] == [None, 15, 20]
    assert whole.on(date(2018, 12, 31)) == 15
    assert checked.parameters["exact"].type == ScalarType("number", places=1)
    assert checked.parameters["names"].on(date(2018, 1, 1)) == ["a", "b"]
    assert checked.parameters["day"].on(date(2018, 1, 1)) == date(2018, 8, 3)
    assert checked.parameters["text"].on(date(2018, 1, 1)) == "5"


def test_values_and_tables_stand_after_what_they_read() -> None:
    checked = load("""
        values: {a: t.o + b, b: c + 1, c: 1, d: a}
        tables:
          t:
            hit: unique
            inputs: {b: b}
            outputs: {o: integer}
            rows: |
              b    | o
              <= 2 | 1
              > 2  | 2
    """)
    order = list(checked.order)
    for name, reads in {"a": ["t", "b"], "b": ["c"], "d": ["a"], "t": ["b"]}.items():
        assert all(order.index(read) < order.index(name) for read in reads)


def test_a_value_table_has_tests_and_outputs() -> None:
    checked = load(
        FACTS
        + """
tables:
  needed:
    hit: first
    inputs: {area: mark.area, grade: mark.grade}
    outputs: {least: decimal, name: string, by: date, for: mark.area}
    rows: |
      area      | grade    | least | name       | by         | for
      ela, math | [K..1]   | 1.5   | a "b" name | 2018-08-03 | ela
      not(math) | >= 2     | 2     | "quoted"   | 2018-08-04 | math
      -         | "TK", K  | 3     | x          | 2018-08-05 | "ela"
"""
    )
    table = checked.tables["needed"]
    assert [[test.source for test in row.tests] for row in table.rows] == [
        ['"ela", "math"', '? >= "K" and ? <= "1"'],
        ['not("math")', '>= "2"'],
        ["-", '"TK", "K"'],
    ]
    assert [row.outputs["name"].source for row in table.rows] == ['"a \\"b\\" name"', '"quoted"', '"x"']
    assert table.rows[0].outputs["by"].source == '@"2018-08-03"'
    assert isinstance(table.type, ContextType)
    assert table.type.entries["for"] == ScalarType("string", choices=("ela", "math"))


def test_rows_of_a_table_with_an_outcome_are_rules() -> None:
    checked = load(
        FACTS
        + """
results: {code: {type: integer}}
tables:
  what:
    cites: A
    hit: unique
    because: In {mark.area}.
    inputs: {area: mark.area, score: mark.score + 1, sent: mark.sent_on}
    outputs: {outcome: outcome, code: integer}
    rows: |
      id    | area      | score  | sent               | outcome | code | cites | because
      one   | ela       | [2..5] | null               | deny    | 5    | B, C  | Scored {mark.score}.
      two   | not(ela)  | > 5, 2 | -                  | allow   | -    |       | -
      three | math, ela | -      | < date("2018-08-03") | -     | 6    | -     | -
rules:
  last: {cites: A, outcome: review, given: [what/one]}
"""
    )
    assert list(checked.rules) == ["what/one", "what/two", "what/three", "last"]
    one, two, three = (checked.rules[f"what/{id_}"] for id_ in ("one", "two", "three"))
    assert one.premise.source == 'mark.area = "ela" and (mark.score + 1\n) in ([2..5]) and mark.sent_on = null'
    assert two.premise.source == 'not(mark.area = "ela") and (mark.score + 1\n) in (> 5, 2)'
    assert three.premise.source == (
        'mark.area in ("math", "ela") and mark.sent_on != null and mark.sent_on < date("2018-08-03")'
    )
    assert [rule.cites for rule in (one, two, three)] == [("B", "C"), ("A",), ("A",)]
    assert [rule.outcome for rule in (one, two, three)] == ["deny", "allow", None]
    assert {rule.id: list(rule.results) for rule in (one, two, three)} == {
        "what/one": ["code"], "what/two": [], "what/three": ["code"],
    }  # fmt: skip
    assert shown(one.because) == "Scored <mark.score|none>."
    assert shown(two.because) == "In <mark.area|none>."


def test_with_hit_policy_first_a_row_counts_only_where_no_earlier_one_fits() -> None:
    checked = load(
        FACTS
        + """
tables:
  what:
    hit: first
    inputs: {area: mark.area, score: mark.score}
    outputs: {outcome: outcome}
    rows: |
      id    | area | score | outcome
      one   | ela  | > 5   | deny
      two   | math | -     | allow
      three | ela  | -     | review
"""
    )
    assert [rule.premise.source for rule in checked.rules.values()] == [
        'mark.area = "ela" and mark.score > 5',
        'mark.area = "math"',  # never together with the first
        'mark.area = "ela" and not(mark.area = "ela" and mark.score > 5)',
    ]


def test_messages_have_their_paths_and_what_none_means() -> None:
    checked = load(
        FACTS
        + """
rules:
  a:
    each: one in notices
    when: one.told = null or one.day > as_of
    because: >-
      {one.area}: told {one.told},
         sent {mark.sent_on}, in all {notices.area}.
"""
    )
    told = "<one.area|none>: told <one.told|nobody was told>"
    assert shown(checked.rules["a"].because) == f"{told}, sent <mark.sent_on|not sent yet>, in all <notices.area|none>."


def test_what_a_premise_tests_is_not_none_in_what_follows_from_it() -> None:
    checked = load(
        FACTS
        + """
actions: {tell: {by: school, text: Tell}}
results: {day: {type: date}}
rules:
  a:
    when: mark.sent_on != null and mark.score > 1
    results: {day: mark.sent_on}
    obliges: [{action: tell, due: 'add days(mark.sent_on, 5)'}]
"""
    )
    rule = checked.rules["a"]
    assert not rule.results["day"].type.optional
    assert rule.results["day"].source == "mark.sent_on"
    assert set(rule.results["day"].references) <= set(rule.results["day"].types)
    assert rule.obliges[0].due is not None


def test_a_result_may_be_a_bare_choice_and_a_union_a_single_item() -> None:
    checked = load("""
        results:
          code: {type: string, one_of: [AG-14, AG-15]}
          areas: {list_of: string, merge: union}
        rules:
          a: {outcome: deny, results: {code: AG-14, areas: '"one"'}}
    """)
    results = checked.rules["a"].results
    assert (results["code"].source, results["areas"].source) == ('"AG-14"', '"one"')


def test_rules_that_exclude_each_other_may_set_the_same_result() -> None:
    checked = load(
        FACTS
        + """
results: {code: {type: integer}}
rules:
  a: {when: mark.score > 5, results: {code: 1}}
  b: {when: mark.score <= 5, results: {code: 2}}
  c: {when: mark.score = 3, defeats: [a, b], results: {code: 3}}
"""
    )
    assert list(checked.rules) == ["a", "b", "c"]


def test_defaults_are_as_the_language_says() -> None:
    checked = load("rules: {a: {outcome: deny, given: []}}")
    rule = checked.rules["a"]
    assert rule.premise.source == "true"
    assert (rule.cites, rule.given, rule.each, rule.obliges) == ((), (), None, ())
    assert rule.because.parts == ()
    assert checked.applies is None
    assert {"as_of", "rules_as_of"} <= set(checked.scope)


def test_finer_sections_than_those_listed_may_be_cited() -> None:
    checked = load("""
        authority: {document: d, sections: {IX: {}, I.F: {}, 34 CFR 300: {}}}
        rules: {a: {cites: 'IX.A; I.F (2), 34 CFR 300.300(d)', outcome: deny}}
    """)
    assert checked.rules["a"].cites == ("IX.A", "I.F (2)", "34 CFR 300.300(d)")
