from __future__ import annotations

from datetime import date

import pytest

from engine import reference
from engine.cases import CaseEngine, decide_together
from engine.errors import Reason, RollbookError
from engine.explanations import explain
from engine.rulesets.calendar_use import needs_calendar
from tests.engine.calendars.small import SMALL
from tests.engine.rulesets_for_tests import load

FACTS = "facts: {from: {type: date}, absent: {list_of: {on: {type: date}}}}\n"
COUNTS = FACTS + "rules: {late: {when: 'school days between(from, as_of) > 2', outcome: deny, because: Late.}}\n"
PLAIN = FACTS + "rules: {late: {when: 'as_of > from', outcome: deny, because: Late.}}\n"
AS_OF = date(2024, 3, 7)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        (COUNTS, True),
        (PLAIN, False),
        (PLAIN + "values: {v: is school day(as_of)}\n", True),
        (PLAIN + "applies: {when: is school day(from), otherwise: allow, because: Else.}\n", True),
        (PLAIN + "expects: [{that: 'add business days(from, 3) > from', otherwise: No.}]\n", True),
        (PLAIN + "deadlines: {d: {starts: from, length: 3 school days}}\n", True),
        (PLAIN + "deadlines: {d: {starts: from, length: -3 business days}}\n", True),
        (PLAIN + "deadlines: {d: {starts: from, length: 3 calendar days, soon: 1 school days}}\n", True),
        (PLAIN + "deadlines: {d: {starts: 'add school days(from, 1)', length: 3 calendar days}}\n", True),
        (PLAIN + "deadlines: {d: {starts: from, length: 3 calendar days}}\n", False),
        (
            FACTS + "rules: {r: {each: one in absent, when: 'longest run without([one.on], from, as_of) > 1', "
            "outcome: deny}}\n",
            True,
        ),
        (FACTS + "rules: {r: {each: 'one in absent[is school day(on)]', when: one.on < as_of, outcome: deny}}\n", True),
        (
            PLAIN + "actions: {tell: {by: school, text: Tell}}\n"
            "default: {outcome: allow, because: 'Since {from}.'}\n",
            False,
        ),
    ],
)  # fmt: skip
def test_whether_a_ruleset_needs_a_calendar(text: str, needed: bool) -> None:
    assert needs_calendar(load(text)) is needed


def test_the_calendar_that_was_read_stands_in_the_decision() -> None:
    checked = load(COUNTS)
    facts = {"from": "2024-03-01"}
    decision = CaseEngine.build(checked).decide(facts, as_of=AS_OF, calendar=SMALL)
    assert decision == reference.decide(checked, facts, as_of=AS_OF, calendar=SMALL)
    assert decision.outcome == "deny"
    assert decision.calendars == {"small": SMALL.version}
    assert explain(checked, facts, as_of=AS_OF, calendar=SMALL).decision == decision


def test_a_ruleset_that_counts_no_school_days_reads_no_calendar() -> None:
    checked = load(PLAIN)
    decision = CaseEngine.build(checked).decide({"from": "2024-03-01"}, as_of=AS_OF, calendar=SMALL)
    assert decision.calendars == {}
    assert decision == reference.decide(checked, {"from": "2024-03-01"}, as_of=AS_OF, calendar=SMALL)


def test_without_a_calendar_the_case_is_refused() -> None:
    checked = load(COUNTS)
    engine = CaseEngine.build(checked)
    for decide in (
        lambda: engine.decide({}, as_of=AS_OF),
        lambda: reference.decide(checked, {}, as_of=AS_OF),
        lambda: explain(checked, {}, as_of=AS_OF),
        lambda: decide_together([engine], {}, as_of=AS_OF),
    ):
        with pytest.raises(RollbookError) as caught:
            decide()
        assert caught.value.reason is Reason.REQUEST_INVALID
        assert [violation.path for violation in caught.value.violations] == ["calendar"]


def test_a_date_outside_the_calendar_is_missing() -> None:
    checked = load(COUNTS)
    facts = {"from": "2024-01-15"}
    decision = CaseEngine.build(checked).decide(facts, as_of=AS_OF, calendar=SMALL)
    assert decision == reference.decide(checked, facts, as_of=AS_OF, calendar=SMALL)
    assert decision.outcome == "indeterminate"
    assert [(cause.kind, cause.path, cause.detail) for cause in decision.missing.outcome] == [
        ("calendar-date", "small", "2024-01-16")
    ]


def test_together_each_ruleset_counts_in_its_own_default() -> None:
    counts, plain = CaseEngine.build(load(COUNTS)), CaseEngine.build(load(PLAIN))
    facts = {"from": "2024-03-01"}
    one, other = decide_together([counts, plain], facts, as_of=AS_OF, defaults=[SMALL, None])
    assert (one.calendars, other.calendars) == ({"small": SMALL.version}, {})
    assert decide_together([counts, plain], facts, as_of=AS_OF, calendar=SMALL) == (one, other)
