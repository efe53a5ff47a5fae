"""Who may call, as far as the settings and the database say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from server.doctor import State
from server.doctor.callers import callers
from server.store import Database
from server.store.identity_tables import callers as callers_table
from tests.server.doctor.found import settings, the


def test_without_identities_only_this_machine_is_heard() -> None:
    assert "everybody of this machine" in the(callers(settings()), State.OK).found
    assert "does not listen on 0.0.0.0" in the(callers(settings(address="0.0.0.0")), State.WRONG).found


def test_settings_that_belong_together(tmp_path: Path) -> None:
    assert "together" in the(callers(settings(tls_certificate=tmp_path / "x.pem")), State.WRONG).found


def test_somebody_must_be_known(url: str) -> None:
    required = settings(identity="required", database_url=url)
    assert "UNAUTHENTICATED" in the(callers(required), State.WARNING).found
    with Database(url) as database, database.writing() as connection:
        said = {"name": "sis", "tenants": "[]", "grants": "[]", "created_at": 0}
        connection.execute(insert(callers_table).values(said))
    assert "1 in the database" in the(callers(required), State.OK).found
