"""Rosters about the loans of a school library, by the ruleset of the command line's tests."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clients.rosters.local import LocalDecider, local_decider
from engine.rosters.model import Detail

RULESETS = Path(__file__).parents[1] / "cli" / "rulesets"
LOANS = "oak/library-loans"
AS_OF = date(2019, 10, 1)
OUTCOMES = ["lend", "refuse", "indeterminate", "ask-librarian"]


@contextmanager
def deciding(detail: Detail = "decisions", as_of: date = AS_OF) -> Iterator[LocalDecider]:
    with local_decider(RULESETS, LOANS, as_of=as_of, detail=detail) as decider:
        yield decider


def case(number: int, title: str = "Toads") -> dict[str, Any]:
    """Its outcome is the (number % 4)-th of OUTCOMES."""
    kind = number % 4
    if kind == 2:
        return {"student": {"grade_level": "1", "card_until": None}, "loans": []}
    return {
        "student": {"grade_level": "3", "card_until": "2019-01-31" if kind == 3 else None},
        "fees": {"owed": 5.1 if kind == 1 else 0},
        "loans": [{"title": f"{title} {number}", "due_on": "2019-10-08"}],
        "talk": {"held": False},
    }


def case_id(number: int) -> str:
    return f"S-{number:05}"


def json_lines(count: int, title: str = "Toads") -> str:
    return "".join(json.dumps({"id": case_id(number), **case(number, title)}) + "\n" for number in range(count))


def csv_text(count: int) -> str:
    header = "id,student.grade_level,student.card_until,student.card_until__none,fees.owed,loans,talk.held\n"
    return header + "".join(_csv_line(number) for number in range(count))


def _csv_line(number: int) -> str:
    facts = case(number)
    card = facts["student"]["card_until"]
    cells = [
        case_id(number),
        facts["student"]["grade_level"],
        card or "",
        "" if card else "true",
        str(facts.get("fees", {}).get("owed", "")),
        json.dumps(facts["loans"]),
        str(facts.get("talk", {}).get("held", "")).lower(),
    ]
    return ",".join('"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in cells) + "\n"


def table(count: int, title: str = "Toads") -> pa.Table:
    """The canonical columns, and the id."""
    loan = pa.struct([("title", pa.string()), ("due_on", pa.date32())])
    student = pa.struct([("grade_level", pa.string()), ("card_until", pa.date32()), ("card_until__none", pa.bool_())])
    rows = [case(number, title) for number in range(count)]
    return pa.table(
        {
            "id": pa.array([case_id(number) for number in range(count)]),
            "student": pa.array([_student(row["student"]) for row in rows], student),
            "fees": pa.array(
                [{"owed": Decimal(str(row["fees"]["owed"]))} if "fees" in row else None for row in rows],
                pa.struct([("owed", pa.decimal128(38, 2))]),
            ),
            "loans": pa.array([[_loan(loan) for loan in row["loans"]] for row in rows], pa.list_(loan)),
            "talk": pa.array([row.get("talk") for row in rows], pa.struct([("held", pa.bool_())])),
        }
    )


def _student(facts: dict[str, Any]) -> dict[str, Any]:
    card = facts["card_until"]
    return {**facts, "card_until": card and date.fromisoformat(card), "card_until__none": card is None}


def _loan(facts: dict[str, Any]) -> dict[str, Any]:
    return {**facts, "due_on": date.fromisoformat(facts["due_on"])}


def write_cases(folder: Path, name: str, count: int, title: str = "Toads") -> Path:
    """A file of cases, in the form that its name says."""
    path = folder / name
    match path.suffix:
        case ".csv":
            path.write_text(csv_text(count), encoding="utf-8")
        case ".jsonl":
            path.write_text(json_lines(count, title), encoding="utf-8")
        case ".arrow":
            cases = table(count, title)
            with pa.ipc.new_file(path, cases.schema) as writer:
                writer.write_table(cases)
        case _:
            pq.write_table(table(count, title), path)
    return path


def read_out(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of decisions; those of CSV are text."""
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        case _:
            rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
            return rows
