"""Decides a roster that is a table of Spark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import pyarrow as pa

from clients.rosters.choosing import Chosen, chosen
from clients.rosters.deciding import Asked
from clients.rosters.merging import constants, written_names
from clients.spark.answers import REJECT, REJECT_TYPE, answer_schema
from clients.spark.columns import check_names, quoted
from clients.spark.executing import decider
from clients.spark.shipping import task_of
from engine.rosters import RosterSettings
from engine.rosters.conforming import conform
from engine.rosters.coverage import uncovered
from engine.rosters.model import Detail

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructType

__all__ = ["DecidedRoster", "RosterQuestion", "decide_roster"]

_NUMBERS: Final = "rollbook__row"
"""The column of the row numbers on their way; no fact is called so: names have no two underscores in a row."""


@dataclass(frozen=True, slots=True)
class RosterQuestion:
    """What is asked of every case, in the words of `rollbook roster`.

    Attributes:
        as_of: the date of the decisions.
        rules_as_of: the date whose rules and parameters are used; `as_of` when None.
        absent_is_none: whether facts left out read as none where they declare what none means.
        calendar: the name of the calendar that days are counted in; the ruleset's own when empty.
        detail: how much is said of each case.
    """

    as_of: date
    rules_as_of: date | None = None
    absent_is_none: bool = False
    calendar: str = ""
    detail: Detail = "decisions"


@dataclass(frozen=True, slots=True)
class DecidedRoster:
    """A roster that Spark decides, when the first of its tables is asked for something. Use it in a `with` block.

    Attributes:
        decisions: a row per case that is decided: the id columns, `row`, those of a decision, and what is the same in
            every row, as `rollbook roster` writes them.
        rejects: a row per other case: the id columns, `row`, `reason`, `message`, `violations`.
        asked: what is asked, with the versions that decide.
        one_by_one: why cases are decided one by one, which is slower; empty when they are decided all at once.
        answers: what the executors gave, which both are read from; kept on their disks, so that no case is decided
            twice.
    """

    decisions: DataFrame
    rejects: DataFrame
    asked: Asked
    one_by_one: tuple[str, ...]
    answers: DataFrame

    def release(self) -> None:
        """Lets go of what is kept on the disks of the executors."""
        self.answers.unpersist()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def decide_roster(
    cases: DataFrame,
    ruleset: str,
    question: RosterQuestion,
    *,
    rulesets: Path,
    ids: Sequence[str] = (),
    row: str | None = None,
    settings: RosterSettings | None = None,
) -> DecidedRoster:
    """The decisions of a roster, made by the executors of Spark.

    Args:
        cases: the roster: a column per fact, by its path, or groups as structs; and the id columns.
        ruleset: the id of the ruleset.
        question: what is asked of every case.
        rulesets: the folder of rulesets, on the driver. The documents that decide travel to the executors.
        ids: columns that say which case a row is. They are no facts, and stand first in both tables.
        row: the column of whole numbers that becomes `row`; None for numbers that Spark gives, each once, in the order
            of the partitions with gaps between these.
        settings: what each query may use; its folder is not looked at, because queries spill where their executor does.

    Raises:
        SparkJobError: when a column of `ids` or `row` is not there, or stands in the way of another.
        FactsError: when a column is no declared fact, or can say none of its kind. Nothing is decided then.
        RollbookError (of the SDK): as a server refuses it: no such ruleset, none in force, no such calendar.
        RulesetError: when the ruleset has errors.
    """
    with chosen(
        rulesets, ruleset, as_of=question.as_of, rules_as_of=question.rules_as_of,
        absent_is_none=question.absent_is_none, calendar=question.calendar, detail=question.detail,
    ) as found:  # fmt: skip
        return _decided(cases, found, tuple(ids), row, settings or RosterSettings())


def _decided(
    cases: DataFrame, found: Chosen, ids: tuple[str, ...], row: str | None, settings: RosterSettings
) -> DecidedRoster:
    from pyspark import StorageLevel

    asked, detail = found.asked, found.question.detail
    check_names(cases, ids, row, written_names(asked, answer_schema(detail)))
    columns, travelling = _travelling(cases, ids, row)
    _check_columns(travelling, columns, found, ids)
    task = task_of(found, settings, columns, ids, _NUMBERS)
    answers = travelling.mapInArrow(decider(task), _schema(cases, ids, detail)).persist(StorageLevel.DISK_ONLY)
    reasons = tuple(str(construct) for construct in uncovered(found.loaded.checked))
    return DecidedRoster(_decisions(answers, asked), _rejects(answers, ids), asked, reasons, answers)


def _travelling(cases: DataFrame, ids: tuple[str, ...], row: str | None) -> tuple[tuple[str, ...], DataFrame]:
    """The names of the columns that executors need, the row numbers last, and the cases with only these, renamed."""
    from pyspark.sql import functions

    names = [name for name in cases.columns if name != row or name in ids]
    columns = [functions.col(quoted(name)).alias(f"c{place}") for place, name in enumerate(names)]
    numbers = functions.monotonically_increasing_id() if row is None else functions.col(quoted(row)).cast("bigint")
    return (*names, _NUMBERS), cases.select(*columns, numbers.alias(f"c{len(names)}"))


def _check_columns(travelling: DataFrame, columns: tuple[str, ...], found: Chosen, ids: tuple[str, ...]) -> None:
    """Passes when the columns are what the ruleset declares.

    Raises:
        FactsError: when they are not.
    """
    types = travelling.limit(0).toArrow().schema.types
    empty = pa.RecordBatch.from_arrays([pa.array([], type_) for type_ in types], names=list(columns))
    conform(empty, found.loaded.checked.facts, first_row=0, ids=(*ids, _NUMBERS))


def _schema(cases: DataFrame, ids: tuple[str, ...], detail: Detail) -> StructType:
    """The columns of the answers, in the types of Spark."""
    from pyspark.sql.types import StructType

    apart = [cases.schema[name] for name in ids]
    said = cases.sparkSession.createDataFrame(answer_schema(detail).empty_table()).schema
    return StructType([*apart, *said.fields])


def _decisions(answers: DataFrame, asked: Asked) -> DataFrame:
    from pyspark.sql import functions

    same = [_constant(value.as_py()).alias(field.name) for field, value in constants(asked)]
    return answers.where(functions.col(REJECT).isNull()).drop(REJECT).select("*", *same)


def _constant(value: Any) -> Column:
    from pyspark.sql import functions

    if not isinstance(value, list):
        return functions.lit(value)
    pairs = [functions.lit(part) for pair in value for part in pair]  # versions, by what has them
    return functions.create_map(*pairs).cast("map<string,string>")


def _rejects(answers: DataFrame, ids: tuple[str, ...]) -> DataFrame:
    from pyspark.sql import functions

    why = [functions.col(f"{REJECT}.{name}").alias(name) for name in REJECT_TYPE.names]
    apart = [functions.col(quoted(name)) for name in ids]
    return answers.where(functions.col(REJECT).isNotNull()).select(*apart, "row", *why)
