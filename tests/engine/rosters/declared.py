"""The facts that tests of rosters declare: every kind, groups, lists of groups and of single facts."""

from __future__ import annotations

from tests.engine.rulesets_for_tests import load

RULESET = load("""
authority: {document: d, sections: {A: {}}}
facts:
  student:
    grade_level: {type: string, one_of: [K, "1", "2"], ordered: true}
    foster: {type: boolean}
    left_on: {type: event, none: still enrolled}
    home: {city: {type: string, none: no home}}
  mark:
    score: {type: integer, at_least: 0, at_most: 100}
    average: {type: decimal, places: 2, none: not computed}
    weight: {type: decimal}
    given_at: {type: date-time}
    wait: {type: days-duration}
    term: {type: months-duration}
    seen_on: {type: date}
  notices:
    list_of:
      area: {type: string}
      sent_on: {type: event, none: not sent}
      copies: {list_of: {type: string}}
  days: {list_of: {type: date}}
  points: {list_of: {type: decimal, places: 1}}
  remarks: {list_of: {type: string, none: nothing said}}
actions: {tell: {by: school, text: Tell}}
results:
  code: {type: string, one_of: [low, late]}
  share: {type: decimal, places: 2}
  days: {list_of: date, merge: union}
deadlines:
  answer: {cites: A, each: n in notices, starts: n.sent_on, length: 10 calendar days}
expects: [{that: mark.score != 13, otherwise: Not thirteen.}]
rules:
  low:
    cites: A
    when: mark.score < 15
    outcome: deny
    because: "The score is {mark.score}, the average {mark.average}."
    results: {code: low, share: 0.25}
    obliges: [{action: tell, due: mark.seen_on}]
  told:
    cites: A
    each: n in answer
    when: n.due != null and n.area = "math"
    outcome: review
    results: {days: days}
    obliges: [{action: tell, deadline: answer}]
  read:
    cites: A
    when: (mark.average != null and mark.average > 90.5) or count(remarks) > 1 or mark.wait > duration("P1D")
    outcome: review
  gone: {cites: A, when: student.left_on != null or student.home.city = null or student.foster, outcome: review}
""")
FACTS = RULESET.facts
