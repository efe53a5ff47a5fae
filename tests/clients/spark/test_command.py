"""`rollbook spark`: folders of Parquet in, folders of Parquet out."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from typer.testing import CliRunner, Result

from clients.cli.main import app
from clients.spark.session import check_machine
from tests.clients.rosters.loans import LOANS
from tests.clients.spark.rosters import cases_of, write_cases

pytestmark = pytest.mark.usefixtures("spark")


def run(rulesets: Path, *arguments: str) -> Result:
    options = ["--as-of", "2019-10-01", "--rulesets", str(rulesets), "--id", "id"]
    return CliRunner().invoke(app, ["spark", LOANS, *arguments, *options], prog_name="rollbook")


def test_it_writes_decisions_and_rejects(rulesets: Path, tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", cases_of(LOANS, 400))
    out = tmp_path / "out"
    arguments = [str(cases), "--out", str(out), "--id", "school"]
    done = run(rulesets, *arguments)
    assert done.exit_code == 3
    assert "5 rows rejected" in done.stdout
    assert "395 decisions" in done.stdout
    decisions = pq.read_table(out / "decisions")
    assert decisions.num_rows == 395
    assert decisions.schema.names[:5] == ["school", "id", "file", "row", "outcome"]
    assert set(decisions.column("school").to_pylist()) == {"007", "12"}
    assert pq.read_table(out / "rejects").num_rows == 5

    again = run(rulesets, *arguments)
    assert again.exit_code == 1
    assert "PATH_ALREADY_EXISTS" in again.stderr
    replaced = run(rulesets, *arguments, "--overwrite", "--quiet")
    assert (replaced.exit_code, replaced.stdout) == (3, "")
    assert pq.read_table(out / "decisions").num_rows == 395


def test_a_column_that_only_one_file_has_is_looked_at(rulesets: Path, tmp_path: Path) -> None:
    cases = write_cases(tmp_path / "cases", cases_of(LOANS, 8).drop(["fees"]))
    odd = cases_of(LOANS, 8).append_column("shoe_size", pa.array(range(8)))
    pq.write_table(odd, cases / "school=12" / "part-9.parquet")
    refused = run(rulesets, str(cases), "--out", str(tmp_path / "out"), "--id", "school")
    assert refused.exit_code == 1
    assert "shoe_size" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there(rulesets: Path, tmp_path: Path) -> None:
    refused = run(rulesets, str(tmp_path / "nothing"), "--out", str(tmp_path / "out"))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("rollbook: [PATH_NOT_FOUND]")


def test_spark_itself_gets_the_session_back(spark: SparkSession) -> None:
    assert spark.range(3).count() == 3  # the commands before ended none


def test_this_machine_has_what_spark_needs() -> None:
    check_machine()
