"""What a change would do to a roster: counted by hand, counted the slow way, and the same in any order."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rosters.changes import REFUSED, Aspect, ComparisonResult, Line, Need, RuleDifference
from tests.engine.rosters.comparing import AFTER, BEFORE, compared, slowly

BOOK = {"title": "Heidi", "due_on": "2024-09-01"}
ROSTER: tuple[dict[str, Any], ...] = (
    {"student": {"grade": 3, "fees": 6, "card": True}, "loans": []},  # review -> allow: fees no longer
    {"student": {"grade": 3, "fees": 7, "card": False}, "loans": []},  # review -> review: by another rule
    {"student": {"grade": 3, "fees": 9, "card": True}, "loans": []},  # review -> review: paid by a date
    {"student": {"grade": 3, "fees": 0, "card": False}, "loans": []},  # allow -> review: no card
    {"student": {"grade": 3, "fees": 0}, "loans": []},  # allow -> indeterminate: card not known
    {"student": {"grade": 1, "fees": 0, "card": True}, "loans": []},  # allow: two books
    {"student": {"grade": 3, "fees": 0, "card": True}, "loans": [BOOK]},  # deny: the same
    {"student": {"grade": 3, "fees": 0, "card": "yes"}, "loans": []},  # allow -> refused
    {"student": {"grade": -1, "fees": 0, "card": True}, "loans": []},  # refused by both
    {"student": {"grade": 3, "fees": 7, "card": True}, "loans": []},  # review -> allow: fees no longer
)


def counts(result: ComparisonResult) -> Any:
    """All of a result but its examples."""
    return (
        (result.before, result.after, result.cases, result.matrix, result.unchanged),
        [(change.before, change.after, change.cases, change.reasons, change.unlisted) for change in result.changes],
        [(detail.aspect, detail.cases, detail.reasons, detail.unlisted) for detail in result.details],
        (result.only_after_decides, result.only_before_decides, result.facts_only_before, result.facts_only_after),
    )


def test_a_roster_counted_by_hand() -> None:
    result = compared(BEFORE, AFTER, ROSTER)
    assert result.cases == 10
    assert result.matrix == {
        ("review", "allow"): 2,
        ("review", "review"): 2,
        ("allow", "review"): 1,
        ("allow", "indeterminate"): 1,
        ("allow", "allow"): 1,
        ("deny", "deny"): 1,
        ("allow", REFUSED): 1,
        (REFUSED, REFUSED): 1,
    }
    assert (result.changed, result.unchanged, result.refused_by_both) == (5, 1, 1)
    assert result.rows == ("deny", "review", "allow", REFUSED)
    assert result.columns == ("deny", "review", "allow", "indeterminate", REFUSED)
    first = result.changes[0]
    assert (first.before, first.after, first.cases, first.unlisted) == ("review", "allow", 2, 0)
    assert [(reason.rules, reason.cases) for reason in first.reasons] == [(RuleDifference(ended=("fees",)), 2)]
    assert {detail.aspect: detail.cases for detail in result.details} == {
        Aspect.RULES: 1,
        Aspect.OBLIGATIONS: 1,
        Aspect.DUE_DATES: 1,
        Aspect.RESULTS: 1,
        Aspect.MESSAGES: 1,
    }
    assert result.facts_only_before == ()
    assert result.facts_only_after == ("student.card",)
    missed = result.only_before_decides
    assert (missed.indeterminate, missed.refused, missed.cases) == (1, 1, 2)
    assert missed.needs == (Need("fact", "student.card", 1), Need("refused", "student.card", 1))
    assert result.only_after_decides.cases == 0


def test_examples_say_both_sides_and_who_it_is() -> None:
    result = compared(BEFORE, AFTER, ROSTER, examples=1, ids=[f"S-{row}" for row in range(10)])
    examples = {(change.before, change.after): change.examples for change in result.changes}
    (shown,) = examples["review", "allow"]
    assert (shown.row, shown.ids, shown.rules) == (0, (("student", "S-0"),), RuleDifference(ended=("fees",)))
    assert shown.before.lines == (Line("fees", "6 dollars are owed."),)
    assert shown.before.rules == ("fees",)
    assert shown.after.lines == (Line("", "Nothing stands against it."),)
    (shown,) = examples["allow", "indeterminate"]
    assert shown.after.lines == (Line("student.card", "not known"),)
    (shown,) = examples["allow", REFUSED]
    assert (shown.row, shown.after.outcome, shown.after.lines[0].about) == (7, REFUSED, "student.card")
    assert shown.before.outcome == "allow"
    due = next(detail for detail in result.details if detail.aspect is Aspect.DUE_DATES).examples[0]
    assert due.before.lines == (Line("fees", "Pay the fees: without a due date"),)
    assert due.after.lines == (Line("fees", "Pay the fees: by 2024-09-02"),)


def test_a_rule_that_concludes_otherwise_and_a_default_that_changes_are_reasons() -> None:
    roster = [{"student": {"grade": 3, "fees": 9}, "loans": []}, {"student": {"grade": 3, "fees": 0}, "loans": []}]
    stricter = BEFORE.replace("outcome: review", "outcome: deny")
    (change,) = compared(BEFORE, stricter, roster).changes
    assert (change.before, change.after) == ("review", "deny")
    assert [reason.rules for reason in change.reasons] == [RuleDifference(otherwise=("fees",))]
    kinder = BEFORE + "default: {outcome: review, because: A person looks at it.}\n"
    (change,) = compared(BEFORE, kinder, roster).changes
    assert (change.before, change.after, change.cases) == ("allow", "review", 1)
    assert change.reasons[0].rules.nothing
    assert change.examples[0].after.lines == (Line("", "A person looks at it."),)


def test_a_scope_that_changes_is_a_reason() -> None:
    roster = [{"student": {"grade": grade, "fees": 9}, "loans": []} for grade in (1, 5)]
    narrower = (
        BEFORE + "applies: {when: student.grade >= 2, otherwise: allow, because: 'Not for grade {student.grade}.'}\n"
    )
    (change,) = compared(BEFORE, narrower, roster).changes
    assert (change.before, change.after, change.cases) == ("review", "allow", 1)
    (reason,) = change.reasons
    assert reason.rules == RuleDifference(ended=("fees", "young"), applies=(True, False))
    assert change.examples[0].after.lines == (Line("", "Not for grade 1."),)


def test_the_order_of_rules_says_nothing() -> None:
    head, young = BEFORE.split("  young:\n")
    facts, rules = head.split("rules:\n")
    swapped = f"{facts}rules:\n  young:\n{young}{rules}"
    roster = [{"student": {"grade": 1, "fees": 9}, "loans": [BOOK, BOOK]}]
    result = compared(BEFORE, swapped, roster)
    assert result.before.version != result.after.version
    assert (result.unchanged, result.changes, result.details) == (1, (), ())


def test_elements_of_a_rule_with_each_differ() -> None:
    """The rule holds before and after, though for other books, and for one more."""
    later = BEFORE.replace("loan.due_on < as_of", 'loan.due_on < as_of and loan.title != "Heidi"')
    other = {"title": "Emil", "due_on": "2024-08-01"}
    (detail, *_) = compared(BEFORE, later, [{"student": {"grade": 3, "fees": 0}, "loans": [BOOK, other]}]).details
    assert detail.aspect is Aspect.RULES
    assert detail.reasons[0].rules == RuleDifference(ended=("late",))
    assert detail.examples[0].before.lines == (Line("late[0]", "Heidi is late."),)


def test_examples_are_of_as_many_reasons_as_there_are() -> None:
    roster = [{"student": {"grade": 3, "fees": 9}, "loans": []}] * 5 + [
        {"student": {"grade": 1, "fees": 9}, "loans": []}
    ]
    swept = BEFORE.replace("student.fees > most_fees", "false").replace("student.grade < 2", "false")
    (change,) = compared(BEFORE, swept, roster, examples=2).changes
    assert [reason.cases for reason in change.reasons] == [5, 1]
    assert [example.row for example in change.examples] == [0, 5]


def test_no_cases_and_no_examples() -> None:
    assert compared(BEFORE, AFTER, []).cases == 0
    result = compared(BEFORE, AFTER, ROSTER, examples=0)
    assert result.changed == 5
    assert all(change.examples == () for change in result.changes)


books = st.fixed_dictionaries({}, optional={"title": st.sampled_from(["A", "B"]), "due_on": st.just("2024-09-01")})
students = st.fixed_dictionaries(
    {},
    optional={
        "grade": st.integers(-1, 3),
        "fees": st.sampled_from([0, 6, 9]),
        "card": st.sampled_from([True, False, "yes"]),
    },
)
cases = st.fixed_dictionaries({"student": students}, optional={"loans": st.lists(books, max_size=2)})
rosters = st.lists(cases, max_size=12)


@given(rosters)
def test_the_counts_are_those_of_whole_decisions(roster: list[Any]) -> None:
    result = compared(BEFORE, AFTER, roster)
    matrix, aspects = slowly(BEFORE, AFTER, roster)
    assert result.matrix == matrix
    assert {"unchanged": result.unchanged} | {one.aspect: one.cases for one in result.details} == aspects


@given(rosters, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_the_counts(roster: list[Any], random: Random) -> None:
    shuffled = random.sample(roster, len(roster))
    assert counts(compared(BEFORE, AFTER, roster)) == counts(compared(BEFORE, AFTER, shuffled))


@given(rosters, st.integers(1, 5))
def test_batches_do_not_matter(roster: list[Any], batch: int) -> None:
    assert compared(BEFORE, AFTER, roster, examples=2) == compared(BEFORE, AFTER, roster, examples=2, batch=batch)


@pytest.mark.parametrize("text", [BEFORE, AFTER])
@given(roster=rosters)
def test_a_version_against_itself_changes_nothing(text: str, roster: list[Any]) -> None:
    result = compared(text, text, roster)
    assert (result.changes, result.details, result.changed) == ((), (), 0)
    assert result.unchanged == len(roster) - result.refused_by_both
    assert result.only_after_decides.cases == result.only_before_decides.cases == 0


@given(rosters)
def test_there_and_back_mirror_each_other(roster: list[Any]) -> None:
    there, back = compared(BEFORE, AFTER, roster), compared(AFTER, BEFORE, roster)
    assert {(after, before): count for (before, after), count in there.matrix.items()} == back.matrix
    assert there.only_after_decides == back.only_before_decides
    assert {one.aspect: one.cases for one in there.details} == {one.aspect: one.cases for one in back.details}
