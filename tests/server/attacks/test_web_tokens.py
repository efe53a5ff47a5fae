"""JWT made to be taken for what they are not: each is refused as no proof of anything."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.identity.identify import NotIdentifiedError
from server.identity.key_sets import KeySet
from server.identity.web_tokens import WebTokens


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def tokens(key: RSAPrivateKey) -> WebTokens:
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    keys = json.dumps({"keys": [public | {"kid": "a"}]})
    return WebTokens(KeySet(lambda: keys), "issuer", "audience", 30, "tenants", "roles")


def claims(**more: Any) -> dict[str, Any]:
    usual = {"iss": "issuer", "aud": "audience", "sub": "x", "exp": time.time() + 100}
    return {**usual, "tenants": ["lausd"], "roles": ["decide"], **more}


HEADERS: Final[dict[str, Any]] = {
    "no algorithm": {"kid": "a"},
    "the algorithm none": {"alg": "none", "kid": "a"},
    "the algorithm None": {"alg": "NoNe", "kid": "a"},
    "a shared secret": {"alg": "HS256", "kid": "a"},
    "an algorithm that is a list": {"alg": ["RS256"], "kid": "a"},
    "an algorithm that is an object": {"alg": {}, "kid": "a"},
    "an algorithm of other keys": {"alg": "ES256", "kid": "a"},
    "a key that is a list": {"alg": "RS256", "kid": []},
    "a key that is a path": {"alg": "RS256", "kid": "../../../dev/null"},
    "a key that is a statement": {"alg": "RS256", "kid": "a' UNION SELECT 'x"},
    "a key that it brings along": {"alg": "RS256", "jwk": {"kty": "oct", "k": "AAAA"}, "kid": "b"},
    "a key at an address": {"alg": "RS256", "jku": "https://example.com/keys", "kid": "b"},
    "a payload that is not packed": {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": "a"},
    "no object": ["RS256"],
    "deep": b"[" * 5_000,
    "deep within": b'{"alg": ' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    "a number of many digits": b'{"alg": "RS256", "kid": "a", "x": ' + b"9" * 5_000 + b"}",
    "half a character": b'{"alg": "RS256", "kid": "\\ud800"}',
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("attack", HEADERS)
def test_headers_that_lie(tokens: WebTokens, attack: str) -> None:
    for signature in ("", "AAAA"):
        with pytest.raises(NotIdentifiedError):
            tokens.caller(f"{part(HEADERS[attack])}.{part(claims())}.{signature}")


def test_a_public_key_is_no_secret(tokens: WebTokens, key: RSAPrivateKey) -> None:
    signed = f"{part({'alg': 'HS256', 'kid': 'a'})}.{part(claims())}"
    for encoding in (Encoding.PEM, Encoding.DER):
        public = key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        signature = part(hmac.new(public, signed.encode(), hashlib.sha256).digest())
        with pytest.raises(NotIdentifiedError):
            tokens.caller(f"{signed}.{signature}")


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a.b.c.d.e", "\0.\0.\0", "é.é.é", "a" * 100_000])
def test_what_is_no_token(tokens: WebTokens, token: str) -> None:
    with pytest.raises(NotIdentifiedError):
        tokens.caller(token)


@pytest.mark.parametrize(
    "more",
    [
        {"exp": 1},
        {"exp": "soon"},
        {"exp": None},
        {"nbf": 10**12},
        {"aud": "another"},
        {"aud": {"audience": 1}},
        {"iss": ["issuer"]},
        {"sub": ""},
        {"sub": "a\nb"},
        {"sub": "\u202ea"},
        {"sub": "a" * 151},
        {"tenants": []},
        {"tenants": ["../lausd", "", "*", "a b", "%"]},
    ],
)
def test_claims_that_are_not_taken(tokens: WebTokens, key: RSAPrivateKey, more: dict[str, Any]) -> None:
    if not isinstance(more.get("iss", ""), str):
        signed = f"{part({'alg': 'RS256', 'kid': 'a'})}.{part(claims(**more))}"
        signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(signed.encode(), key)
        token = f"{signed}.{part(signature)}"
    else:
        token = jwt.encode(claims(**more), key, "RS256", {"kid": "a"})
    with pytest.raises(NotIdentifiedError):
        tokens.caller(token)


def test_roles_and_districts_are_those_that_there_are(tokens: WebTokens, key: RSAPrivateKey) -> None:
    roles = ["decide:lausd/*", "root", "decide:../*", "decide:*/*/*", "administer; decide", "edit:%"]
    token = jwt.encode(claims(roles=roles, tenants=["lausd", "*", "lausd"]), key, "RS256", {"kid": "a"})
    caller, seconds = tokens.caller(token)
    assert caller.name == "jwt:x"
    assert caller.tenants == ("lausd",)
    assert [(grant.role, grant.rulesets) for grant in caller.grants] == [("decide", ("lausd/*",))]
    assert seconds < 200
