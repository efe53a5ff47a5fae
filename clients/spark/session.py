"""The session of Spark that a job runs in, and what a machine needs for one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from clients.spark.errors import SparkJobError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["check_machine", "session"]

_OLDEST_JAVA: Final = 17
_INSTALL_JAVA: Final = (
    f"Install Java {_OLDEST_JAVA} or newer (Debian and Ubuntu: apt-get install default-jre-headless); "
    "where there are several, JAVA_HOME says which."
)
_STARTED_BY_SPARK: Final = "PYSPARK_GATEWAY_PORT"
"""Set for the programs that spark-submit starts."""


def check_machine() -> None:
    """Passes when this machine can start Spark.

    Raises:
        SparkJobError: when it lacks PySpark, pandas or a Java that is new enough; with the way to get it.
    """
    for module in ("pyspark", "pandas"):
        if find_spec(module) is None:
            message = f"Rosters on Spark need {module}, which is not installed."
            raise SparkJobError(message, "Install rollbook with its extra: pip install 'rollbook[spark]'.")
    if _STARTED_BY_SPARK in os.environ:
        return  # there is a Java already
    found = _java()
    if found is None:
        message = "Spark runs on Java, and there is none on this machine."
        raise SparkJobError(message, _INSTALL_JAVA)
    if (version := _java_version(found)) is not None and version < _OLDEST_JAVA:
        message = f"Spark needs Java {_OLDEST_JAVA} or newer; {found} is Java {version}."
        raise SparkJobError(message, _INSTALL_JAVA)


@contextmanager
def session(master: str | None = None) -> Iterator[SparkSession]:
    """The session of Spark that there is, else one of spark-submit or of its own, which ends with the block.

    Args:
        master: where Spark runs: `local[4]`, `spark://host:7077`, `yarn`; what Spark is configured to use when None.

    Raises:
        SparkJobError: when this machine cannot start Spark.
    """
    check_machine()
    from pyspark.sql import SparkSession

    if (active := SparkSession.getActiveSession()) is not None:
        yield active
        return
    builder = SparkSession.builder.appName("rollbook")
    if _STARTED_BY_SPARK not in os.environ:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # executors on this machine: this environment
        builder = builder.config("spark.ui.enabled", "false")  # no web page that anyone may read
    if master is not None:
        builder = builder.master(master)
    started = builder.getOrCreate()
    try:
        yield started
    finally:
        started.stop()


def _java() -> str | None:
    """The Java that Spark would take."""
    if home := os.environ.get("JAVA_HOME"):
        return shutil.which(str(Path(home, "bin", "java")))
    return shutil.which("java")


def _java_version(java: str) -> int | None:
    """Its version: 17, 21; None when it does not say."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - the Java that Spark would start
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    return None if found is None else int(found[1])
