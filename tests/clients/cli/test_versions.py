"""`rollbook import`, `export` and `version`: a folder becomes drafts, these are published, and files again."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

import rollbook as sdk
from clients.cli.lifecycle.ordering import in_order
from server.store import Database
from server.store.lifecycle_rows import VersionKey
from server.store.schema import migrate
from server.store.versions import VersionStore
from tests.clients.cli.conftest import Rollbook
from tests.server.running import MARKS, Folder, Running
from tests.server.versions.test_publishing import BUILDING, OAK, SCENARIOS, WIDER, WITHOUT

REPORT = BUILDING.replace("demo/report", "a/report")
"""It comes before what it builds on, by its name."""


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/rollbook.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS.replace("\n", "\r\n"), SCENARIOS)
    folder.write("a/report", f"# Zeugnisse, größtenteils\n{REPORT}")
    (folder.path / "calendars").mkdir()
    (folder.path / "calendars" / "oak.yaml").write_text(OAK, encoding="utf-8", newline="")
    (folder.path / "demo" / "marks" / "ruleset.yaml").write_bytes(MARKS.replace("\n", "\r\n").encode())
    return folder


@pytest.fixture
def quiet() -> Iterator[None]:
    """The server runs in this process, and its log lines must not get between what a command prints."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture
def target(folder: Folder, url: str, quiet: None) -> Iterator[str]:
    with Running(folder.path, database_url=url, rulesets_source="database") as running:
        yield running.target


def approve_all(url: str) -> None:
    """Approves as somebody else, whom a server without identities does not know."""
    with Database(url) as database:
        store = VersionStore(database)
        for one in store.page(store.names(), ("submitted",), 100):
            store.approve(VersionKey(*one.key), "ben", "")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_becomes_drafts_and_files_again(
    rollbook: Rollbook, target: str, url: str, folder: Folder, tmp_path: Path
) -> None:
    done = rollbook("import", str(folder.path), "--server", target, "-m", "first")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "3 documents: 3 new."), done.output
    names = [line.split()[1].partition("@")[0] for line in done.stdout.splitlines()[:-1]]
    assert names == ["calendars/oak", "demo/marks", "a/report"], "in the order in which they need each other"
    assert rollbook("import", str(folder.path), "--server", target).stdout.splitlines()[-1] == "3 documents: 3 known."
    folder.write("demo/marks", MARKS, SCENARIOS + "\n")
    assert "1 changed, 2 known" in rollbook("import", str(folder.path), "--server", target).stdout
    (folder.path / "demo" / "marks" / "ruleset.yaml").write_bytes(MARKS.replace("\n", "\r\n").encode())

    done = rollbook("version", "submit", "--all", "--server", target)
    assert (done.exit_code, done.stdout.count(": submitted")) == (0, 3)
    done = rollbook("version", "approve", "--all", "--server", target)
    assert (done.exit_code, done.stdout.count("Whoever submitted a version cannot approve it")) == (1, 3)
    approve_all(url)
    done = rollbook("version", "publish", "--all", "--server", target)
    assert done.exit_code == 0, done.output
    assert [line.partition("@")[0] for line in done.stdout.splitlines()] == names
    assert done.stdout.splitlines()[0].endswith(": published, in force always")
    assert done.stdout.splitlines()[1].endswith(": published, in force from 2018-08-03")

    out = tmp_path / "out"
    done = rollbook("export", str(out), "--server", target)
    assert (done.exit_code, "3 versions in force" in done.stdout, "4 files written" in done.stdout) == (0, True, True)
    assert files(out) == files(folder.path)
    (out / "demo" / "marks" / "scenarios.yaml").write_text("mine", encoding="utf-8")
    (out / "calendars" / "oak.yaml").unlink()
    done = rollbook("export", str(out), "--server", target)
    assert (done.exit_code, "demo/marks/scenarios.yaml" in done.stderr) == (1, True)
    assert not (out / "calendars" / "oak.yaml").exists(), "nothing was written"
    assert "2 files written" in rollbook("export", str(out), "--server", target, "--force").stdout
    assert files(out) == files(folder.path)
    done = rollbook("export", str(tmp_path / "old"), "--server", target, "--as-of", "2018-08-02")
    assert "1 version in force on 2018-08-02; 1 file written." in done.stdout
    known = rollbook("import", str(folder.path), "--server", target)
    assert known.stdout.count("published") == 3


def test_what_is_refused_stops_nothing_else(rollbook: Rollbook, target: str, folder: Folder) -> None:
    folder.write("demo/broken", MARKS.replace("when: student.foster_youth", "when: student."))
    done = rollbook("import", str(folder.path), "--server", target)
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "4 documents: 3 new, 1 refused.")
    assert "ruleset.yaml:40:" in done.stdout
    done = rollbook("import", str(folder.path / "none"), "--server", target)
    assert (done.exit_code, "there is no folder" in done.stderr) == (1, True)
    done = rollbook("import", str(folder.path / "demo" / "marks"), "--server", target)
    assert (done.exit_code, "there are no rulesets" in done.stderr) == (1, True)


def test_versions_are_shown_and_compared(rollbook: Rollbook, target: str, url: str, folder: Folder) -> None:
    rollbook("import", str(folder.path), "--server", target, "-m", "first")
    rollbook("version", "submit", "--all", "--server", target)
    approve_all(url)
    rollbook("version", "publish", "--all", "--server", target, "-m", "for the year")
    folder.write("demo/marks", WIDER, SCENARIOS)
    rollbook("import", str(folder.path), "--server", target)
    listed = rollbook("version", "list", "--server", target).stdout
    states = [word for word in listed.split() if word in ("published", "draft")]
    assert sorted(states) == ["draft", *["published"] * 3]
    assert "from 2018-08-03" in listed
    found = json.loads(rollbook("version", "list", "demo/marks", "--server", target, "-o", "json").stdout)["versions"]
    assert [one["state"] for one in found] == ["draft", "published"]
    assert rollbook("version", "list", "--state", "retired", "--server", target).stdout.startswith("There are no")
    shown = rollbook("version", "show", f"demo/marks@{found[1]['name'].rpartition('/')[2][:8]}", "--server", target)
    assert "in force from 2018-08-03  (publication 2)" in shown.stdout
    assert "published by anonymous: for the year" in shown.stdout
    diff = rollbook("version", "show", "demo/marks", "--diff", "--server", target).stdout
    assert "-  minimum_days: {cites: I.F, means: Days needed, from: {2018-08-03: 15}}" in diff
    assert "+  minimum_days: {cites: I.F, means: Days needed, from: {2018-08-03: 20}}" in diff
    text = rollbook("version", "show", "demo/marks", "--text", "--server", target).stdout
    assert text == WIDER
    none = rollbook("version", "show", "demo/marks", "--diff", "--as-of", "2000-01-01", "--server", target)
    assert (none.exit_code, "is in force on 2000-01-01" in none.stderr) == (1, True)


def test_steps_are_taken_with_what_is_named(rollbook: Rollbook, target: str, url: str, folder: Folder) -> None:
    def step(*arguments: str) -> tuple[int, str]:
        done = rollbook("version", *arguments, "--server", target)
        return done.exit_code, done.output

    rollbook("import", str(folder.path), "--server", target)
    folder.write("demo/marks", WIDER)
    folder.write("a/report", REPORT)
    rollbook("import", str(folder.path), "--server", target)
    code, said = step("submit", "demo/marks")
    assert (code, "2 versions are meant" in said) == (1, True)
    code, said = step("submit", "demo/none")
    assert (code, "there is no draft version" in said) == (1, True)
    assert step("submit")[0] == step("submit", "demo/marks", "--all")[0] == 1
    with sdk.Client(target) as client:
        wider, first = [one.version for one in client.list_versions("demo/marks")]
    assert step("discard", f"demo/marks@{wider[:6]}") == (0, f"demo/marks@{wider[:12]}: discarded\n")
    assert step("submit", "demo/marks", "calendars/oak")[0] == 0
    assert step("return", "demo/marks") == (0, f"demo/marks@{first[:12]}: draft\n")
    code, said = step("publish", "demo/marks")
    assert (code, "WRONG_STATE" in said) == (1, True)
    assert step("submit", "demo/marks")[0] == 0
    approve_all(url)
    code, said = step("publish", "demo/marks", "--from", "2019-08-01", "--until", "2020-07-31")
    assert (code, said) == (0, f"demo/marks@{first[:12]}: published, in force from 2019-08-01 through 2020-07-31\n")
    assert step("retire", "demo/marks") == (0, f"demo/marks@{first[:12]}: retired\n")
    assert step("approve", "--all") == (0, "There is no version that is submitted.\n")


def test_documents_that_build_on_each_other_in_a_circle_come_by_name() -> None:
    assert in_order({"rulesets/a/x": "b/x#r", "rulesets/b/x": "a/x#r", "calendars/c": ""}) == [
        "calendars/c", "rulesets/a/x", "rulesets/b/x",
    ]  # fmt: skip


def test_the_sdk_takes_every_step(target: str, url: str) -> None:
    with sdk.Client(target) as client:
        with pytest.raises(sdk.RulesetInvalidError) as invalid:
            client.create_version("demo/marks", "nothing")
        assert invalid.value.violations
        made = client.create_version("demo/marks", MARKS, SCENARIOS, comment="why")
        assert made.version.state is sdk.VersionState.DRAFT
        name = made.version.name
        assert (made.version.parent, name.endswith(made.version.version)) == ("rulesets/demo/marks", True)
        assert client.submit_version(name).state is sdk.VersionState.SUBMITTED
        assert client.return_version(name, comment="mend it").state is sdk.VersionState.DRAFT
        client.submit_version(name)
        with pytest.raises(sdk.ForbiddenError):
            client.approve_version(name)
        with pytest.raises(sdk.WrongStateError):
            client.publish_version(name)
        approve_all(url)
        published = client.publish_version(name)
        assert (published.publication, str(published.in_force_from)) == (1, "2018-08-03")
        without = client.create_version("demo/marks", WITHOUT).version.name
        client.submit_version(without)
        approve_all(url)
        with pytest.raises(sdk.NotPublishableError) as unpublishable:
            client.publish_version(without)
        assert unpublishable.value.violations[0].path == "ruleset.yaml facts.mark.share"
        assert client.retire_version(name).state is sdk.VersionState.RETIRED
        assert [event.action for event in client.get_version(name).events][-2:] == ["published", "retired"]
        assert [one.name for one in client.list_versions(states=[sdk.VersionState.RETIRED])] == [name]
        wider = client.create_version("demo/marks", WIDER).version.name
        client.discard_version(wider)
        with pytest.raises(sdk.NotFoundError):
            client.get_version(wider)
        assert len(list(client.list_versions("demo/marks", page_size=1))) == 2


def test_the_asyncio_client_does_too(target: str, url: str) -> None:
    async def steps() -> list[str]:
        async with sdk.AsyncClient(target) as client:
            name = (await client.create_version("demo/marks", MARKS)).version.name
            await client.submit_version(name)
            await client.return_version(name)
            await client.submit_version(name)
            with pytest.raises(sdk.ForbiddenError):
                await client.approve_version(name)
            approve_all(url)
            await client.publish_version(name)
            await client.retire_version(name)
            wider = (await client.create_version("demo/marks", WIDER)).version.name
            await client.discard_version(wider)
            listed = [one.state async for one in client.list_versions("demo/marks")]
            return [*listed, (await client.get_version(name)).source_yaml]

    assert asyncio.run(steps()) == ["retired", MARKS]
