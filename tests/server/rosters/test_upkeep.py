"""Retention, legal holds and erasing reach the decisions of recorded rosters; on both databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.ids import milliseconds_of
from server.rosters.segments import decoded, read_file
from server.store import Database
from server.store.roster_tables import roster_decisions, roster_segments
from server.store.roster_upkeep import SegmentsError
from server.store.upkeep import HeldError, Keeper
from tests.server.rosters.asking import Stream, arrow, decide
from tests.server.rosters.test_reading import alone, ids, together
from tests.server.rosters.test_recording import CASES, batches, record, rows
from tests.server.running import Folder, Running

DAY = 24 * 60 * 60 * 1000


@pytest.fixture
def segments(tmp_path: Path) -> Path:
    return tmp_path / "segments"


@pytest.fixture
def logging(folder: Folder, url: str, segments: Path) -> Iterator[Running]:
    with Running(folder.path, database_url=url, roster_log_folder=segments) as running:
        yield running


@pytest.fixture
def keeper(url: str, segments: Path) -> Iterator[Keeper]:
    with Database(url) as database:
        yield Keeper(database, "default", "clerk", segments)


def subjects(url: str, segments: Path) -> list[str]:
    """Those of the decisions in the segments, as their rows say where they are."""
    return [
        subject
        for stored in rows(url, roster_segments)
        for subject in decoded(read_file(segments / stored.file, stored.sha256)).named.column("subject").to_pylist()
    ]


def test_a_subject_is_erased(logging: Running, url: str, segments: Path, keeper: Keeper) -> None:
    single = alone(logging, of_case_subject="s-1")
    withheld, assigned, open_ = together(logging, run_id="r-1")
    (before,) = rows(url, roster_segments)
    assert keeper.erase("s-1") == 3
    assert ids(logging) == [assigned]
    assert subjects(url, segments) == ["s-2"]
    (after,) = rows(url, roster_segments)
    assert [path.name for path in (segments / after.file).parent.iterdir()] == [Path(after.file).name]
    erased, rewritten = keeper.acts()[:2]
    assert (erased.action, set(erased.details["decisions"])) == ("erase-subject", {single, withheld, open_})
    assert (rewritten.action, rewritten.details["deleted"]) == ("rewrite-segment", 2)
    assert (rewritten.details["sha256_before"], rewritten.details["sha256"]) == (before.sha256, after.sha256)
    assert "s-1" not in str(keeper.acts())
    (again,) = batches(decide(logging, record(run_id="r-1"), arrow(0, 0, CASES)))
    assert again.counts.case_count == 2, "what was erased is not decided anew"
    assert keeper.erase("s-2") == 1
    assert (ids(logging), rows(url, roster_segments), list(segments.rglob("*.parquet"))) == ([], [], [])


@pytest.mark.parametrize("held", [("s-1", ""), ("", "demo/marks"), ("", "")])
def test_what_is_held_stays(logging: Running, url: str, segments: Path, keeper: Keeper, held: tuple[str, str]) -> None:
    made = together(logging)
    hold = keeper.place_hold(subject=held[0], ruleset=held[1], reason="Case 12-345")
    with pytest.raises(HeldError, match=hold):
        keeper.erase("s-1")
    keeper.set_retention("demo/marks", 30)
    gone = 1 if held[0] else 0
    assert keeper.apply_retention(milliseconds_of(made[0]) + 31 * DAY) == {"demo/marks": gone}
    assert len(subjects(url, segments)) == 3 - gone
    keeper.release_hold(hold)
    assert keeper.erase("s-1") == 2


def test_decisions_go_when_their_time_is_over(logging: Running, url: str, segments: Path, keeper: Keeper) -> None:
    made = together(logging)
    keeper.set_retention("demo/marks", 30)
    assert keeper.apply_retention(milliseconds_of(made[0]) + 29 * DAY) == {"demo/marks": 0}
    assert keeper.apply_retention(milliseconds_of(made[0]) + 31 * DAY) == {"demo/marks": 3}
    assert rows(url, roster_decisions) == []
    assert list(segments.rglob("*.parquet")) == []


def test_another_districts_decisions_stay(logging: Running, url: str, segments: Path) -> None:
    together(logging)
    with Database(url) as database:
        assert Keeper(database, "oak", "clerk", segments).erase("s-1") == 0
    assert len(subjects(url, segments)) == 3


def test_a_batch_of_a_run_that_goes_on_is_answered_without_what_was_erased(
    logging: Running, url: str, segments: Path, keeper: Keeper
) -> None:
    stream = Stream(logging.channel, record(run_id="r-1"), arrow(0, 0, CASES.slice(0, 1)))
    assert [stream.next().WhichOneof("message") for _ in range(2)] == ["started", "batch"]
    assert keeper.erase("s-1") == 1
    stream.send(arrow(1, 1, CASES.slice(1, 1)))
    stream.end()
    assert stream.rest()[-1].WhichOneof("message") == "ended"
    answers: list[Any] = batches(decide(logging, record(run_id="r-1"), arrow(0, 0, CASES.slice(0, 1))))
    assert answers[0].counts.case_count == 0
    assert subjects(url, segments) == ["s-2"]


def test_what_was_left_behind_is_tidied(logging: Running, segments: Path, keeper: Keeper) -> None:
    together(logging)
    (kept,) = segments.rglob("*.parquet")
    old, young = kept.with_name("7-1.parquet"), kept.with_name("8-1.parquet.part")
    for path in (old, young):
        path.write_bytes(b"facts")
    os.utime(old, (0, 0))
    os.utime(kept, (0, 0))
    assert keeper.erase("nobody") == 0
    assert sorted(kept.parent.iterdir()) == sorted([kept, young])


def test_segments_that_nobody_can_find(logging: Running, url: str, segments: Path, keeper: Keeper) -> None:
    together(logging)
    with Database(url) as database, pytest.raises(SegmentsError, match="--rosters"):
        Keeper(database, "default", "clerk").erase("s-1")
    (file,) = segments.rglob("*.parquet")
    file.write_bytes(b"another")
    with pytest.raises(SegmentsError, match="cannot be written again"):
        keeper.erase("s-1")
    assert len(ids_in(url)) == 3, "nothing is forgotten that is still there"


def ids_in(url: str) -> list[str]:
    return [one.id for one in rows(url, roster_decisions)]
