"""Two rulesets, and partitioned rosters for them with facts left out and rows that nobody can decide."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.clients.rosters.loans import LOANS, RULESETS, table

AS_OF = date(2019, 10, 1)
RETURNS = "oak/book-returns"
SCHOOLS = ("007", "12")

_RETURNS = """
ruleset: oak/book-returns
title: Books that come back
question: May this book be kept longer?
authority: {document: Oak Library Handbook, sections: {"2": {}}}
effective: {from: 2019-08-01}
time_zone: America/Los_Angeles
calendar: oak
case: [student, book]
facts:
  student:
    grade_level: {type: string, one_of: [K, "1", "2", "3"], ordered: true}
    card_until: {type: date, none: the card never ends}
  fees:
    owed: {type: decimal, places: 2, at_least: 0}
  book:
    lent_on: {type: date}
    returned_on: {type: event, none: not returned}
outcomes: [overdue, keep]
default: {outcome: keep, because: There is time left., cites: "2"}
deadlines:
  back: {starts: book.lent_on, length: 5 school days, met: book.returned_on}
actions:
  bring-back: {by: student, to: library, force: must, text: Bring the book back}
rules:
  too-late:
    cites: "2"
    when: back.status = "overdue"
    outcome: overdue
    because: Was due on {back.due}.
    obliges: [{action: bring-back, due: "or else(back.due, as_of)"}]
  owes-as-well:
    cites: "2"
    given: [oak/library-loans#fees]
    when: book.returned_on = null
    outcome: overdue
    because: Owes {fees.owed} dollars.
"""


def write_rulesets(folder: Path) -> Path:
    """A folder with the library's loans, and a ruleset that builds on them and counts school days."""
    shutil.copytree(RULESETS / "oak" / "library-loans", folder / "oak" / "library-loans")
    (folder / RETURNS).mkdir()
    (folder / RETURNS / "ruleset.yaml").write_text(_RETURNS, encoding="utf-8")
    (folder / "calendars").mkdir()
    days = [date(2019, 9, 2) + timedelta(days=day) for day in range(60)]
    lines = [f"  {day}: instructional-day" for day in days if day.isoweekday() < 6]
    head = 'calendar: oak\ntitle: "Oak, autumn of 2019"\ncoverage: {from: 2019-09-01, through: 2019-10-31}\ndays:\n'
    (folder / "calendars" / "oak.yaml").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def write_cases(folder: Path, cases: pa.Table) -> Path:
    """A folder of Parquet, a folder within for each school, with two files of small row groups each."""
    share = cases.num_rows // (2 * len(SCHOOLS)) + 1
    for number in range(2 * len(SCHOOLS)):
        school = folder / f"school={SCHOOLS[number // 2]}"
        school.mkdir(parents=True, exist_ok=True)
        part = cases.slice(number * share, share)
        pq.write_table(part, school / f"part-{number}.parquet", row_group_size=300)
    return folder


def cases_of(ruleset: str, count: int) -> pa.Table:
    """A roster for one of the two rulesets."""
    return _loans(count) if ruleset == LOANS else _returns(count)


def _loans(count: int) -> pa.Table:
    """Structs, lists of structs, decimals; every 97th grade is none that there is."""
    cases = table(count)
    student = cases.column("student").combine_chunks()
    wrong = pa.array([number % 97 == 0 for number in range(count)])
    grade = pc.if_else(wrong, "9", student.field("grade_level"))
    others = [student.field(name) for name in ("card_until", "card_until__none")]
    mended = pa.StructArray.from_arrays([grade, *others], names=["grade_level", "card_until", "card_until__none"])
    return cases.set_column(cases.schema.names.index("student"), "student", mended)


def _returns(count: int) -> pa.Table:
    """Columns by path, in types that others write; some cells left out, some that nobody can read."""
    numbers = range(count)
    lent = [f"2019-09-{number % 28 + 1:02}" if number % 5 else None for number in numbers]
    return pa.table(
        {
            "id": pa.array([f"B-{number}" for number in numbers]).dictionary_encode(),
            "fees.owed": pa.array([number % 7 if number % 3 else None for number in numbers], pa.float64()),
            "book.lent_on": ["soon" if number % 101 == 0 else day for number, day in zip(numbers, lent, strict=True)],
            "book.returned_on": pa.array([None] * count, pa.date32()),
            "book.returned_on__none": [number % 2 == 0 for number in numbers],
        }
    )
