"""`rollbook roster`: tables of cases from and to files, what it says, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clients.cli.failures import Exit
from engine.rosters.rows import DECISION_SCHEMA, OUTCOME_SCHEMA
from tests.clients.cli.conftest import PROJECT, Golden, Rollbook
from tests.clients.rosters.loans import LOANS, OUTCOMES, csv_text, json_lines, table

ASKED = ("--as-of", "2019-10-01", "--id", "id")


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(csv_text(40), encoding="utf-8")
    return path


def without_times(text: str, folder: Path) -> str:
    kept = [line for line in text.splitlines() if not line.startswith("Written to")]
    return "\n".join(kept).replace(str(folder), "FOLDER")


def test_a_roster_and_its_summary(rollbook: Rollbook, golden: Golden, cases: Path) -> None:
    out = cases.with_name("out.jsonl")
    result = rollbook("roster", LOANS, str(cases), *ASKED, "--out", str(out))
    assert result.exit_code == 0
    golden("roster.txt", without_times(result.stdout, cases.parent))
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["outcome"] for row in rows] == OUTCOMES * 10
    assert sorted(path.name for path in cases.parent.iterdir()) == ["cases.csv", "out.jsonl"]


def test_rejects_make_exit_code_3(rollbook: Rollbook, golden: Golden, cases: Path) -> None:
    with cases.open("a", encoding="utf-8") as file:
        file.write("S-40,9,,true,0,[],false\nS-41\n")
    out = cases.with_name("out.csv")
    result = rollbook("roster", LOANS, str(cases), *ASKED, "--out", str(out))
    assert result.exit_code == 3
    golden("roster-rejects.txt", without_times(result.stdout, cases.parent))
    rejects = out.with_name("out.csv.rejects.jsonl").read_text(encoding="utf-8")
    golden("roster-rejects.jsonl", rejects)


def test_the_summary_as_json(rollbook: Rollbook, cases: Path) -> None:
    out = cases.with_name("out.parquet")
    result = rollbook("roster", LOANS, str(cases), *ASKED, "--out", str(out), "--quiet", "-o", "json")
    said = json.loads(result.stdout)["roster"]
    assert (said["decided"], said["complete"], said["rejected"], said["rejects"]) == (40, 30, 0, None)
    assert said["outcomes"] == dict.fromkeys(sorted(OUTCOMES), 10)
    assert list(said["rules"]) == ["big-reader", "fees", "small-reader"]
    assert said["out"] == str(out)
    assert pq.read_table(out).num_rows == 40


def test_quiet_says_nothing(rollbook: Rollbook, cases: Path) -> None:
    result = rollbook("roster", LOANS, str(cases), *ASKED, "--out", str(cases.with_name("out.csv")), "-q")
    assert (result.exit_code, result.output) == (0, "")


def test_outcomes_only_from_a_folder_of_parquet(rollbook: Rollbook, tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    folder.mkdir()
    for number in range(3):
        pq.write_table(table(40).slice(number * 10, 10), folder / f"{number}.parquet")
    out = tmp_path / "out.jsonl"
    options = ("--detail", "outcomes", "--batch-rows", "4", "--threads", "1", "--memory-limit", "500MB")
    assert rollbook("roster", LOANS, str(folder), *ASKED, "--out", str(out), *options).exit_code == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["row"] for row in rows] == list(range(30))
    assert rows[1]["rules"] == ["fees", "big-reader"]


def test_absent_is_none_and_the_date_of_the_rules(rollbook: Rollbook, tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.txt", tmp_path / "out.jsonl"
    facts = {"student": {"grade_level": "3"}, "fees": {"owed": 7}, "loans": []}
    cases.write_text(json.dumps(facts), encoding="utf-8")
    options = ("--as-of", "2021-10-01", "--out", str(out), "--format", "jsonl")
    outcomes = []
    for more in ((), ("--absent-is-none",), ("--absent-is-none", "--rules-as-of", "2020-10-01")):
        assert rollbook("roster", LOANS, str(cases), *options, *more).exit_code == 0
        (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
        outcomes.append((row["outcome"], row["absent_is_none"], row["rules_as_of"]))
    assert outcomes == [
        ("indeterminate", False, "2021-10-01"),
        ("lend", True, "2021-10-01"),
        ("refuse", True, "2020-10-01"),
    ]


@pytest.mark.parametrize(
    ("header", "arguments", "code", "said"),
    [
        ("id,student.grade_levl", (*ASKED, "--out", "out.csv"), 1, "Did you mean `grade_level`?"),
        ("id,fees.owed", ("--as-of", "2019-10-01", "--out", "out.csv"), 1, "--id COLUMN passes it through"),
        ("id,fees.owed", ("--as-of", "2019-10-01", "--id", "idd", "--out", "out.csv"), 1, "Did you mean id?"),
        ("id,fees.owed", (*ASKED, "--out", "out.xlsx"), 1, "does not say how to write"),
        ("id,fees.owed", (*ASKED, "--out", "no/out.csv"), 1, "there is no folder"),
        ("id,fees.owed", (*ASKED, "--out", "out.csv", "--format", "parquet"), 1, "cannot be read as Parquet"),
        ("id,fees.owed", (*ASKED, "--out", "out.csv", "--resume", "--restart"), 2, "exclude each other"),
        ("id,fees.owed", (*ASKED, "--out", "out.csv", "--memory-limit", "lots"), 2, "'lots' is no size"),
        ("id,fees.owed", (*ASKED, "--out", "out.csv", "--calendar", "mars"), 1, "UNKNOWN_CALENDAR"),
        ("id,fees.owed", ("--as-of", "2018-10-01", "--out", "out.csv"), 1, "NOT_IN_FORCE"),
    ],
)
def test_what_cannot_be(
    rollbook: Rollbook, tmp_path: Path, header: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(f"{header}\nS-1,1\n", encoding="utf-8")
    arguments = tuple(str(tmp_path / one) if "out." in one else one for one in arguments)
    result = rollbook("roster", LOANS, str(cases), *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cases.csv"]


def test_a_file_that_is_not_there(rollbook: Rollbook, tmp_path: Path) -> None:
    result = rollbook("roster", LOANS, str(tmp_path / "no.csv"), *ASKED, "--out", str(tmp_path / "out.csv"))
    assert result.exit_code == 1
    assert "there is no file" in result.stderr


def test_an_unknown_ruleset(rollbook: Rollbook, cases: Path) -> None:
    result = rollbook("roster", "oak/libary-loans", str(cases), *ASKED, "--out", str(cases.with_name("out.csv")))
    assert result.exit_code == 1
    assert "UNKNOWN_RULESET" in result.stderr


def test_json_lines_in_json_lines_out(rollbook: Rollbook, tmp_path: Path) -> None:
    cases, out = tmp_path / "cases.ndjson", tmp_path / "out.ndjson"
    cases.write_text(json_lines(5), encoding="utf-8")
    assert rollbook("roster", LOANS, str(cases), *ASKED, "--out", str(out)).exit_code == 0
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    assert first["held"][0]["results"] == {"limit": 5}
    assert first["id"] == "S-00000"


def test_the_example_of_the_page(rollbook: Rollbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (PROJECT / "docs" / "rosters.md").read_text(encoding="utf-8")
    cases, command, summary, reject = (
        re.findall(rf"^```{form}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[place]
        for form, place in (("csv", 0), ("sh", 0), ("text", 0), ("json", -1))
    )
    monkeypatch.chdir(tmp_path)
    Path("marks.csv").write_text(cases, encoding="utf-8")
    result = rollbook(*command.split()[1:], "--rulesets", str(PROJECT / "rulesets"))
    assert result.exit_code == 3
    said = "".join(f"{line.rstrip()}\n" for line in result.stdout.splitlines() if not line.startswith("Written to"))
    assert said == summary
    assert Path("decisions.csv.rejects.jsonl").read_text(encoding="utf-8") == reject


def test_the_page_names_every_column_and_every_exit_code() -> None:
    page = (PROJECT / "docs" / "rosters.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*DECISION_SCHEMA.names, *OUTCOME_SCHEMA.names))
    assert all(f"| {code.value} |" in page for code in Exit)
