"""`rollbook lottery`: the same draw from the same file and seed, and what it refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clients.cli.main import app

POOL = "id,grade,list\nA-1,K,lottery\nA-2,K,\nA-3,K,sibling\nA-4,1,late\n"


def draw(tmp_path: Path, pool: str, *options: str, seed: str = "1 March 2013") -> tuple[int, str, list[list[str]]]:
    (tmp_path / "pool.csv").write_text(pool, encoding="utf-8")
    out = tmp_path / "draw.csv"
    result = CliRunner().invoke(
        app, ["lottery", str(tmp_path / "pool.csv"), "--seed", seed, "--out", str(out), *options]
    )
    rows = list(csv.reader(out.read_text(encoding="utf-8").splitlines())) if out.is_file() else []
    return result.exit_code, result.output, rows


def test_a_draw_is_the_same_every_time_and_siblings_come_first(tmp_path: Path) -> None:
    code, output, rows = draw(tmp_path, POOL, "--places", "K=2")
    assert code == 0
    assert "Pool: " in output
    assert rows[0] == ["grade", "number", "id", "list", "offered", "key"]
    assert rows[2][:5] == ["K", "1", "A-3", "sibling", "yes"]
    assert sorted(row[2] for row in rows[3:]) == ["A-1", "A-2"]
    assert [row[4] for row in rows[1:]] == ["no", "yes", "yes", "no"]
    lines = POOL.splitlines()
    shuffled = "\n".join([lines[0], *reversed(lines[1:])]) + "\n"
    assert draw(tmp_path, shuffled, "--places", "K=2")[2] == rows


def test_places_in_a_grade_that_nobody_applied_for_are_said(tmp_path: Path) -> None:
    code, output, _ = draw(tmp_path, POOL, "--places", "K=2", "--places", "Z=4")
    assert code == 0
    assert "--places Z=4: no application is for grade Z." in output


@pytest.mark.parametrize(
    ("pool", "options", "seed", "said"),
    [
        ("name,grade\nx,K\n", (), "1 March 2013", "has no column id"),
        (POOL, ("--places", "K"), "1 March 2013", "says no places"),
        (POOL, (), "short", "The seed can be guessed"),
        (POOL + "A-1,K,lottery\n", (), "1 March 2013", "duplicates are taken out"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    tmp_path: Path, pool: str, options: tuple[str, ...], seed: str, said: str
) -> None:
    code, output, rows = draw(tmp_path, pool, *options, seed=seed)
    assert code == 1
    assert said in " ".join(output.split())
    assert rows == []
