"""Small documents with tables, each with what is wrong with it marked in place; see `marking`."""

from __future__ import annotations

from tests.engine.rulesets.problem_cases_of_documents import FACTS

__all__ = ["TABLE_CASES"]

TABLE_CASES: dict[str, str] = {
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
    "tables: cells": FACTS
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
    "tables: a cell that could mean two things": FACTS
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
    "tables: a syntax error in a cell": FACTS
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
    "tables: rules without ids": FACTS
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
    "tables: ids of rules": FACTS
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
    "tables: a message without rules": FACTS
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
    "tables: unused": FACTS
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
    "tables: a row that never fits": FACTS
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
}
