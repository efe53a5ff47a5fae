"""`rollbook caller`, `rollbook token`, and commands that ask a server which asks who they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.store import Database
from server.store.schema import migrate
from tests.clients.cli.conftest import RULESETS, Rollbook
from tests.server.identity.authority import Authority
from tests.server.running import Running


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/callers.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


def test_a_caller_from_its_first_day_to_its_last(rollbook: Rollbook, url: str) -> None:
    database = f"--database={url}"
    made = rollbook("caller", "add", "oak-sis", "--tenant=oak", "--role=decide:oak/*", "--role=read-log", database)
    assert (made.exit_code, made.stdout.split(".")[0]) == (0, "Added oak-sis")
    again = rollbook("caller", "add", "oak-sis", "--tenant=oak", "--role=decide", database)
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    changed = rollbook("caller", "change", "oak-sis", "--role=decide:oak/*", "--certificate=sis.oak.example", database)
    assert changed.exit_code == 0
    assert rollbook("caller", "show", "oak-sis", database).stdout == (
        "oak-sis: oak; decide:oak/*; certificate sis.oak.example\n"
    )
    token = rollbook("token", "create", "oak-sis", "--days=30", "--note=nightly", database)
    secret = token.stdout.strip()
    assert secret.startswith("rbk_")
    assert "this once" in token.stderr
    (listed,) = json.loads(rollbook("token", "list", "-o", "json", database).stdout)["tokens"]
    assert (listed["caller"], listed["note"], listed["id"]) == ("oak-sis", "nightly", secret.split("_")[1])
    assert secret.split("_")[2] not in json.dumps(listed)
    assert "valid until" in rollbook("token", "list", "--caller=oak-sis", database).stdout
    assert rollbook("token", "revoke", secret, database).exit_code == 0, "who has only the token may give that"
    revoked = rollbook("token", "revoke", listed["id"], database)
    assert (revoked.exit_code, secret in revoked.output) == (1, False)
    assert "revoked" in rollbook("token", "list", database).stdout
    assert rollbook("caller", "disable", "oak-sis", database).exit_code == 0
    (caller,) = json.loads(rollbook("caller", "list", "-o", "json", database).stdout)["callers"]
    assert caller["disabled_at"]
    assert rollbook("caller", "enable", "oak-sis", database).exit_code == 0
    audit = rollbook("log", "audit", database, "--tenant=", "-o", "json")
    assert secret.split("_")[2] not in audit.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["caller", "add", "jwt:x", "--tenant=oak", "--role=decide"], 2),
        (["caller", "add", "x", "--tenant=o k", "--role=decide"], 2),
        (["caller", "add", "x", "--tenant=oak", "--role=root"], 2),
        (["caller", "add", "x", "--role=decide"], 2),
        (["caller", "change", "nobody", "--role=decide"], 1),
        (["caller", "change", "nobody"], 1),
        (["caller", "show", "nobody"], 1),
        (["caller", "disable", "nobody"], 1),
        (["token", "create", "nobody"], 1),
        (["token", "create", "x", "--days=0"], 2),
        (["token", "revoke", "x"], 1),
    ],
)
def test_what_cannot_be_done_is_told(rollbook: Rollbook, url: str, arguments: list[str], code: int) -> None:
    result = rollbook(*arguments, f"--database={url}")
    assert (result.exit_code, "Traceback" in result.output) == (code, False)


def test_commands_show_who_they_are(
    rollbook: Rollbook, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority()
    settings = authority.settings(tmp_path)
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    rollbook("caller", "add", "clerk", "--tenant=oak", "--tenant=elm", "--role=decide", f"--database={url}")
    token = rollbook("token", "create", "clerk", f"--database={url}").stdout
    (tmp_path / "token").write_text(token, encoding="utf-8")
    with Running(RULESETS, identity="required", database_url=url, **settings) as server:
        said = [f"--server=localhost:{server.server.port}", f"--ca={tmp_path}/ca.pem"]
        assert "oak/library-loans" in rollbook("rulesets", *said, f"--token-file={tmp_path}/token").stdout
        without = rollbook("rulesets", *said)
        assert (without.exit_code, "token" in without.stderr) == (1, True)
        monkeypatch.setenv("ROLLBOOK_TOKEN", token)
        shown = rollbook("show", "oak/library-loans", *said, "--tenant=oak")
        assert shown.exit_code == 0, shown.output
        other = rollbook("show", "oak/library-loans", *said, "--tenant=ash")
        assert other.exit_code == 1
        listed = rollbook("log", "list", *said)
        assert (listed.exit_code, "read-log" in listed.stderr) == (1, True)


def test_a_token_is_not_sent_in_clear(rollbook: Rollbook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_TOKEN", "rbk_secret")
    for command in (["rulesets"], ["log", "list"], ["version", "list"]):
        result = rollbook(*command, "--server=rollbook.oak.example:7420")
        assert (result.exit_code, "--tls" in result.stderr, "rbk_secret" in result.output) == (1, True, False)
    missing = rollbook("rulesets", "--server=localhost:1", "--token-file=/none")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (1, True)
