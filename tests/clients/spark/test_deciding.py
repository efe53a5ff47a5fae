"""The executors of Spark decide as one machine does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from clients.rosters.choosing import chosen
from clients.spark.deciding import RosterQuestion, decide_roster
from clients.spark.job import read_cases
from engine.rosters import RosterEngine
from engine.rosters.conforming import conform
from engine.rosters.model import Detail
from tests.clients.rosters.loans import LOANS
from tests.clients.spark.rosters import AS_OF, RETURNS, cases_of, write_cases

Place = tuple[str, int]


def on_one_machine(
    rulesets: Path, ruleset: str, cases: Path, detail: Detail
) -> tuple[dict[Place, Any], dict[Place, Any]]:
    """Decisions and rejects by file and position."""
    decisions: dict[Place, Any] = {}
    rejects: dict[Place, Any] = {}
    with chosen(rulesets, ruleset, as_of=AS_OF, detail=detail) as found:
        engine = RosterEngine.build(found.loaded.engine)
        for file in cases.rglob("*.parquet"):
            (batch,) = pq.read_table(file, partitioning=None).combine_chunks().to_batches()
            conformed = conform(batch, engine.ruleset.facts, first_row=0, ids=["id"])
            decided = engine.decide(conformed.cases, found.question, rows=conformed.rows)
            ids = batch.column("id").to_pylist()
            for decision in decided.decisions.to_pylist():
                row = decision["row"]
                decisions[file.name, row] = {"id": ids[row], "school": file.parent.name[7:], **decision}
            for reject in (*conformed.rejects, *decided.rejects):
                violations = [(one.path, one.expected, one.message) for one in reject.violations]
                rejects[file.name, reject.row] = (ids[reject.row], reject.reason, reject.message, violations)
    return decisions, rejects


@pytest.mark.parametrize(("ruleset", "detail"), [(LOANS, "decisions"), (RETURNS, "decisions"), (RETURNS, "outcomes")])
def test_spark_decides_and_rejects_as_one_machine_does(
    spark: SparkSession, rulesets: Path, tmp_path: Path, ruleset: str, detail: Detail
) -> None:
    folder = write_cases(tmp_path / "cases", cases_of(ruleset, 3000))
    cases = read_cases(spark, str(folder))
    question = RosterQuestion(AS_OF, detail=detail)
    with decide_roster(
        cases, ruleset, question, rulesets=rulesets, ids=("id", "school", "file"), row="position"
    ) as roster:
        decided, rejected = roster.decisions.toArrow().to_pylist(), roster.rejects.toArrow().to_pylist()
    expected, refused = on_one_machine(rulesets, ruleset, folder, detail)
    assert len(expected) > 2000
    assert len(refused) > 10
    assert len({decision["outcome"] for decision in expected.values()}) > 2

    same = ("version", "as_of", "engine_version", "ruleset", "rules_as_of", "absent_is_none", "calendars", "builds_on")
    asked = {name: {str(decision.pop(name)) for decision in decided} for name in same}
    assert asked["version"] == {roster.asked.version}
    assert asked["calendars"] == {str(list(roster.asked.calendars.items()))}
    assert asked["builds_on"] == {str(list(roster.asked.builds_on.items()))}
    assert bool(roster.asked.calendars) == (ruleset == RETURNS)
    assert {(name_of(decision.pop("file")), decision["row"]): decision for decision in decided} == expected
    assert len(decided) == len(expected)
    assert {
        (name_of(one["file"]), one["row"]): (
            one["id"], one["reason"], one["message"],
            [(place["path"], place["expected"], place["message"]) for place in one["violations"]],
        )
        for one in rejected
    } == refused  # fmt: skip
    assert len(rejected) == len(refused)


def test_a_table_without_numbers_of_its_own_gets_them(spark: SparkSession, rulesets: Path) -> None:
    cases = spark.createDataFrame(cases_of(LOANS, 200)).repartition(3)
    with decide_roster(cases, LOANS, RosterQuestion(AS_OF), rulesets=rulesets, ids=["id"]) as roster:
        rows = [row for table in (roster.decisions, roster.rejects) for (row,) in table.select("row").collect()]
    assert len(set(rows)) == len(rows) == 200


def name_of(file: str) -> str:
    return file.rpartition("/")[2]
