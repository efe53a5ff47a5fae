"""TLS and mutual TLS: who shows no certificate, a wrong or an old one, is not heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2

from rollbook.v1.decision_service_pb2_grpc import DecisionServiceStub
from server.config import Settings, SettingsError
from server.identity.certificate_names import certificate_names
from server.identity.grants import grants_of
from server.identity.listening import check_identity, is_loopback
from server.identity.tls import server_credentials
from tests.server.identity.authority import Authority, Held
from tests.server.identity.people import add_token, administrator, bearer
from tests.server.running import Running, refused, request, wait_until

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ask(authority: Authority) -> Iterator[Ask]:
    """Asks a server for a decision over a connection of its own."""
    with ExitStack() as channels:

        def ask(server: Running, held: Held | None = None, by: Authority = authority, **more: Any) -> Any:
            channel = channels.enter_context(by.channel(server.server.port, held))
            return DecisionServiceStub(channel).Decide(request({}), timeout=20, **more).decisions

        yield ask


@pytest.fixture
def mutual(asking: Callable[..., Running], authority: Authority, tmp_path: Path) -> Running:
    """A server that asks for client certificates."""
    return asking(**authority.settings(tmp_path, clients=True))


def add_certificate(url: str, name: str, certificate: str) -> None:
    with administrator(url) as changing:
        changing.add_caller(name, ("oak",), grants_of(["decide"]), certificate)


def test_calls_are_encrypted(
    asking: Callable[..., Running], authority: Authority, ask: Ask, callers_url: str, tmp_path: Path
) -> None:
    server = asking(**authority.settings(tmp_path))
    metadata = bearer(add_token(callers_url, "sis", ["decide"]))
    assert ask(server, metadata=metadata)
    assert refused(lambda: ask(server)).reason == "UNAUTHENTICATED"
    assert refused(lambda: ask(server, by=Authority(), metadata=metadata)).code is grpc.StatusCode.UNAVAILABLE
    assert refused(lambda: server.decide({})).code is grpc.StatusCode.UNAVAILABLE, "the server takes nothing in clear"


def test_a_client_certificate_says_who_calls(mutual: Running, authority: Authority, ask: Ask, callers_url: str) -> None:
    add_certificate(callers_url, "sis", "sis.oak.example")
    add_certificate(callers_url, "person", "clerk@oak.example")
    for held in (
        authority.issue("sis.oak.example"),
        authority.issue("other.oak.example", "sis.oak.example"),
        authority.issue("clerk@oak.example"),
    ):
        assert ask(mutual, held)
    for held in (authority.issue("elm.example"), authority.issue("elm.example", common_name="sis.oak.example")):
        assert refused(partial(ask, mutual, held)).reason == "UNAUTHENTICATED"
    assert refused(lambda: ask(mutual, authority.issue("sis.oak.example", "clerk@oak.example"))).reason == (
        "UNAUTHENTICATED"
    ), "it names two callers"
    with administrator(callers_url) as changing:
        changing.disable_caller("sis")
    assert refused(lambda: ask(mutual, authority.issue("sis.oak.example"))).reason == "UNAUTHENTICATED"


def test_a_token_wins_over_the_certificate(mutual: Running, authority: Authority, ask: Ask, callers_url: str) -> None:
    add_certificate(callers_url, "proxy", "proxy.example")
    held = authority.issue("proxy.example")
    reader = bearer(add_token(callers_url, "reader", ["read-log"]))
    assert ask(mutual, held)
    assert refused(lambda: ask(mutual, held, metadata=reader)).reason == "FORBIDDEN"
    assert refused(lambda: ask(mutual, held, metadata=bearer("x"))).reason == "UNAUTHENTICATED"


def test_without_a_certificate_of_the_authority_there_is_no_connection(
    mutual: Running, authority: Authority, ask: Ask, callers_url: str
) -> None:
    add_certificate(callers_url, "sis", "sis.oak.example")
    for held in (None, Authority().issue("sis.oak.example"), authority.expired("sis.oak.example")):
        assert refused(partial(ask, mutual, held)).code is grpc.StatusCode.UNAVAILABLE
    assert ask(mutual, authority.issue("sis.oak.example"))


def test_renewed_files_are_taken_up(
    asking: Callable[..., Running], authority: Authority, ask: Ask, callers_url: str, tmp_path: Path
) -> None:
    server = asking(**authority.settings(tmp_path))
    metadata = bearer(add_token(callers_url, "sis", ["decide"]))
    assert ask(server, metadata=metadata)
    (tmp_path / "tls_certificate").write_bytes(b"half a file")
    other = Authority()

    def answered(by: Authority) -> bool:
        try:
            return bool(ask(server, by=by, metadata=metadata))
        except grpc.RpcError:
            return False

    assert answered(authority), "what cannot be used is not taken up"
    other.settings(tmp_path)
    wait_until(lambda: answered(other))
    assert not answered(authority)


def test_reflection_tells_strangers_nothing_where_they_can_come(
    asking: Callable[..., Running], authority: Authority, callers_url: str, tmp_path: Path
) -> None:
    server = asking(**authority.settings(tmp_path), address="0.0.0.0")
    token = add_token(callers_url, "sis", [])
    with authority.channel(server.server.port) as channel:
        call: Any = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )

        def names(**more: Any) -> int:
            asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
            (reply,) = call(asked, timeout=20, **more)
            return len(reply.list_services_response.service)

        assert refused(names).reason == "UNAUTHENTICATED"
        assert names(metadata=bearer(token)) > 4
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (
            health.Check(health_pb2.HealthCheckRequest(), timeout=20).status == health_pb2.HealthCheckResponse.SERVING
        )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True), ("127.8.9.10", True), ("localhost", True), ("[::1]", True), ("::1", True),
        ("0.0.0.0", False), ("10.0.0.1", False), ("[::]", False), ("", False), ("localhost.example", False),
    ],
)  # fmt: skip
def test_what_only_this_machine_reaches(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


TLS = {"tls_certificate": Path("c"), "tls_key": Path("k")}
JWT = {"jwt_issuer": "i", "jwt_audience": "a", "jwt_keys": "keys.json"}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"address": "0.0.0.0"}, ["identity", "tls_certificate", "127.0.0.1"]),
        ({"address": "10.0.0.1", **TLS}, ["identity"]),
        ({"address": "10.0.0.1", "identity": "required", "database_url": "sqlite:///x"}, ["tls_certificate", "clear"]),
        ({"tls_certificate": Path("c")}, ["tls_key"]),
        ({"tls_client_ca": Path("c")}, ["tls_certificate"]),
        ({"identity": "required"}, ["database_url", "jwt_issuer"]),
        ({"identity": "required", "jwt_issuer": "i"}, ["jwt_audience", "jwt_keys"]),
        ({"identity": "required", **JWT, "jwt_keys": "http://keys.example"}, ["https"]),
    ],
)
def test_a_server_does_not_listen_where_strangers_could_call_it(settings: Any, told: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        check_identity(Settings(**settings))
    for word in told:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "settings", [{}, {"address": "[::1]"}, {"identity": "required", **JWT}, {**TLS, "tls_client_ca": Path("c")}]
)
def test_and_does_where_none_can(settings: Any) -> None:
    check_identity(Settings(**settings))


def test_files_that_are_no_certificate_are_refused_at_the_start(tmp_path: Path, authority: Authority) -> None:
    settings = authority.settings(tmp_path)
    assert server_credentials(Settings(**settings)) is not None  # type: ignore[arg-type]  # pydantic's
    assert server_credentials(Settings()) is None
    settings["tls_key"].write_bytes(authority.issue("x").key)
    with pytest.raises(SettingsError, match="do not belong together"):
        server_credentials(Settings(**settings))  # type: ignore[arg-type]  # likewise


def test_names_in_a_certificate() -> None:
    both = {"x509_common_name": [b"a"], "x509_subject_alternative_name": [b"b", b"c"]}
    assert certificate_names(both) == ("b", "c")
    assert certificate_names({"x509_common_name": [b"a"]}) == ("a",)
    assert certificate_names({}) == ()
