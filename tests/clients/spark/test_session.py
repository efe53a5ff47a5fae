"""What a machine lacks for Spark is said with the way to get it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from clients.spark import session
from clients.spark.errors import SparkJobError

OLD_JAVA = """#!/bin/sh
echo 'openjdk version "1.8.0_402"' >&2
"""


def test_a_machine_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkJobError, match=r"there is none on this machine\. Install Java 17 or newer"):
        session.check_machine()


def test_a_java_that_is_too_old(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(OLD_JAVA, encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkJobError, match=r"Spark needs Java 17 or newer; .*/bin/java is Java 8"):
        session.check_machine()


@pytest.mark.parametrize("lacking", ["pyspark", "pandas"])
def test_an_environment_without_the_extra(monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(session, "find_spec", lambda name: None if name == lacking else found(name))
    with pytest.raises(SparkJobError, match=rf"{lacking}, which is not installed. .*pip install 'rollbook\[spark\]'"):
        session.check_machine()
