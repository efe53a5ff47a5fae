"""What is wrong with a roster on Spark, or with what it runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["SparkJobError", "telling"]

_TOLD: Final = re.compile(r"^clients\.spark\.errors\.SparkJobError: (.+)$", re.MULTILINE)
_LACKING: Final = re.compile(r"^ModuleNotFoundError: No module named '(\w+)", re.MULTILINE)


class SparkJobError(Exception):
    """A roster that cannot be decided on Spark.

    Attributes:
        message: what is wrong, without any value of a case.
        remedy: what to do about it; empty when the message already says so.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".rstrip())


@contextmanager
def telling() -> Iterator[None]:
    """Turns what Spark raises into what it means.

    Raises:
        SparkJobError: what an executor refused or lacks, or what Spark says of names and paths. Anything else that
            Spark raises passes through; its text may have values of cases in it.
    """
    from pyspark.errors import AnalysisException, PySparkException

    try:
        yield
    except PySparkException as error:
        text = str(error)  # of what an executor raises, Spark brings back only the text of its traceback
        if (told := _TOLD.search(text)) is not None:
            raise SparkJobError(told[1]) from None
        if (lacking := _LACKING.search(text)) is not None:
            message = f"The Python of an executor has no {lacking[1]}."
            remedy = "Install rollbook[spark] on every executor, and say where its Python is: PYSPARK_PYTHON."
            raise SparkJobError(message, remedy) from None
        if isinstance(error, AnalysisException):  # made before any case is read
            raise SparkJobError(text.partition("\n")[0]) from None
        raise
