"""API tokens: the right one is taken, and no other, for as long as it is valid; nothing of one is ever logged."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest

from server.callers import Caller
from server.identity.api_tokens import new_token, read_token, secret_fits
from server.identity.remembered import Remembered
from server.logs import configure_logs
from server.store import Database
from server.store.identities import Identities
from server.store.tables import audit
from tests.server.identity.people import add_token, administrator, bearer, ids_of_tokens
from tests.server.running import Error, Running, error_of, refused, request


def tried(server: Running, *metadata: tuple[str, str]) -> Any:
    return server.decisions.Decide(request({}), metadata=metadata, timeout=20)


def refusal(server: Running, token: str) -> Error:
    return refused(lambda: tried(server, *bearer(token)))


def identified(server: Running) -> dict[tuple[str, str], float]:
    """What became of verifications, by kind and result."""
    (family,) = server.server.metrics.identifications.collect()
    return {
        (one.labels["by"], one.labels["result"]): one.value for one in family.samples if one.name.endswith("_total")
    }


def test_a_token_is_read_as_it_was_made() -> None:
    token = new_token()
    assert read_token(token.text) == token
    assert token.secret not in repr(token)
    assert secret_fits(token, token.secret_sha256)
    assert not secret_fits(token, new_token().secret_sha256)
    for wrong in ("", "rbk_", token.text[:-1], token.text + "0", token.text.upper(), f" {token.text}", "rbk_é_é"):
        assert read_token(wrong) is None


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_valid_token_is_taken(server: Running, callers_url: str, scheme: str) -> None:
    token = add_token(callers_url, "sis", ["decide"])
    assert tried(server, ("authorization", f"{scheme} {token}")).decisions


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ((), "none"),
        ((("authorization", ""),), "malformed"),
        ((("authorization", "Bearer "),), "malformed"),
        ((("authorization", "Basic c2lzOnNpcw=="),), "malformed"),
        (bearer("rbk_0_0"), "malformed"),
        (bearer("x" * 4000), "malformed"),
        (bearer(new_token().text), "unknown"),
        (bearer(new_token().text) * 2, "malformed"),
    ],
)
def test_what_is_no_token_is_refused(server: Running, metadata: Any, why: str) -> None:
    error = refused(lambda: tried(server, *metadata))
    assert (error.code, error.reason) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")
    assert error.retry is None
    counted = identified(server)
    assert (why == "malformed" and not counted) or any(result == why for _, result in counted)


def test_a_strangers_message_is_not_waited_for(server: Running) -> None:
    over = threading.Event()

    def never() -> Iterator[bytes]:
        over.wait(60)
        yield b""

    call: Any = server.channel.stream_unary("/rollbook.v1.DecisionService/Decide", bytes, bytes)
    for metadata in ((), bearer(new_token().text)):
        asked = call.future(never(), metadata=metadata, timeout=60)
        assert error_of(asked).reason == "UNAUTHENTICATED"
    over.set()


def test_a_token_with_another_secret_is_refused_as_one_that_is_not_there(server: Running, callers_url: str) -> None:
    token = add_token(callers_url, "sis", ["decide"])
    forged = token[:-1] + ("0" if token[-1] != "0" else "1")
    errors = [refusal(server, forged), refusal(server, new_token().text)]
    assert {error.status.message for error in errors if error.status is not None} == {"There is no such token."}


def test_a_token_is_refused_once_it_has_expired_or_was_revoked_or_its_caller_disabled(
    server: Running, callers_url: str
) -> None:
    expired = refusal(server, add_token(callers_url, "late", ["decide"], valid=-1))
    assert expired.status is not None
    assert "expired" in expired.status.message
    token = add_token(callers_url, "sis", ["decide"])
    assert tried(server, *bearer(token)).decisions
    with administrator(callers_url) as changing:
        changing.disable_caller("sis")
        assert refusal(server, token).reason == "UNAUTHENTICATED"
        changing.disable_caller("sis", disabled=False)
        assert tried(server, *bearer(token)).decisions
        assert changing.revoke_token(ids_of_tokens(token))
        assert not changing.revoke_token(ids_of_tokens(token)), "it was before"
    assert refusal(server, token).reason == "UNAUTHENTICATED"
    counted = identified(server)
    assert {counted["token", why] for why in ("expired", "disabled", "revoked")} == {1}
    assert counted["token", "verified"] == 2


def test_what_was_verified_is_not_looked_at_again_for_a_while(asking: Callable[..., Running], callers_url: str) -> None:
    server = asking(identity_cache_seconds=3600)
    token = add_token(callers_url, "sis", ["decide"])
    for _ in range(3):
        assert tried(server, *bearer(token)).decisions
    with administrator(callers_url) as changing:
        changing.revoke_token(ids_of_tokens(token))
    assert tried(server, *bearer(token)).decisions
    assert identified(server) == {("token", "verified"): 1}


def test_what_is_remembered_is_forgotten_in_time_and_never_outlives_its_token() -> None:
    now = [0.0]
    remembered = Remembered(30, lambda: now[0])
    callers = {"": Caller("sis", ("oak",), "oak", ())}
    remembered.add(b"long", callers, 1000)
    remembered.add(b"short", callers, 10)
    assert remembered.get(b"long") is remembered.get(b"short") is callers
    now[0] = 10
    assert (remembered.get(b"long"), remembered.get(b"short")) == (callers, None)
    now[0] = 30
    assert remembered.get(b"long") is None
    for number in range(10_001):
        remembered.add(str(number).encode(), callers, 1000)
    assert len(remembered._found) <= 10_000


def test_refusals_are_logged_with_the_caller_and_never_with_the_token(
    asking: Callable[..., Running], callers_url: str
) -> None:
    lines = io.StringIO()
    configure_logs("json", "warning", lines)  # refusals of strangers are told even where little is logged
    server = asking()
    token = add_token(callers_url, "sis", ["decide:oak/*"])
    late = add_token(callers_url, "late", ["decide"], valid=-1)
    forged = new_token().text
    for each in (token, late, forged, "eyJhbGciOiJub25lIn0.e30.", "c2VjcmV0"):
        refusal(server, each)
    refused(lambda: tried(server))
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(one["reason"], one["caller"], one.get("why"), one.get("role")) for one in told] == [
        ("FORBIDDEN", "sis", None, "decide"),
        ("UNAUTHENTICATED", "late", "expired", None),
        ("UNAUTHENTICATED", "", "unknown", None),
        ("UNAUTHENTICATED", "", "malformed", None),
        ("UNAUTHENTICATED", "", "malformed", None),
        ("UNAUTHENTICATED", "", "none", None),
    ]
    assert {one["method"] for one in told} == {"Decide"}
    for secret in (token, late, forged, token.split("_")[2], "eyJ", "c2VjcmV0"):
        assert secret not in lines.getvalue()


def test_no_line_has_a_token_even_if_a_library_writes_it(logs_as_before: None) -> None:
    import logging

    lines = io.StringIO()
    configure_logs("json", "info", lines)
    token = new_token().text
    logging.getLogger("library").info("sent authorization: Bearer %s", token)
    logging.getLogger("library").info("metadata %s", (("authorization", f"Bearer {token}"),))
    logging.getLogger("library").info("a token %s", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl")
    assert token not in lines.getvalue()
    assert "eyJzdWIi" not in lines.getvalue()
    assert "sent authorization: [hidden]" in lines.getvalue()


def test_the_database_holds_no_token_and_the_audit_says_who_did_what(callers_url: str) -> None:
    token = add_token(callers_url, "sis", ["decide:oak/*"])
    with administrator(callers_url) as changing:
        changing.change_caller("sis", tenants=("elm",), certificate="sis.oak.example")
        changing.revoke_token(ids_of_tokens(token))
    with Database(callers_url) as database:
        identities = Identities(database)
        assert [one.id for one in identities.tokens("sis")] == [ids_of_tokens(token)]
        (caller,) = identities.callers()
        assert (caller.tenants, caller.certificate) == (("elm",), "sis.oak.example")
        with database.reading() as connection:
            acts = connection.execute(audit.select().order_by(audit.c.id)).all()
        assert database.file is not None
        assert token.split("_")[2].encode() not in database.file.read_bytes()
    assert sorted(act.action for act in acts) == ["add-caller", "change-caller", "create-token", "revoke-token"]
    assert {(act.actor, act.tenant) for act in acts} == {("tester", "")}


def test_a_database_that_cannot_be_read_is_no_proof_of_anything(
    server: Running, callers_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def fails(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    token = add_token(callers_url, "sis", ["decide"])
    monkeypatch.setattr(Identities, "token", fails)
    error = refusal(server, token)
    assert (error.reason, error.retry) == ("NOT_READY", 1.0)
