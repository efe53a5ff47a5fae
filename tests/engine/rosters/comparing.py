"""Two versions of a small ruleset, rosters for them, and a comparison that is made the slow way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pyarrow as pa

from engine.cases import CaseEngine
from engine.decisions import Decision, Obligation
from engine.rosters import Decided, Question
from engine.rosters.changes import Aspect, ComparisonResult
from engine.rosters.comparing import Comparison
from engine.rosters.conforming import from_documents
from engine.rosters.one_by_one import decide_one_by_one
from engine.rosters.rows import decisions_of
from engine.rosters.sharing import shared_document
from engine.rulesets.checked import CheckedRuleset
from tests.engine.rulesets_for_tests import load

__all__ = ["AFTER", "AS_OF", "BEFORE", "compared", "decided", "engine_of", "slowly"]

AS_OF = date(2024, 9, 2)

BEFORE = """
facts:
  student: {grade: {type: integer, at_least: 0}, fees: {type: decimal, places: 2}}
  loans: {list_of: {title: {type: string}, due_on: {type: date}}}
parameters:
  most_fees: {means: Dollars, from: {2020-01-01: 5}}
results: {limit: {type: integer}}
actions:
  return-book: {by: student, to: library, force: must, text: Bring the book back}
  pay: {by: parent, force: should, text: Pay the fees}
rules:
  late:
    each: loan in loans
    when: loan.due_on < as_of
    outcome: deny
    because: "{loan.title} is late."
    obliges: [{action: return-book, due: loan.due_on}]
  fees:
    when: student.fees > most_fees
    outcome: review
    because: "{student.fees} dollars are owed."
    obliges: [{action: pay}]
  young:
    when: student.grade < 2
    results: {limit: 1}
    because: Grade {student.grade} borrows one book.
"""

AFTER = (
    BEFORE.replace("grade: {type: integer, at_least: 0}", "grade: {type: integer, at_least: 0}, card: {type: boolean}")
    .replace("2020-01-01: 5}", "2020-01-01: 8}")
    .replace("{action: pay}", "{action: pay, due: as_of}")
    .replace("limit: 1", "limit: 2")
    .replace("borrows one book", "borrows two books")
) + "  no-card: {when: not(student.card), outcome: review, because: There is no card.}\n"


@cache
def engine_of(text: str) -> CaseEngine:
    return CaseEngine.build(load(text))


def decided(engine: CaseEngine, other: CheckedRuleset, cases: Sequence[Any], first_row: int = 0) -> Decided:
    """What a version says about cases, of which it is told what it declares."""
    documents = [shared_document(msgspec.json.encode(case), engine.ruleset.facts, other.facts) for case in cases]
    conformed = from_documents(documents, engine.ruleset.facts, first_row=first_row)
    # One by one: a query for each of many tiny batches would take most of the time of these tests.
    found = decide_one_by_one(engine, conformed.cases, Question(AS_OF), conformed.rows.to_pylist())
    return Decided(found.decisions, (*conformed.rejects, *found.rejects))


def compared(
    before: str, after: str, cases: Sequence[Any], *, batch: int = 1000, examples: int = 5, ids: Sequence[str] = ()
) -> ComparisonResult:
    """The comparison of two versions, in batches."""
    one, other = engine_of(before), engine_of(after)
    comparison = Comparison(one.ruleset, other.ruleset, examples=examples)
    for first in range(0, len(cases), batch):
        part = cases[first : first + batch]
        sides = decided(one, other.ruleset, part, first), decided(other, one.ruleset, part, first)
        names = pa.record_batch({"student": list(ids[first : first + batch])}) if ids else None
        comparison.add(*sides, names, pa.array(range(first, first + len(part)), pa.int64()))
    return comparison.result()


def slowly(before: str, after: str, cases: Sequence[Any]) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    """The matrix and the counts of aspects, from whole decisions of one case after the other."""
    engines = engine_of(before), engine_of(after)
    matrix: Counter[tuple[str, str]] = Counter()
    aspects: Counter[str] = Counter(unchanged=0)
    for case in cases:
        sides: list[Decision | None] = []
        for engine, other in zip(engines, reversed(engines), strict=True):
            batch = decided(engine, other.ruleset, [case])
            sides += decisions_of(batch.decisions, engine.ruleset, Question(AS_OF)) or [None]
        one, another = sides
        matrix[one.outcome if one else "(refused)", another.outcome if another else "(refused)"] += 1
        if one is None or another is None or one.outcome != another.outcome:
            continue
        differing = [aspect for aspect in Aspect if _differs(one, another, aspect)]
        aspects.update(map(str, differing) if differing else ["unchanged"])
    return matrix, aspects


def _differs(one: Decision, another: Decision, aspect: Aspect) -> bool:
    sides = one, another
    match aspect:
        case Aspect.RULES:
            rules, others = ({(it.rule, it.element, it.outcome) for it in side.held} for side in sides)
            return (rules, one.applies) != (others, another.applies)
        case Aspect.OBLIGATIONS:
            owed, others_owed = (Counter(map(_owed, side.obligations)) for side in sides)
            return owed != others_owed
        case Aspect.DUE_DATES:
            due, others_due = ([(_owed(it), it.due, it.due_unknown) for it in side.obligations] for side in sides)
            both = {it[0] for it in due} & {it[0] for it in others_due}
            return {it for it in due if it[0] in both} != {it for it in others_due if it[0] in both}
        case Aspect.DEADLINES:
            return set(one.deadlines) != set(another.deadlines)
        case Aspect.RESULTS:
            return dict(one.results) != dict(another.results)
        case Aspect.MESSAGES:
            said, others_said = ({(it.rule, it.element): (it.because, it.cites) for it in side.held} for side in sides)
            both_say = said.keys() & others_said.keys()
            return any(said[key] != others_said[key] for key in both_say) or one.because != another.because
        case Aspect.MISSING:
            return (one.missing, one.candidates, one.may_have_no_outcome) != (
                another.missing,
                another.candidates,
                another.may_have_no_outcome,
            )


def _owed(obligation: Obligation) -> tuple[Any, ...]:
    return obligation.action, obligation.element, obligation.text, obligation.by, obligation.to, obligation.force
