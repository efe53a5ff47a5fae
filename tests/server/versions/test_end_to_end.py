"""The life of a version from a folder to its end, by people with tokens of their own, through the command line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import structlog

import rollbook as sdk
from tests.clients.cli.conftest import Rollbook, rollbook
from tests.server.running import MARKS, Folder, Running, wait_until
from tests.server.versions.test_publishing import SCENARIOS, WIDER

__all__ = ["rollbook"]

ROLES = {
    "ana": ("edit:demo/*", "edit:calendars/*"),
    "ben": ("approve:demo/*",),
    "dee": ("edit", "approve"),
    "sis": ("decide", "read-log"),
}
FACTS = {"enrollment": {"instructional_days": 17}, "student": {"foster_youth": False}}
AS_OF = date(2018, 9, 14)


@pytest.fixture
def quiet() -> Iterator[None]:
    """The server runs in this process, and its log lines must not get between what a command prints."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@pytest.fixture
def tokens(rollbook: Rollbook, url: str) -> dict[str, str]:
    """A token of each person."""
    found = {}
    for name, roles in ROLES.items():
        said = [f"--role={role}" for role in roles]
        assert rollbook("caller", "add", name, "--tenant=oak", *said, f"--database={url}").exit_code == 0
        found[name] = rollbook("token", "create", name, f"--database={url}").stdout.strip()
    return found


def test_the_life_of_a_version(
    rollbook: Rollbook,
    url: str,
    tokens: dict[str, str],
    folder: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    quiet: None,
) -> None:
    folder.write("demo/marks", MARKS, SCENARIOS)
    with (
        Running(tmp_path / "none", identity="required", database_url=url, rulesets_source="database") as server,
        sdk.Client(server.target, credentials=sdk.Credentials(token=tokens["sis"])) as sis,
    ):

        def by(name: str, *arguments: str) -> tuple[int, str]:
            monkeypatch.setenv("ROLLBOOK_TOKEN", tokens[name])
            done = rollbook(*arguments, "--server", server.target)
            return done.exit_code, done.output

        def decided() -> sdk.Decision:
            return sis.decide("demo/marks", FACTS, as_of=AS_OF, mode=sdk.Mode.RECORD)

        def version_in_force() -> str:
            try:
                return decided().version
            except sdk.RollbookError as error:
                return error.reason

        assert version_in_force() == "UNKNOWN_RULESET"
        assert by("sis", "import", str(folder.path))[0] == by("sis", "version", "list")[0] == 1
        assert by("ben", "import", str(folder.path))[0] == 1
        code, said = by("ana", "import", str(folder.path), "-m", "as the board decided")
        assert (code, said.splitlines()[-1]) == (0, "1 document: 1 new.")
        assert by("ana", "version", "submit", "demo/marks")[0] == 0
        code, said = by("ana", "version", "approve", "demo/marks")
        assert (code, "needs the role approve" in said) == (1, True), said
        assert version_in_force() == "UNKNOWN_RULESET", "nothing is published yet"
        assert by("ben", "version", "approve", "demo/marks")[0] == 0
        assert by("ben", "version", "publish", "demo/marks")[0] == 0
        wait_until(lambda: len(version_in_force()) == 64)
        first = decided()
        assert (first.outcome, first.versions.rulesets[0].source) == ("assign", sdk.RulesetSource.DATABASE)
        assert f"{first.version}" in by("ana", "version", "show", "demo/marks")[1]

        folder.write("demo/marks", WIDER, SCENARIOS)
        assert by("dee", "import", str(folder.path))[0] == by("dee", "version", "submit", "demo/marks")[0] == 0
        code, said = by("dee", "version", "approve", "demo/marks")
        assert (code, "Whoever submitted a version cannot approve it" in said) == (1, True), said
        assert by("ben", "version", "approve", "demo/marks")[0] == by("dee", "version", "publish", "demo/marks")[0] == 0
        wait_until(lambda: version_in_force() != first.version)
        second = decided()
        assert second.outcome == "withhold", "the correction decides the same days"
        code, said = by("sis", "log", "replay", first.decision_id, second.decision_id)
        assert (code, said.splitlines()[-1]) == (0, "2 replayed, 0 differ.")

        assert by("ben", "version", "retire", f"demo/marks@{second.version[:12]}")[0] == 0
        wait_until(lambda: version_in_force() == first.version)
        assert by("ben", "version", "retire", "demo/marks")[0] == 0
        wait_until(lambda: version_in_force() == "NOT_IN_FORCE")
        for decision in (first, second):
            replayed = sis.replay_decision(decision.decision_id)
            assert (replayed.same, replayed.recorded.version) == (True, decision.version)
        events = [
            (event.action, event.caller) for one in by_version(server.target, tokens["dee"]) for event in one.events
        ]
        assert events == [
            ("created", "dee"), ("submitted", "dee"), ("approved", "ben"), ("published", "dee"), ("retired", "ben"),
            ("created", "ana"), ("submitted", "ana"), ("approved", "ben"), ("published", "ben"), ("retired", "ben"),
        ]  # fmt: skip


def by_version(target: str, token: str) -> list[sdk.Version]:
    with sdk.Client(target, credentials=sdk.Credentials(token=token)) as client:
        return list(client.list_versions("demo/marks"))
