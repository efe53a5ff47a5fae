"""A roster of Parquet files, decided by Spark: a folder of cases in, a folder of decisions and rejects out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clients.rosters.tally import Tally
from clients.spark.deciding import DecidedRoster
from clients.spark.errors import SparkJobError
from engine.decisions import INDETERMINATE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["FILE", "POSITION", "read_cases", "write_answers"]

FILE: Final = "file"
"""The column that says which file a row is of."""

POSITION: Final = "position"
"""The column that says where in its file a row stands, from 0."""


def read_cases(spark: SparkSession, path: str) -> DataFrame:
    """The cases in a Parquet file or folder, each with the file and the position where it stands.

    These say which row is which, in every run over the same files, however Spark divides them. Folders such as
    `school=12` are columns, and text.

    Raises:
        SparkJobError: when a column of the cases is called as one of these two.
        PySparkException: when the files cannot be read together.
    """
    from pyspark.sql import functions

    spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")  # `school=007` stays 007
    # Else a column that only some files have could be left out everywhere.
    cases = spark.read.option("mergeSchema", "true").parquet(path)
    for name in (FILE, POSITION):
        if name in (column.casefold() for column in cases.columns):
            message = f"The cases have a column {name}, which is to say where a row stands."
            raise SparkJobError(message, "Rename it.")
    return cases.select(
        "*",
        functions.col("_metadata.file_path").alias(FILE),
        functions.col("_metadata.row_index").alias(POSITION),
    )


def write_answers(roster: DecidedRoster, out: str, *, overwrite: bool = False) -> Tally:
    """Writes the folders `rejects` and `decisions` below `out`, as Parquet; gives what became of the cases.

    The file `decisions/_SUCCESS` is written last: where it is, everything is.

    Raises:
        PySparkException: when they are there already and are not to be overwritten, or writing fails.
    """
    mode = "overwrite" if overwrite else "errorifexists"
    roster.rejects.write.mode(mode).parquet(f"{out}/rejects")
    roster.decisions.write.mode(mode).parquet(f"{out}/decisions")
    return _tally(roster)


def _tally(roster: DecidedRoster) -> Tally:
    from pyspark.sql import functions

    decisions = roster.decisions
    outcomes: dict[str, int] = {}
    complete = 0
    for outcome, is_complete, count in decisions.groupBy("outcome", "complete").count().collect():
        outcomes[outcome] = outcomes.get(outcome, 0) + count
        complete += count if is_complete else 0
    held = functions.col("rules" if roster.asked.detail == "outcomes" else "held.rule")
    rules = decisions.select(functions.explode(functions.array_distinct(held)).alias("rule")).groupBy("rule").count()
    return Tally(
        sum(outcomes.values()),
        complete,
        outcomes.get(INDETERMINATE, 0),
        roster.rejects.count(),
        outcomes,
        {rule: count for rule, count in rules.collect()},  # noqa: C416 - rows of Spark are no pairs to the type checker
    )
