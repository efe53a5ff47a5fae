"""Small documents with rules and deadlines, each with what is wrong with it marked in place; see `marking`."""

from __future__ import annotations

from tests.engine.rulesets.problem_cases_of_documents import FACTS

__all__ = ["RULE_CASES"]

RULE_CASES: dict[str, str] = {
    # rules
    "rules: a premise that is no boolean": FACTS + "rules: {r: {when: «type-mismatch»mark.score, outcome: deny}}\n",
    "rules: a premise that may be none": "facts: {a: {b: {type: boolean, none: nobody asked}}}\n"
    "rules: {r: {when: «may-be-none»a.b, outcome: deny}}\n",
    "rules: an outcome": "rules: {r: {outcome: «unknown-outcome»refuse}}\n",
    "rules: indeterminate": "rules: {r: {outcome: «reserved-name»indeterminate}}\n",
    "rules: each": FACTS
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
    "rules: results": FACTS
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
    "rules: a result that may be none": FACTS
    + """
results: {day: {type: date}}
rules:
  a: {when: mark.sent_on != null, results: {day: mark.sent_on}}
  b: {when: mark.done, defeats: [a], results: {day: «may-be-none»mark.sent_on}}
""",
    "rules: a result set twice": FACTS
    + """
results: {code: {type: integer}}
rules:
  a: {when: mark.done, results: {code: 1}}
  b: {when: mark.score > 5, results: {code: «result-conflict»2}}
""",
    "rules: obligations": FACTS
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
    "rules: messages": FACTS
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
    "rules: never": FACTS
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
    "applies: all of it": FACTS
    + """
applies: {when: «type-mismatch»mark.score, otherwise: «unknown-outcome»outside, because: "{«unknown-name»x}"}
""",
    "expects: all of it": FACTS
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
    "rows: a gap and an overlap": FACTS
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
}
