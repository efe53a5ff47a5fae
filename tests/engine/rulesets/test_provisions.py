"""Every section of the authority with the rules that encode it."""

from __future__ import annotations

from engine.rulesets.loading import load_text
from engine.rulesets.provisions import Provision, provisions

TEXT = """
ruleset: example/marks
title: Marks
authority: {document: Bulletin, sections: {I: {pages: 1}, I.F: {pages: "3-4"}, II: {}, IX: {pages: 13}}}
facts: {enrollment: {days: {type: integer}}, mark: {low: {type: boolean}}}
parameters: {minimum: {cites: I.F, from: {2018-08-03: 15}}}
outcomes: [withhold, assign]
default: {outcome: assign, because: Nothing stands against it., cites: I}
rules:
  few: {cites: "I.F, IX.A", when: enrollment.days < minimum, outcome: withhold, because: Few days.}
  low: {cites: IX, when: mark.low, outcome: withhold, because: Low.}
not_decided:
  - {cites: II, what: How a composite is computed, who: school team}
"""


def test_every_section_with_what_encodes_it() -> None:
    assert provisions(load_text(TEXT)) == (
        Provision("I", "1", (), ("default",), ()),
        Provision("I.F", "3-4", ("few",), ("parameter minimum",), ()),
        Provision("II", "", (), (), ("How a composite is computed (school team)",)),
        Provision("IX", "13", ("few", "low"), (), ()),
    )


def test_sections_that_are_only_cited_come_last() -> None:
    text = TEXT.replace('sections: {I: {pages: 1}, I.F: {pages: "3-4"}, II: {}, IX: {pages: 13}}', "sections: {}")
    assert [one.section for one in provisions(load_text(text))] == ["I.F", "IX.A", "IX", "I", "II"]
