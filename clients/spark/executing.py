"""Decides batches of cases in the Python processes of Spark's executors."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from clients.spark.answers import decided_rows, rejected_rows
from clients.spark.errors import SparkJobError
from clients.spark.shipping import Documents, Task
from engine.calendars import Calendar
from engine.calendars.loading import check_calendar
from engine.cases import CaseEngine
from engine.errors import RollbookError
from engine.inference import Inference
from engine.rosters import Question, RosterEngine, RosterSettings
from engine.rosters.conforming import conform
from engine.rulesets.binding.workbench import NotUsable
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text

__all__ = ["Loaded", "decider", "loaded"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What decides, in this process."""

    engine: RosterEngine
    calendar: Calendar | None


def decider(task: Task) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What Spark calls with the batches of each partition; it gives the answers to them, batch by batch.

    Raises (when called):
        SparkJobError: when this executor cannot decide as the driver would, or a batch needs more memory than it may.
    """

    def decide(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if batch.num_rows:
                yield from _answers(batch, task)

    return decide


@lru_cache(maxsize=8)  # a process serves one application, which decides by few rulesets
def loaded(documents: Documents, settings: RosterSettings) -> Loaded:
    """What decides by these documents: made once, then kept while the process lasts.

    Raises:
        SparkJobError: when a version is not that of the driver.
    """
    _same("Rollbook", version("rollbook"), documents.rollbook)
    checked = _checked(documents)
    _same(f"The ruleset {documents.id}", checked.version, documents.version)
    for id_, _, wanted in documents.built_on:
        _same(f"The ruleset {id_}", checked.built_on.get(id_, ""), wanted)
    calendar = None
    if documents.calendar is not None:
        name, text, wanted = documents.calendar
        calendar, _ = check_calendar(text, f"calendars/{name}.yaml", named=name)
        _same(f"The calendar {name}", "" if calendar is None else calendar.version, wanted)
    engine = CaseEngine.build(checked, _inference())
    return Loaded(RosterEngine.build(engine, replace(settings, spill_folder=_spill_folder())), calendar)


def _answers(batch: pa.RecordBatch, task: Task) -> Iterator[pa.RecordBatch]:
    """The rows of a batch that are decided, then those that are not."""
    try:
        found = loaded(task.documents, task.settings)
        cases = batch.rename_columns(list(task.columns))
        apart = cases.select([*task.ids, task.numbers])
        _check_numbers(apart.column(task.numbers))
        question = Question(task.as_of, task.rules_as_of, task.absent_is_none, found.calendar, task.detail)
        facts = found.engine.ruleset.facts
        conformed = conform(cases, facts, first_row=0, ids=(*task.ids, task.numbers))
        decided = found.engine.decide(conformed.cases, question, rows=conformed.rows)
    except SparkJobError:
        raise
    except RollbookError as error:
        raise SparkJobError(" ".join(str(error).split())) from None
    except duckdb.OutOfMemoryException:
        message = f"A batch of cases does not fit in {task.settings.memory_limit}."
        remedy = "Give the queries more memory, or set spark.sql.execution.arrow.maxRecordsPerBatch lower."
        raise SparkJobError(message, remedy) from None
    except Exception as error:  # noqa: BLE001 - its text may quote a fact, and Spark writes it to its logs
        raise SparkJobError(f"A fault of Rollbook itself ({type(error).__name__}{_where(error)}).") from None
    if decided.decisions.num_rows:
        yield decided_rows(decided.decisions, apart)
    if rejects := (*conformed.rejects, *decided.rejects):
        yield rejected_rows(rejects, apart, task.detail)


def _check_numbers(numbers: pa.Array) -> None:
    if numbers.null_count:
        message = "A row has no number."
        raise SparkJobError(message, "The column of the row numbers must have one in every row.")


def _checked(documents: Documents) -> CheckedRuleset:
    texts = {id_: text for id_, text, _ in documents.built_on}

    @cache
    def find(id_: str) -> CheckedRuleset | NotUsable:
        if id_ not in texts:
            return NotUsable("it did not come along.")
        found, _ = check_text(texts[id_], f"{id_}/ruleset.yaml", find)
        return found or NotUsable("it has errors of its own.")

    checked, problems = check_text(documents.text, f"{documents.id}/ruleset.yaml", find)
    if checked is None:
        message = f"The ruleset {documents.id} has errors on an executor, and none on the driver: {problems[0]}"
        raise SparkJobError(message.replace("\n", " "), "Run the same version of Rollbook everywhere.")
    return checked


def _same(what: str, here: str, wanted: str) -> None:
    """Passes when the versions are one.

    Raises:
        SparkJobError: when they differ.
    """
    if here != wanted:
        message = f"{what} is version {here or '(none)'} on an executor, and {wanted} on the driver."
        raise SparkJobError(message, "Run the same version of Rollbook everywhere.")


@cache
def _inference() -> Inference:
    """The one thread of this process that durable-rules runs in."""
    return Inference()


def _spill_folder() -> str | None:
    """Where queries of this process put what does not fit: in the scratch folder of Spark, which removes it."""
    folders = [folder for folder in os.environ.get("SPARK_LOCAL_DIRS", "").split(",") if folder]
    if not folders:
        return None
    process = os.getpid()
    return str(Path(folders[process % len(folders)], "rollbook", str(process)))


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {'/'.join(frames[-1].filename.split('/')[-2:])}:{frames[-1].lineno}" if frames else ""
