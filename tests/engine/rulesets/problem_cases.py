"""Small documents, each with what is wrong with it marked in place; see `marking`."""

from __future__ import annotations

__all__ = ["CASES"]

_FACTS = """
facts:
  mark:
    area: {type: string, one_of: [ela, math, science]}
    grade: {type: string, one_of: [TK, K, "1", "2"], ordered: true}
    score: {type: integer, at_least: 0, at_most: 100}
    sent_on: {type: event, none: not sent yet}
    done: {type: boolean}
  notices:
    list_of:
      area: {type: string}
      day: {type: date}
"""

CASES: dict[str, str] = {
    # YAML itself
    "yaml: a colon in text": "question: What now«yaml»: this?\n",
    "yaml: a tab": "case:\n«yaml»\t- a\n",
    "yaml: an alias": "owner: «yaml-alias»&who office\n",
    "yaml: a tag": "owner: «yaml-tag»!!str office\n",
    "yaml: a list as a key": "terms:\n  ? «yaml-key»[a]\n  : b\n",
    "yaml: two documents": "owner: a\n«yaml-documents»---\nowner: b\n",
    "yaml: the same key": "owner: a\n«duplicate-key»owner: b\n",
    "yaml: the same rule": "rules:\n  r: {outcome: deny}\n  «duplicate-key»r: {outcome: allow}\n",
    "yaml: half a character": 'owner: «yaml»"\\ud800"\n',
    # form
    "whole: nothing": "«not-a-mapping»",
    "whole: a list": "«not-a-mapping»- a\n",
    "whole: required keys": "«missing-key»«missing-key»ruleset: a/b\n",
    "form: an unknown key": "«unknown-key»ouctomes: [a]\n",
    "form: nothing after a key": "rules:\n  r:\n    outcome: deny\n    «empty-value»because:\n",
    "form: a comma in a flow text": "terms: {a: one, «empty-value»two}\n",
    "form: a comma in a flow expression": "rules: {r: {when: 'true', obliges: "
    "[{action: a, due: add days(on«syntax», «empty-value»-14)}]}}\n",
    "form: an unknown word": "actions: {a: {by: x, text: y, force: «unknown-word»shall}}\n"
    "rules: {r: {obliges: [{action: a}]}}\n",
    "form: no list": "case: «not-a-list»student\n",
    "form: no mapping": "effective: «not-a-mapping»2018-08-03\n",
    "form: no text": "owner: «not-text»[a, b]\n",
    "form: no day": "review_by: «bad-date»next year\n",
    "form: no such day": "review_by: «bad-date»2018-02-30\n",
    "form: no boolean": "facts: {a: {b: {type: string, one_of: [x], ordered: «not-a-boolean»yes}}}\n",
    "form: no number": "facts: {a: {b: {type: integer, at_least: «not-a-number»few}}}\n",
    "form: no whole number": "facts: {a: {b: {type: decimal, places: «not-a-number»two}}}\n",
    "form: out of range": "facts: {a: {b: {type: decimal, places: «out-of-range»99}}}\n",
    "form: a rule in snake case": "rules: {«bad-name»a_rule: {outcome: deny}}\n",
    "form: a fact in kebab case": "facts: {a: {«bad-name»b-c: {type: date}}}\n",
    "form: an outcome with a space": "outcomes: [deny, «bad-name»not yet, allow]\n",
    "whole: a ruleset without district": "ruleset: «bad-name»marks\ntitle: x\noutcomes: [a]\n",
    "form: an empty list": "outcomes: «empty-value»[]\n",
    "form: a parameter of a mapping": "parameters: {p: {from: {2018-01-01: «bad-parameter»{a: b}}}}\n",
    "form: a parameter's day": "parameters: {p: {from: {«bad-date»2018: 5}}}\n",
    # head
    "head: a time zone": "time_zone: «unknown-time-zone»Los Angeles\n",
    "head: a period": "effective: {from: 2018-08-03, until: «empty-period»2018-08-02}\n",
    "head: an outcome twice": "outcomes: [deny, «duplicate-id»deny, allow]\n",
    "head: indeterminate": "outcomes: [deny, «reserved-name»indeterminate, allow]\n",
    "head: an interpretation of nothing": "interpretation: [{about: «unknown-about»nothing, reading: a, other: b}]\n",
    "head: sections": """
        authority: {document: d, sections: {IX: {pages: 3}, I.F: {}}}
        rules:
          a: {cites: "IX.A, «unknown-section»II.C; I.F (2)", outcome: deny}
          b: {cites: «unknown-section»I.FF, outcome: deny}
    """,
    "head: a section of a row": """
        authority: {document: d, sections: {IX: {}}}
        facts: {mark: {area: {type: string, one_of: [ela, math]}}}
        tables:
          t:
            cites: IX
            hit: unique
            inputs: {area: mark.area}
            outputs: {outcome: outcome}
            rows: |
              id  | area | outcome | cites
              ela | ela  | deny    | IX.B
              mat | math | allow   | IX, «unknown-section»X
    """,
    # facts
    "facts: without a type": "facts: {a: {«missing-key»b: {means: What?}}}\n",
    "facts: a key of another type": "facts: {a: {b: {type: date, «misplaced-key»places: 2}}}\n",
    "facts: ordered without choices": "facts: {a: {b: {type: string, «misplaced-key»ordered: true}}}\n",
    "facts: a choice twice": "facts: {a: {b: {type: string, one_of: [x, y, «duplicate-choice»x]}}}\n",
    "facts: bounds": "facts: {a: {b: {type: integer, at_least: «empty-bounds»5, at_most: 4}}}\n",
    "facts: half a bound": "facts: {a: {b: {type: integer, at_least: «out-of-range»0.5}}}\n",
    "facts: like nothing": "facts: {a: {b: {like: «unknown-fact»a.c}}}\n",
    "facts: like each other": "facts: {a: {b: {like: «circle»a.c}, c: {like: «circle»a.b}}}\n",
    "facts: like itself": "facts: {a: {b: {like: «circle»a.b}}}\n",
    "facts: an unknown column": "facts: {a: {b: {type: string, one_of: «unknown-column»areas.name}}}\n",
    "facts: unique by nothing": "facts: {l: {list_of: {a: {type: date}}, unique_by: [a, «unknown-entry»b]}}\n",
    "facts: sorted by what may be none": "facts: {l: {list_of: {a: {type: event}}, sorted_by: «may-be-none»a}}\n",
    "facts: sorted by a boolean": "facts: {l: {list_of: {a: {type: boolean}}, sorted_by: «type-mismatch»a}}\n",
    "facts: sorted by a deprecated one": """
        facts: {l: {list_of: {a: {type: date, deprecated: old}}, sorted_by: «deprecated-fact»a}}
    """,
    "facts: an empty group": "facts: {a: {«empty-value»b: {}}}\n",
    "facts: a group that is no mapping": "facts: {a: {b: {type: date}, c: «not-a-mapping»date}}\n",
    "facts: never read": "facts: {a: {b: {type: date}, «unused-fact»c: {type: date}}}\n"
    "rules: {r: {when: a.b < as_of, outcome: deny}}\n",
    "facts: a list never read": "facts: {«unused-fact»l: {list_of: {a: {type: date}}}}\n",
    "facts: an entry never read": "facts: {l: {list_of: {a: {type: date}, «unused-fact»b: {type: date}}}}\n"
    "rules: {r: {when: 'count(l[a < as_of]) > 0', outcome: deny}}\n",
    "facts: a deprecated one read": """
        facts: {a: {b: {type: boolean, deprecated: asked no longer}, c: {type: boolean}}}
        rules: {r: {when: a.c or «deprecated-fact»a.b, outcome: deny}}
    """,
    "facts: a deprecated list read": """
        facts: {l: {list_of: {a: {type: date}}, deprecated: asked no longer}}
        rules: {r: {when: count(«deprecated-fact»l) > 1, outcome: deny}}
    """,
    # names
    "names: twice": "facts: {a: {b: {type: date}}}\nvalues: {«duplicate-name»a: 1}\n",
    "names: a word of FEEL": "values: {«reserved-name»some: 1}\n",
    "names: a function": "values: {«reserved-name»count: 1}\n",
    "names: our own": "values: {«reserved-name»as_of: 1}\n",
    "names: an entry": "facts: {a: {list_of: {«reserved-name»in: {type: date}}}, b: {in: {type: date}}}\n",
    # parameters and reference lists
    "parameters: two types": "parameters: {p: {«no-common-type»from: {2018-01-01: 5, 2019-01-01: five}}}\n",
    "parameters: unused": "parameters: {«unused-parameter»p: {from: {2018-01-01: 5}}}\n",
    "reference: a type": "reference: {l: {columns: {a: «unknown-type»text}, rows: 'a'}}\n".replace("'a'", '"a\\nx"'),
    "reference: a column not declared": """
        reference:
          l:
            columns: {a: string, «missing-column»b: string}
            rows: |
              a | «unknown-column»c
              x | y
    """,
    "reference: cells": """
        facts: {mark: {grade: {type: string, one_of: [K, "1"], ordered: true}}}
        reference:
          l:
            columns: {n: integer, d: decimal, b: boolean, t: date, g: mark.grade}
            rows: |
              n | d   | b    | t          | g
              1 | 1.5 | true | 2018-01-01 | K
              «bad-cell»1.5 | «bad-cell»x | «bad-cell»yes | «bad-cell»2018-02-30 | «not-a-choice»2
              «empty-cell»| 2 | true | 2018-01-01 | K
    """,
    "reference: widths": """
        reference:
          l:
            columns: {a: string, b: string}
            rows: |
              a | b
              «row-width»x
              x | y
    """,
    "reference: a column twice": """
        reference:
          l:
            columns: {a: string}
            rows: |
              a | «duplicate-column»a
              x | y
    """,
    "reference: no rows": "reference: {l: {columns: {a: string}, rows: «table-empty»a}}\n",
    "reference: unused": 'reference: {«unused-reference»l: {columns: {a: string}, rows: "a\\nx"}}\n',
    # values
    "values: syntax": "values: {v: 1 +«syntax»}\n",
    "values: syntax in a block": """
        values:
          v: >-
            1 +
            2 «syntax»3
    """,
    "values: syntax in quotes": "values: {v: '\"it''s\" + «syntax»)'}\n",
    "values: a name": _FACTS + "values: {v: mark.done and «unknown-name»marc.done}\n",
    "values: an entry": _FACTS + "values: {v: «unknown-entry»mark.dun}\n",
    "values: a function": "values: {v: «unknown-function»cuont(1)}\n",
    "values: arguments": "values: {v: '1 + «wrong-arguments»count(1, 2)'}\n",
    "values: none": _FACTS + "values: {v: «may-be-none»mark.sent_on < as_of}\n",
    "values: types": 'values: {v: 1 + «type-mismatch»"a"}\n'.replace("1 + «type-mismatch»", "«type-mismatch»1 + "),
    "values: a choice": _FACTS + 'values: {v: mark.area = «not-a-choice»"art"}\n',
    "values: an order": _FACTS + 'values: {v: «not-ordered»mark.area < "math"}\n',
    "values: the clock": "values: {v: «not-in-rulesets»now()}\n",
    "values: a bad literal": "values: {v: '«bad-literal»date(\"2018-02-30\")'}\n",
    "values: an entry twice": "values: {v: '{a: 1, «duplicate-entry»a: 2}'}\n",
    "values: a list of two kinds": "values: {v: '[1, «no-common-type»true]'}\n",
    "values: two meanings": _FACTS + "values: {day: as_of, v: 'notices[«ambiguous-name»area = mark.area]', area: 1}\n",
    "values: a circle": "values: {«circle»a: b + 1, b: c + 1, c: a + 1, d: a}\n",
    "values: of itself": "values: {«circle»a: a + 1}\n",
    "values: unused": "values: {«unused-value»a: 1}\n",
    "values: under is": "values: {a: {is: 1 + «unknown-name»x, means: a sum}}\n",
    # tables
    "tables: an input's expression": """
        tables:
          t:
            hit: unique
            inputs: {a: «unknown-name»x}
            outputs: {o: integer}
            rows: |
              a | o
              1 | 1
    """,
    "tables: columns": """
        tables:
          t:
            hit: unique
            inputs: {a: "1", «missing-column»b: "2"}
            outputs: {o: integer, «missing-column»p: integer}
            rows: |
              a | o | «unknown-column»q
              1 | 1 | 1
    """,
    "tables: labels": """
        tables:
          t:
            hit: unique
            inputs: {a: "1", «reserved-name»id: "2"}
            outputs: {«duplicate-name»«unknown-result»a: integer, outcome: «bad-outcome»integer}
            rows: |
              a | id | outcome
              1 | 1  | deny
    """,
    "tables: cells": _FACTS
    + """
tables:
  t:
    hit: unique
    inputs: {area: mark.area, grade: mark.grade, score: mark.score}
    outputs: {o: integer}
    rows: |
      area               | grade   | score | o
      ela, «not-a-choice»maths         | -       | > 5   | 1
      not(math)          | [K..1]  | < 5   | «bad-cell»x
      «empty-cell»| <= «not-a-choice»3 | 5 | 2
      -                  | "K"     | «type-mismatch»"a" | 3
""",
    "tables: a cell that could mean two things": _FACTS
    + """
values: {math: 1}
tables:
  t:
    hit: unique
    inputs: {area: mark.area}
    outputs: {o: integer}
    rows: |
      area | o
      «ambiguous-name»math | 1
""",
    "tables: a syntax error in a cell": _FACTS
    + """
tables:
  t:
    hit: unique
    inputs: {score: mark.score}
    outputs: {o: integer}
    rows: |
      score | o
      > 5, 6 «syntax»7 | 1
""",
    "tables: rules without ids": _FACTS
    + """
tables:
  t:
    hit: unique
    inputs: {area: mark.area}
    outputs: {outcome: outcome}
    rows: «missing-column»|
      area | outcome
      ela  | deny
""",
    "tables: ids of rules": _FACTS
    + """
tables:
  t:
    hit: unique
    inputs: {area: mark.area}
    outputs: {outcome: outcome, «unknown-result»code: string}
    rows: |
      id   | area | outcome | code
      a    | ela  | deny    | -
      «bad-name»B_b  | math | deny    | -
      «duplicate-id»a | science | «unknown-outcome»refuse | -
""",
    "tables: a message without rules": _FACTS
    + """
tables:
  t:
    hit: unique
    «unused-message»because: Nobody reads this.
    inputs: {area: mark.area}
    outputs: {o: integer}
    rows: |
      area | o
      ela  | 1
""",
    "tables: unused": _FACTS
    + """
tables:
  «unused-table»t:
    hit: unique
    inputs: {area: mark.area}
    outputs: {o: integer}
    rows: |
      area | o
      ela  | 1
""",
    "tables: a row that never fits": _FACTS
    + """
tables:
  t:
    hit: first
    inputs: {score: mark.score}
    outputs: {outcome: outcome}
    rows: |
      id  | score  | outcome
      a   | >= 50  | deny
      «never-holds»b   | > 60   | allow
""",
    # rules
    "rules: a premise that is no boolean": _FACTS + "rules: {r: {when: «type-mismatch»mark.score, outcome: deny}}\n",
    "rules: a premise that may be none": "facts: {a: {b: {type: boolean, none: nobody asked}}}\n"
    "rules: {r: {when: «may-be-none»a.b, outcome: deny}}\n",
    "rules: an outcome": "rules: {r: {outcome: «unknown-outcome»refuse}}\n",
    "rules: indeterminate": "rules: {r: {outcome: «reserved-name»indeterminate}}\n",
    "rules: each": _FACTS
    + """
rules:
  a: {each: «bad-each»notices, when: true, outcome: deny}
  b: {each: n in «not-a-list»mark, when: true, outcome: deny}
  c: {each: «duplicate-name»mark in notices, when: true, outcome: deny}
  d: {each: n in «unknown-name»notes, when: true, outcome: deny}
  e: {each: n in notices, when: «unknown-entry»n.aera = "x", outcome: deny}
""",
    "rules: other rules": """
        rules:
          a: {outcome: deny, given: [b, «unknown-rule»d]}
          b: {outcome: deny, exception_to: [«circle»b]}
          c: {outcome: deny, defeats: [a, b, «duplicate-id»a]}
    """,
    "rules: a circle of given": """
        rules:
          «circle»a: {outcome: deny, given: [b]}
          b: {outcome: deny, given: [c]}
          c: {outcome: deny, given: [a]}
    """,
    "rules: a circle of defeat": """
        rules:
          «circle»a: {outcome: deny, defeats: [b]}
          b: {outcome: deny, defeats: [a]}
    """,
    "rules: a circle of given and defeat": """
        rules:
          «circle»a: {outcome: deny, given: [b]}
          b: {outcome: deny}
          c: {outcome: deny, defeats: [b], given: [a]}
    """,
    "rules: results": _FACTS
    + """
results:
  «bad-result»none_at_all: {means: x}
  code: {type: string, one_of: [AG-14]}
  days: {type: integer}
  areas: {list_of: string, merge: union}
  one: {type: string, «misplaced-key»merge: union}
  when: {type: date, «misplaced-key»one_of: [a], «misplaced-key»places: 2}
rules:
  a:
    when: mark.done
    outcome: deny
    results:
      code: '«not-a-choice»"AG-15"'
      days: «type-mismatch»mark.score / 2
      areas: notices.area
      «unknown-result»other: 1
  b:
    when: not(mark.done)
    results: {code: AG-14, areas: '"one"', days: «type-mismatch»true}
""",
    "rules: a result that may be none": _FACTS
    + """
results: {day: {type: date}}
rules:
  a: {when: mark.sent_on != null, results: {day: mark.sent_on}}
  b: {when: mark.done, defeats: [a], results: {day: «may-be-none»mark.sent_on}}
""",
    "rules: a result set twice": _FACTS
    + """
results: {code: {type: integer}}
rules:
  a: {when: mark.done, results: {code: 1}}
  b: {when: mark.score > 5, results: {code: «result-conflict»2}}
""",
    "rules: obligations": _FACTS
    + """
actions:
  tell: {by: school, text: Tell}
rules:
  a:
    when: mark.done
    obliges:
      - {action: «unknown-action»tel, due: as_of}
      - {action: tell, due: «may-be-none»mark.sent_on}
      - {action: tell, due: «type-mismatch»mark.score}
""",
    "rules: an unused action": "actions: {«unused-action»ask: {by: school, text: Ask}}\n",
    "rules: messages": _FACTS
    + """
rules:
  a:
    when: mark.done
    outcome: deny
    because: >-
      The score {mark.score} of {«unknown-entry»mark.aera},
      with {«message-syntax»count(notices)} and {«message-type»notices} «message-syntax»}.
""",
    "rules: an empty path in a message": 'rules: {a: {outcome: deny, because: "On {«syntax»}."}}\n',
    "rules: never": _FACTS
    + """
rules:
  a: {when: «never-holds»mark.score > 100, outcome: deny}
  b: {when: '«never-holds»mark.area = "ela" and mark.area = "math"', outcome: deny}
  c: {when: true, outcome: allow, defeats: [d]}
  d: {when: «never-holds»mark.done, outcome: deny}
""",
    "rules: without effect": "rules:\n  «no-effect»a: {}\n".replace("{}", "{given: []}"),
    "rules: without citation": "rules:\n  «no-citation»a: {outcome: deny}\n  b: {cites: X, outcome: deny}\n",
    "rules: unused results and outcomes": """
        outcomes: [deny, «unused-outcome»review, allow]
        results: {«unused-result»code: {type: string}}
        rules: {a: {outcome: deny}}
    """,
    # default, applies, expects
    "default: an outcome": "default: {outcome: «unknown-outcome»other, because: 'x {«unknown-name»y}'}\n",
    "applies: all of it": _FACTS
    + """
applies: {when: «type-mismatch»mark.score, otherwise: «unknown-outcome»outside, because: "{«unknown-name»x}"}
""",
    "expects: all of it": _FACTS
    + """
expects:
  - {that: «type-mismatch»mark.score, otherwise: "{«unknown-name»x}"}
  - {that: '«never-holds»mark.area = "ela" and mark.area = "math"', otherwise: Never.}
  - {that: mark.done, «unknown-key»otherwize: x}
""".replace("  - {that: mark.done, «unknown-key»otherwize: x}\n", ""),
    # deadlines
    "deadlines: lengths": """
        deadlines:
          «no-length»a: {starts: as_of}
          b: {starts: as_of, length: «bad-length»60 days}
          c: {starts: as_of, length: -5 calendar days, «paused-backwards»paused: {from: as_of, until: as_of}}
          d: {starts: as_of, length: 1 «unknown-name»x calendar days}
        rules: {r: {when: 'a.status = "overdue" or b.due = as_of', outcome: deny}}
    """.replace("1 «unknown-name»x", "«unknown-name»x"),
    "deadlines: obligations": """
        actions: {act: {by: school, text: Act}}
        deadlines: {soon: {starts: as_of, length: 5 calendar days}}
        rules:
          a: {obliges: [{action: act, deadline: «unknown-deadline»son}]}
          b: {obliges: [{action: act, deadline: soon, «two-due-days»due: as_of}]}
    """,
    "other rulesets: not at hand": "rules: {r: {outcome: deny, given: [«unknown-ruleset»lausd/grade-marking#few]}}\n",
    "other rulesets: an exception": "rules: {r: {outcome: deny, defeats: [«not-given»lausd/grade-marking#few]}}\n",
    # rows
    "rows: a gap and an overlap": _FACTS
    + """
tables:
  «gap»t:
    hit: unique
    inputs: {area: mark.area}
    outputs: {o: integer}
    rows: |
      area      | o
      ela       | 1
  u:
    hit: unique
    inputs: {area: mark.area}
    outputs: {o: integer}
    rows: «overlap»|
      area      | o
      ela, math | 1
      -         | 2
""",
    # sizes
    "sizes: too deep": "terms: {a: " + "[" * 39 + "«too-deep»[" + "]" * 40 + "}\n",
    "sizes: an expression too deep": "values: {v: " + "(" * 60 + "«too-deep»" + "(" * 20 + "1" + ")" * 80 + "}\n",
    "whole: too large": "«too-large»" + "# comment\n" * 110_000,
    "sizes: a long line": "«too-large»owner: " + "x" * 20_001 + "\n",
}
