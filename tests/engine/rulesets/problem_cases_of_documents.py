"""Small documents without rules, each with what is wrong with it marked in place; see `marking`."""

from __future__ import annotations

__all__ = ["DOCUMENT_CASES", "FACTS"]

FACTS = """
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

DOCUMENT_CASES: dict[str, str] = {
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
    "form: a rule whose name is too long": "rules: {«bad-name»" + "a" * 201 + ": {outcome: deny}}\n",
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
    "values: a name": FACTS + "values: {v: mark.done and «unknown-name»marc.done}\n",
    "values: an entry": FACTS + "values: {v: «unknown-entry»mark.dun}\n",
    "values: a function": "values: {v: «unknown-function»cuont(1)}\n",
    "values: arguments": "values: {v: '1 + «wrong-arguments»count(1, 2)'}\n",
    "values: none": FACTS + "values: {v: «may-be-none»mark.sent_on < as_of}\n",
    "values: types": 'values: {v: 1 + «type-mismatch»"a"}\n'.replace("1 + «type-mismatch»", "«type-mismatch»1 + "),
    "values: a choice": FACTS + 'values: {v: mark.area = «not-a-choice»"art"}\n',
    "values: an order": FACTS + 'values: {v: «not-ordered»mark.area < "math"}\n',
    "values: the clock": "values: {v: «not-in-rulesets»now()}\n",
    "values: a bad literal": "values: {v: '«bad-literal»date(\"2018-02-30\")'}\n",
    "values: an entry twice": "values: {v: '{a: 1, «duplicate-entry»a: 2}'}\n",
    "values: a list of two kinds": "values: {v: '[1, «no-common-type»true]'}\n",
    "values: two meanings": FACTS + "values: {day: as_of, v: 'notices[«ambiguous-name»area = mark.area]', area: 1}\n",
    "values: a circle": "values: {«circle»a: b + 1, b: c + 1, c: a + 1, d: a}\n",
    "values: of itself": "values: {«circle»a: a + 1}\n",
    "values: unused": "values: {«unused-value»a: 1}\n",
    "values: under is": "values: {a: {is: 1 + «unknown-name»x, means: a sum}}\n",
    # sizes
    "sizes: too deep": "terms: {a: " + "[" * 39 + "«too-deep»[" + "]" * 40 + "}\n",
    "sizes: an expression too deep": "values: {v: " + "(" * 60 + "«too-deep»" + "(" * 20 + "1" + ")" * 80 + "}\n",
    "whole: too large": "«too-large»" + "# comment\n" * 110_000,
    "sizes: a long line": "«too-large»owner: " + "x" * 20_001 + "\n",
}
