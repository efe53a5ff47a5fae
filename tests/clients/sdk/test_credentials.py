"""Credentials: what goes with a call, and what never leaves this machine in clear."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

import rollbook
from server.store import Database
from server.store.schema import migrate
from tests.server.identity.authority import Authority
from tests.server.identity.people import add_token
from tests.server.running import MARKS, Folder, Running

DAY = datetime.date(2018, 9, 14)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/callers.db"
    with Database(url, create=True) as database:
        migrate(database)
    return url


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def target(url: str, authority: Authority, tmp_path: Path) -> Iterator[str]:
    """A server with TLS that asks who calls."""
    folder = Folder(tmp_path / "rulesets")
    folder.write("demo/marks", MARKS)
    settings = authority.settings(tmp_path)
    with Running(folder.path, identity="required", database_url=url, identity_cache_seconds=0, **settings) as server:
        yield f"localhost:{server.server.port}"


def decided(client: rollbook.Client) -> rollbook.Decision:
    return client.decide("demo/marks", {}, as_of=DAY, mode=rollbook.Mode.RECORD)


def test_a_token_is_asked_for_at_every_call(target: str, url: str, authority: Authority, tmp_path: Path) -> None:
    tokens = iter([add_token(url, "a", ["decide"]), add_token(url, "b", ["decide", "read-log"]), "rbk_0_0"])
    current = [""]

    def token() -> str:
        return current[0]

    ca = tmp_path / "ca.pem"
    ca.write_bytes(authority.pem)
    credentials = rollbook.Credentials(token=token, root_certificates=ca)
    with rollbook.Client(target, credentials=credentials) as client:
        for current[0] in (next(tokens), next(tokens)):
            assert not decided(client).outcome
        assert sorted(one.caller for one in client.list_decisions()) == ["a", "b"]
        current[0] = next(tokens)
        with pytest.raises(rollbook.UnauthenticatedError):
            decided(client)


def test_the_district_goes_along(target: str, url: str, authority: Authority) -> None:
    token = add_token(url, "state", ["decide", "read-log"], ("elm", "oak"))
    credentials = rollbook.Credentials(token=token, tenant="elm", root_certificates=authority.pem)
    options = rollbook.Options(channels=1, credentials=credentials)
    with rollbook.Client(target, options=options) as client:
        decided(client)
        assert [one.tenant for one in client.list_decisions()] == ["elm"]

    async def by_asyncio() -> list[str]:
        async with rollbook.AsyncClient(target, credentials=credentials) as client:
            await client.decide("demo/marks", {}, as_of=DAY, mode=rollbook.Mode.RECORD)
            return [one.tenant async for one in client.list_decisions()]

    assert asyncio.run(by_asyncio()) == ["elm", "elm"]


@pytest.mark.parametrize("target", ["rollbook.oak.example:7420", "dns:///rollbook:7420", "10.0.0.1:7420", "rollbook"])
def test_a_token_does_not_travel_in_clear(target: str) -> None:
    credentials = rollbook.Credentials(token="rbk_secret")
    with pytest.raises(ValueError, match="not encrypted") as caught:
        rollbook.Client(target, credentials=credentials)
    assert "rbk_secret" not in str(caught.value) + repr(credentials)
    with rollbook.Client(target, credentials=rollbook.Credentials(token="x", token_in_clear=True)):
        pass
    with rollbook.Client(target, credentials=rollbook.Credentials(token="x", tls=True)):
        pass


@pytest.mark.parametrize("target", ["localhost:7420", "127.0.0.1:7420", "[::1]:7420", "ipv4:127.0.0.1:1", "unix:/x"])
def test_but_may_on_this_machine(target: str) -> None:
    assert rollbook.Credentials(token="x").for_channel(target) is None


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(ValueError, match="together"):
        rollbook.Credentials(certificate=b"").for_channel("localhost:1")
