"""`rollbook roster --record`: every decision is in the log exactly once, whoever is killed when; on both databases."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from server.rosters.segments import decoded, read_file
from server.store import Database
from server.store.roster_tables import roster_decisions, roster_runs, roster_segments
from tests.clients.cli.stopping import OUT, ROWS, Serving, assert_whole, finished, part_appears, started, write_cases
from tests.server.databases import cluster, empty_url, url

__all__ = ["cluster", "empty_url", "url"]

KILLS = int(os.environ.get("ROLLBOOK_TEST_KILLS", "4"))
"""How often somebody is killed, up to 20; say more for a longer test."""

RECORD = ("--record", "--subject", "id")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    write_cases(folder)
    return folder


@pytest.fixture
def serving(tmp_path: Path, url: str) -> Iterator[Serving]:
    serving = Serving(tmp_path, database_url=url, roster_log_folder=str(tmp_path / "segments"))
    try:
        serving.start()
        yield serving
    finally:
        serving.kill()


def table(url: str, columns: Any) -> list[Any]:
    with Database(url) as database, database.reading() as connection:
        return list(connection.execute(select(columns)))


def assert_recorded(folder: Path, url: str) -> None:
    """What was received is what the log has, no decision twice, in segments that are as they were written."""
    received = [json.loads(line) for line in (folder / OUT).read_text(encoding="utf-8").splitlines()]
    logged = {row.id: row for row in table(url, roster_decisions)}
    assert [row["decision_id"] for row in received] == sorted(logged), "ids ascend with the rows of a batch"
    assert [logged[row["decision_id"]].subject for row in received] == [str(row["id"]) for row in received]
    (run,) = table(url, roster_runs)
    assert (run.decided, run.rejected) == (ROWS, 0)
    assert run.ended_at is not None
    stored = {row.file: row.sha256 for row in table(url, roster_segments)}
    segments = folder.parent / "segments"
    ids = [
        id_
        for file, sha256 in stored.items()
        for id_ in decoded(read_file(segments / file, sha256)).decision_ids.to_pylist()
    ]
    assert sorted(ids) == sorted(logged)
    assert {str(path.relative_to(segments)) for path in segments.rglob("*") if path.is_file()} == stored.keys()


def test_a_roster_is_recorded(folder: Path, serving: Serving, url: str) -> None:
    result = finished(folder, "--server", serving.target, *RECORD)
    assert result.returncode == 0, result.stderr
    assert_whole(folder)
    assert_recorded(folder, url)


@pytest.mark.timeout(1200)  # processes are started again and again
def test_whoever_is_killed(folder: Path, serving: Serving, url: str) -> None:
    random = Random(5)
    parts = sorted(random.sample(range(1, ROWS // 50 - 3), min(KILLS, 20)))
    for number in parts:
        with ExitStack() as stack:
            process = stack.enter_context(started(folder, "--server", serving.target, *RECORD, "--resume"))
            part_appears(folder, number)
            victim = random.choice(("server", "client", "both"))
            if victim != "client":
                serving.kill()
            if victim != "server":
                process.kill()
                process.wait()
            if victim != "client":
                serving.start()
        if (folder / OUT).exists():  # it was quicker; one time more would be another run
            break
    else:
        result = finished(folder, "--server", serving.target, *RECORD, "--resume")
        assert result.returncode == 0, result.stderr
    assert_whole(folder)
    assert_recorded(folder, url)


def test_a_run_that_is_recorded_is_not_begun_anew_unasked(folder: Path, serving: Serving, url: str) -> None:
    with started(folder, "--server", serving.target, *RECORD) as process:
        part_appears(folder, 1)
        process.kill()
        process.wait()
    refused = finished(folder, "--server", serving.target, *RECORD)
    assert (refused.returncode, "--resume goes on with it" in refused.stderr) == (1, True)
    other = finished(folder, "--server", serving.target, "--resume")
    assert (other.returncode, "--record: yes then, no now" in other.stderr) == (1, True)
    again = finished(folder, "--server", serving.target, *RECORD, "--restart")
    assert again.returncode == 0, again.stderr
    assert len([run for run in table(url, roster_runs) if run.ended_at is not None]) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--record",), "--record needs --server"), (("--server", "localhost:1", "--subject", "id"), "--record")],
)
def test_what_does_not_fit_together(folder: Path, options: tuple[str, ...], said: str) -> None:
    refused = finished(folder, *options)
    assert refused.returncode == 2
    assert said in refused.stderr
