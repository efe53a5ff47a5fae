"""`rollbook compare --server`: the same as without a server, and what only a server refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from tests.clients.cli.comparing import edited_copy
from tests.clients.cli.conftest import HERE, RULESETS, Golden, Rollbook
from tests.server.running import Running

ID = "oak/library-loans"
LOANS = HERE / "cases" / "loans.csv"
AS_OF = ("--as-of", "2019-10-01")
CASES = ("cases/loans.csv", *AS_OF, "--id", "student_id")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return edited_copy(tmp_path / "edited")


@pytest.fixture(scope="module")
def small() -> Iterator[str]:
    """A server that takes few cases at a time."""
    with Running(RULESETS, roster_max_batch_cases=7, roster_max_message_bytes=10_000) as running:
        yield running.target


def both(rollbook: Rollbook, server: str, *given: str) -> str:
    """What is printed in this process, once it is seen to be what is printed with the server."""
    here = rollbook("compare", *given)
    there = rollbook("compare", *given, "--server", server)
    assert there.stdout == here.stdout
    assert there.exit_code == here.exit_code
    assert there.stderr == here.stderr
    return here.stdout


def test_the_page_and_the_json(rollbook: Rollbook, golden: Golden, server: str, copy: Path) -> None:
    golden("compare-loans.txt", both(rollbook, server, ID, str(copy), *CASES))
    golden("compare-loans.json", both(rollbook, server, ID, str(copy), *CASES, "--examples", "1", "--output", "json"))
    assert "Only the version before asks for" in both(rollbook, server, str(copy), ID, *CASES)


@pytest.mark.parametrize("given", ["file", "folder", "tree"])
def test_a_draft_is_named_by_its_file_its_folder_or_its_tree(
    rollbook: Rollbook, server: str, copy: Path, given: str
) -> None:
    path = {"file": copy, "folder": copy.parent, "tree": copy.parents[2]}[given]
    both(rollbook, server, ID, str(path), *CASES, "--examples", "0")


def test_two_drafts(rollbook: Rollbook, server: str, copy: Path) -> None:
    both(rollbook, server, str(RULESETS / "oak" / "library-loans"), str(copy), *CASES)


def test_two_dates_and_one_ruleset(rollbook: Rollbook, server: str) -> None:
    given = (ID, ID, "cases/loans-old.jsonl", *AS_OF, "--after-rules-as-of", "2021-08-01")
    assert "refuse → lend: 1 case" in both(rollbook, server, *given)
    both(rollbook, server, ID, ID, "cases/loans-old.jsonl", *AS_OF, "--absent-is-none", "--rules-as-of", "2021-08-01")


def many(folder: Path, ending: str) -> Path:
    """Thirty times the cases, some of which cannot be read at all."""
    path = folder / f"many.{ending}"
    header, *lines = LOANS.read_text(encoding="utf-8").splitlines()
    if ending == "jsonl":
        cases = [
            {
                "student_id": f"B-{number}",
                "student": {"grade_level": "3", "sibling": "perhaps" if number % 5 == 4 else number % 2 == 0},
                "fees": {"owed": number % 9},
                "loans": [],
                "talk": {"held": False},
            }
            for number in range(60)
        ]
        texts = [json.dumps(case) for case in cases]
        path.write_text("\n".join([*texts[:11], "{", "[]", *texts[11:40], "no", *texts[40:], ""]), encoding="utf-8")
    elif ending == "csv":
        rows = [header, *lines, "A-short", *lines, "A-short", "A-short", *lines * 28, "A-short", *lines]
        path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    else:
        text = folder / "all.csv"
        text.write_text("\n".join([header, *lines * 30, ""]), encoding="utf-8")
        strings = dict.fromkeys(header.split(","), "string")
        convert = pa_csv.ConvertOptions(column_types=strings, strings_can_be_null=True)
        parse = pa_csv.ParseOptions(double_quote=True)
        pq.write_table(pa_csv.read_csv(text, parse_options=parse, convert_options=convert), path)
    return path


@pytest.mark.parametrize(("ending", "rows"), [("csv", "100000"), ("csv", "20"), ("jsonl", "20"), ("parquet", "100000")])
def test_rows_are_counted_and_named_as_in_this_process(
    rollbook: Rollbook, small: str, copy: Path, tmp_path: Path, ending: str, rows: str
) -> None:
    """Whatever the server's batches are, and whatever rows it is not sent."""
    path = many(tmp_path, ending)
    given = (ID, str(copy), str(path), *AS_OF, "--id", "student_id", "--batch-rows", rows)
    told = json.loads(both(rollbook, small, *given, "--examples", "4", "--output", "json"))["comparison"]
    assert told["cases"] > 60
    examples = [example for change in told["changes"] for example in change["examples"]]
    assert examples
    assert all(example["ids"] for example in examples)
    if ending == "jsonl":  # a case that only the version after accepts has its id, too
        both(rollbook, small, str(copy), ID, *given[2:], "--output", "json")


def test_an_id_that_is_a_fact_too(rollbook: Rollbook, server: str, copy: Path, tmp_path: Path) -> None:
    both(rollbook, server, ID, str(copy), *CASES, "--id", "student.grade_level", "--id", "student.sibling")
    path = many(tmp_path, "jsonl")
    both(rollbook, server, ID, str(copy), str(path), *AS_OF, "--id", "fees", "--id", "student_id")


def test_a_case_that_does_not_fit_in_a_message_is_refused(rollbook: Rollbook, small: str, tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    title = "".join(map(chr, range(0x100, 0x4000)))
    cases = [{"loans": [{"title": name, "due_on": "2019-10-08"}]} for name in ("Toads", title, "Frogs")]
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    result = rollbook("compare", ID, ID, str(path), *AS_OF, "--server", small)
    assert result.exit_code == 3
    assert "Refused by both versions: 1 case" in result.stdout


def test_pictures(rollbook: Rollbook, server: str, copy: Path, tmp_path: Path) -> None:
    pages = []
    for number, more in enumerate([(), ("--server", server)]):
        path = tmp_path / f"change{number}.html"
        assert rollbook("compare", ID, str(copy), *CASES, "--picture", str(path), *more).exit_code == 3
        pages.append(path.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]


def test_a_draft_that_is_not_in_force_is_compared_and_said(rollbook: Rollbook, server: str, copy: Path) -> None:
    given = (str(copy), str(copy), "cases/loans-old.jsonl", "--as-of", "2019-06-01")
    both(rollbook, server, *given)
    assert "is not in force on 2019-06-01" in rollbook("compare", *given, "--server", server).stderr
    served = rollbook("compare", ID, ID, "cases/loans-old.jsonl", "--as-of", "2019-06-01", "--server", server)
    assert served.exit_code == 1
    assert "NOT_IN_FORCE" in served.stderr


def test_what_is_wrong_is_said_as_in_this_process(
    rollbook: Rollbook, server: str, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = tmp_path / "typo.csv"
    roster.write_text("student.grade_levle\n3\n", encoding="utf-8")
    both(rollbook, server, ID, ID, str(roster), *AS_OF)
    both(rollbook, server, ID, ID, "cases/loans.csv", *AS_OF, "--id", "student_di")
    copy.write_text(copy.read_text(encoding="utf-8").replace("fees.owed > most_fees", "fees.owde > most_fees"), "utf-8")
    both(rollbook, server, ID, str(copy), *CASES)
    unknown = rollbook("compare", "oak/library-lones", ID, *CASES, "--server", server)
    assert unknown.exit_code == 1
    assert "UNKNOWN_RULESET" in unknown.stderr
    (tmp_path / "draft" / "loans").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    path = rollbook("compare", ID, "draft/loans", str(LOANS), *AS_OF, "--server", server)
    assert "./draft/loans is the path" in path.stderr


def test_a_server_that_is_not_there_and_one_with_a_folder(rollbook: Rollbook) -> None:
    gone = rollbook("compare", ID, ID, *CASES, "--server", "127.0.0.1:1")
    assert gone.exit_code == 1
    assert "the server cannot be reached" in gone.stderr
    assert rollbook("compare", ID, ID, *CASES, "--server", "127.0.0.1:1", "--rulesets", "rulesets").exit_code == 2
