"""What cannot be decided on Spark is refused with a reason: on the driver before a job, or by the executors."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession

from clients.rosters.choosing import chosen
from clients.spark import deciding, executing
from clients.spark.deciding import RosterQuestion, decide_roster
from clients.spark.errors import SparkJobError, telling
from clients.spark.executing import decider, loaded
from clients.spark.shipping import Documents, Task, documents_of, task_of
from engine.errors import FactsError
from engine.rosters import RosterSettings
from tests.clients.rosters.loans import LOANS
from tests.clients.spark.rosters import AS_OF, RETURNS, cases_of

QUESTION = RosterQuestion(AS_OF)


@pytest.fixture
def cases(spark: SparkSession) -> DataFrame:
    return spark.createDataFrame(cases_of(LOANS, 8))


@pytest.fixture
def documents(rulesets: Path) -> Documents:
    with chosen(rulesets, RETURNS, as_of=AS_OF) as found:
        return documents_of(found)


def test_a_misspelt_column_is_refused_before_any_case_is_read(spark: SparkSession, rulesets: Path) -> None:
    cases = spark.range(8).selectExpr("id", "cast(raise_error('A case was read.') as string) as `fees.owd`")
    with pytest.raises(FactsError, match=r"fees\.owd: .* Did you mean `(fees\.)?owed`"):
        decide_roster(cases, LOANS, QUESTION, rulesets=rulesets, ids=["id"])


def test_a_column_of_another_kind_is_refused_on_the_driver(rulesets: Path, cases: DataFrame) -> None:
    flags = cases.withColumn("talk", cases["fees"])
    with pytest.raises(FactsError, match=r"talk\.owed"):
        decide_roster(flags, LOANS, QUESTION, rulesets=rulesets, ids=["id"])


@pytest.mark.parametrize(
    ("ids", "row", "message"),
    [
        (["idd"], None, "The roster has no column idd. Did you mean id?"),
        (["id", "id"], None, "The id column id is named twice."),
        (["id"], "ids", "The roster has no column ids. Did you mean id?"),
        (["id"], "talk", "The column talk cannot number rows: it has no whole numbers."),
    ],
)
def test_columns_that_are_no_ids_and_numbers(
    rulesets: Path, cases: DataFrame, ids: list[str], row: str | None, message: str
) -> None:
    with pytest.raises(SparkJobError) as refused:
        decide_roster(cases, LOANS, QUESTION, rulesets=rulesets, ids=ids, row=row)
    assert str(refused.value) == message


def test_an_id_column_called_as_one_of_the_decisions(rulesets: Path, cases: DataFrame) -> None:
    with pytest.raises(SparkJobError, match="The id column Outcome is called as a column of the decisions"):
        decide_roster(cases.withColumnRenamed("id", "Outcome"), LOANS, QUESTION, rulesets=rulesets, ids=["Outcome"])


def test_an_executor_with_another_version_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, rulesets: Path, cases: DataFrame
) -> None:
    def of_another_version(*arguments: object) -> Task:
        task = task_of(*arguments)  # type: ignore[arg-type] # passed through
        return replace(task, documents=replace(task.documents, version="0" * 64))

    monkeypatch.setattr(deciding, "task_of", of_another_version)
    wanted = f"The ruleset {LOANS} is version [0-9a-f]+ on an executor, and 0+ on the driver"
    with (
        decide_roster(cases, LOANS, QUESTION, rulesets=rulesets, ids=["id"]) as roster,
        pytest.raises(SparkJobError, match=wanted),
        telling(),
    ):
        roster.decisions.count()


def test_documents_that_came_along_make_the_same_versions(documents: Documents) -> None:
    found = loaded(documents, RosterSettings())
    assert found.engine.ruleset.version == documents.version
    assert found.engine.ruleset.built_on == {LOANS: documents.built_on[0][2]}
    assert found.calendar is not None
    assert loaded(documents, RosterSettings()) is found  # once per process


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda one: replace(one, rollbook="99.0"), "Rollbook is version .* and 99.0 on the driver"),
        (lambda one: replace(one, built_on=(("oak/library-loans", one.built_on[0][1], "1" * 64),)), "library-loans is"),
        (lambda one: replace(one, built_on=()), "has errors on an executor, and none on the driver"),
        (lambda one: replace(one, calendar=(*one.calendar[:2], "1" * 64)), "The calendar oak is version"),
    ],
)
def test_each_version_must_be_that_of_the_driver(
    documents: Documents, change: Callable[[Documents], Documents], message: str
) -> None:
    with pytest.raises(SparkJobError, match=message):
        loaded(change(documents), RosterSettings())


def test_an_executor_that_lacks_rollbook_is_told_with_the_remedy() -> None:
    text = "Traceback (most recent call last):\nModuleNotFoundError: No module named 'clients.spark'\n"
    with pytest.raises(SparkJobError, match=r"Python of an executor has no clients\. .*PYSPARK_PYTHON"), telling():
        raise PythonException(text)


def test_rows_without_a_number_are_refused(documents: Documents) -> None:
    task = Task(documents, RosterSettings(), ("id", "place"), (), "place", AS_OF, None, False, "decisions")
    batch = pa.record_batch({"c0": ["B-1"], "c1": pa.nulls(1, pa.int64())})
    with pytest.raises(SparkJobError, match="A row has no number"):
        list(decider(task)(iter([batch])))


def test_a_fault_on_an_executor_tells_no_value(monkeypatch: pytest.MonkeyPatch, documents: Documents) -> None:
    def failing(*_: object, **__: object) -> None:
        message = "cannot read 'Toads 7'"
        raise ValueError(message)

    monkeypatch.setattr(executing, "conform", failing)
    task = Task(documents, RosterSettings(), ("place",), (), "place", AS_OF, None, False, "decisions")
    with pytest.raises(SparkJobError, match=r"A fault of Rollbook itself \(ValueError at .*py:\d+\)") as told:
        list(decider(task)(iter([pa.record_batch({"c0": [1]})])))
    assert "Toads" not in "".join(traceback.format_exception(told.value))
