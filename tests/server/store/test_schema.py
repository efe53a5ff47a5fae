"""The schema comes from `migrate` only; a server does not start on one that it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import update

from server.config import SettingsError
from server.store import Database
from server.store.schema import KNOWN, check_schema, migrate
from server.store.tables import metadata, schema_state


def test_migrating_makes_the_tables_once(empty_url: str) -> None:
    with Database(empty_url, create=True) as database:
        assert migrate(database) == ("", KNOWN)
        assert migrate(database) == (KNOWN, KNOWN)
        assert check_schema(database) == "good"


def test_the_tables_are_those_that_the_code_reads(url: str) -> None:
    with Database(url) as database, database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_an_empty_database_is_refused_with_the_remedy(empty_url: str) -> None:
    with Database(empty_url, create=True) as database, pytest.raises(SettingsError, match="rollbook migrate"):
        check_schema(database)


def test_a_file_that_is_not_there_is_refused_with_the_remedy_and_not_made(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/none.db") as database, pytest.raises(SettingsError, match="rollbook migrate"):
        check_schema(database)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("revision", "serves_from", "refused"),
    [("0000", "0000", "rollbook migrate"), ("9999", "9998", "does not know"), ("9999", KNOWN, None)],
)
def test_schemas_of_other_releases(url: str, revision: str, serves_from: str, refused: str | None) -> None:
    with Database(url) as database:
        with database.writing() as connection:
            connection.execute(update(schema_state).values(revision=revision, serves_from=serves_from))
        if refused is None:
            assert check_schema(database) == "good", "it was expanded, and serves us too"
            with pytest.raises(SettingsError, match="does not know"):
                migrate(database)
            return
        with pytest.raises(SettingsError, match=refused):
            check_schema(database)


def test_a_database_server_that_is_down_is_no_reason_not_to_start() -> None:
    with Database("postgresql://nobody@/none?host=/nonexistent") as database:
        assert check_schema(database) == "unreachable"
        with pytest.raises(SettingsError, match="cannot be used"):
            migrate(database)


@pytest.mark.parametrize("url", ["", "sqlite://", "mysql://host/x", "rollbook.db"])
def test_what_is_no_url_of_a_database(url: str) -> None:
    with pytest.raises(SettingsError, match="sqlite:////"):
        Database(url)


def test_the_password_is_not_shown() -> None:
    database = Database("postgresql://someone:Quillfeather@host/database")
    assert "Quillfeather" not in database.shown
    assert "Quillfeather" not in repr(database.engine)


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/rollbook.db", create=True) as database:
        migrate(database)
        assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0] * len(list(tmp_path.iterdir()))


def test_sqlite_flushes_at_every_commit(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path}/a 100%?.db", create=True) as database, database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
