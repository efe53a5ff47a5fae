"""JWT: only those that the issuer signed, for us, and for now; and where its keys come from."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from server.callers import Grant
from server.errors import RefusalError
from server.identity.identify import NotIdentifiedError
from server.identity.key_sets import KeySet, KeysUnavailableError, read_from
from server.identity.web_tokens import WebTokens
from tests.server.identity.authority import Authority
from tests.server.identity.people import bearer
from tests.server.running import Running, refused, request

ISSUER, AUDIENCE = "https://id.oak.example", "rollbook"
RSA = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def key_set(**keys: Any) -> str:
    """The key set of these private keys, by id."""
    found = []
    for id_, key in keys.items():
        kind: Any = {rsa.RSAPrivateKey: RSAAlgorithm, ec.EllipticCurvePrivateKey: ECAlgorithm}.get(
            next((one for one in (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey) if isinstance(key, one)), object),
            OKPAlgorithm,
        )
        found.append({**json.loads(kind.to_jwk(key.public_key())), "kid": id_, "use": "sig"})
    return json.dumps({"keys": found})


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    usual: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "clerk-7",
        "iat": now,
        "exp": now + 600,
        "rollbook_tenants": ["oak"],
        "rollbook_roles": ["decide:oak/*", "decide:demo/*", "offline_access", "read-log"],
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def signed(key: Any = RSA, algorithm: str = "RS256", kid: str | None = "one", **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm, {"kid": kid} if kid else None)


def verifier(text: str | None = None, leeway: float = 5) -> WebTokens:
    keys = text if text is not None else key_set(one=RSA, curve=CURVE, edwards=EDWARDS)
    return WebTokens(KeySet(lambda: keys), ISSUER, AUDIENCE, leeway, "rollbook_tenants", "rollbook_roles")


def why(token: str, of: WebTokens | None = None) -> str:
    with pytest.raises(NotIdentifiedError) as caught:
        (of or verifier()).caller(token)
    assert caught.value.reason == "UNAUTHENTICATED"
    return caught.value.why


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [(RSA, "RS256", "one"), (RSA, "PS384", "one"), (CURVE, "ES256", "curve"), (EDWARDS, "EdDSA", "edwards")],
)
def test_the_claims_say_who_calls(key: Any, algorithm: str, kid: str) -> None:
    caller, seconds = verifier().caller(signed(key, algorithm, kid))
    assert (caller.name, caller.tenants, caller.tenant) == ("jwt:clerk-7", ("oak",), "oak")
    assert caller.grants == (Grant("decide", ("oak/*", "demo/*")), Grant("read-log"))
    assert 590 < seconds <= 605


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"exp": -10}, "expired"),
        ({"nbf": 60}, "not-yet-valid"),
        ({"aud": "another"}, "audience"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"exp": None}, "claims"),
        ({"aud": None}, "claims"),
        ({"sub": None}, "claims"),
        ({"sub": ""}, "claims"),
        ({"sub": "a\x00b"}, "claims"),
        ({"sub": "x" * 200}, "claims"),
        ({"rollbook_tenants": None}, "no-tenant"),
        ({"rollbook_tenants": ["../oak", 7, ""]}, "no-tenant"),
        ({"key": OTHER}, "signature"),
        ({"kid": "none-such"}, "unknown-key"),
        ({"kid": None}, "unknown-key"),
        ({"key": CURVE, "algorithm": "ES256"}, "signature"),
    ],
)
def test_what_is_not_right_is_refused(wrong: dict[str, Any], expected: str) -> None:
    now = int(time.time())
    times = {name: now + value for name, value in wrong.items() if name in ("exp", "nbf") and value is not None}
    assert why(signed(**wrong | times)) == expected


@pytest.mark.parametrize("token", ["a.b.c", "", "..", "ey.ey.ey", "\u00e9.b.c", "x" * 8000])
def test_what_is_no_jwt_is_refused(token: str) -> None:
    assert why(token) == "malformed"


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = signed().split(".")
    assert why(f"{head}.{part(claims(sub='root'))}.{signature}") == "signature"


def test_no_signature_is_no_signature() -> None:
    for algorithm in ("none", "None", "NONE", ""):
        assert why(f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims())}.") == "algorithm"


def test_the_public_key_is_no_shared_secret() -> None:
    public = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims())}"
    forged = f"{body}.{part(hmac.new(public, body.encode(), hashlib.sha256).digest())}"
    assert why(forged) == "algorithm"
    shared = json.dumps({"keys": [{"kty": "oct", "k": part(public), "kid": "one", "alg": "HS256"}]})
    assert why(forged, verifier(shared)) == "algorithm"
    with pytest.raises(RefusalError, match="cannot be read"):
        verifier(shared).caller(signed())


def test_a_short_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    token = signed()
    assert why(token, verifier(key_set(one=short))) == "weak-key"


def test_clocks_may_differ_a_little() -> None:
    assert verifier().caller(signed(exp=int(time.time()) - 2))
    assert why(signed(exp=int(time.time()) - 2), verifier(leeway=0)) == "expired"


def test_one_key_needs_no_name() -> None:
    assert verifier(key_set(one=RSA)).caller(signed(kid=None))
    spaced = signed(rollbook_roles="decide read-log", rollbook_tenants="oak elm")
    caller, _ = verifier().caller(spaced)
    assert (caller.tenants, caller.tenant) == (("oak", "elm"), "")


class Source:
    """A key set that changes and fails, and a clock."""

    def __init__(self) -> None:
        self.text = key_set(one=RSA)
        self.fails = False
        self.asked = 0
        self.now = 0.0

    def read(self) -> str:
        self.asked += 1
        if self.fails:
            raise OSError
        return self.text


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def keys(source: Source) -> KeySet:
    return KeySet(source.read, lambda: source.now)


def test_a_new_key_is_found_and_strangers_do_not_make_us_ask_all_the_time(source: Source, keys: KeySet) -> None:
    assert keys.key("one") is not None
    source.text = key_set(two=OTHER)
    assert [keys.key("two") for _ in range(5)] == [None] * 5
    assert source.asked == 1, "it was asked a moment ago"
    source.now = 11
    assert keys.key("two") is not None
    assert (keys.key("one"), source.asked) == (None, 2)
    source.now = 20
    assert [keys.key(f"made-up-{number}") for number in range(50)] == [None] * 50
    assert source.asked == 2


def test_a_key_that_was_taken_away_is_not_taken_for_long(source: Source, keys: KeySet) -> None:
    assert keys.key("one") is not None
    source.text = key_set(two=OTHER)
    source.now = 301
    assert keys.key("one") is None


def test_while_the_issuer_is_away_its_keys_are_used_for_a_day(source: Source, keys: KeySet) -> None:
    source.fails = True
    with pytest.raises(KeysUnavailableError):
        keys.key("one")
    source.fails, source.now = False, 11
    assert keys.key("one") is not None
    source.fails = True
    for source.now in (400, 4000, 80_000):
        assert keys.key("one") is not None
    source.text, source.now = "[]", 90_000
    with pytest.raises(KeysUnavailableError):
        keys.key("one")
    source.fails, source.now = False, 90_020
    with pytest.raises(KeysUnavailableError):
        keys.key("one")
    source.text, source.now = key_set(one=RSA), 90_040
    assert keys.key("one") is not None


@pytest.fixture
def served() -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """An https server: its address, what its certificate is signed by, and its pages, which a test may change."""
    authority, pages = Authority(), {"/keys": key_set(one=RSA)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/elsewhere":
                self.send_response(302)
                self.send_header("Location", "/keys")
                self.end_headers()
                return
            self.send_response(200 if self.path in pages else 503)
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: Any) -> None:
            pass

    held = authority.issue("localhost")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, held.certificate, held.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}", authority.pem, pages
    server.shutdown()
    server.server_close()
    thread.join()


def _load(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate + key)
        file.flush()
        context.load_cert_chain(file.name)


def test_keys_come_over_https_from_a_host_that_is_known(
    served: tuple[str, bytes, dict[str, str]], tmp_path: Path
) -> None:
    address, pem, pages = served
    ca = tmp_path / "ca.pem"
    ca.write_bytes(pem)
    assert read_from(f"{address}/keys", ca)() == pages["/keys"]
    with pytest.raises(OSError, match="certificate verify failed"):
        read_from(f"{address}/keys")()
    for path in ("/elsewhere", "/none"):
        with pytest.raises(OSError, match="HTTP Error"):
            read_from(address + path, ca)()
    pages["/keys"] = "x" * 600_000
    with pytest.raises(ValueError, match="too large"):
        read_from(f"{address}/keys", ca)()


def test_a_server_takes_jwt_by_a_file_of_keys(asking: Callable[..., Running], tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(key_set(one=RSA), encoding="utf-8")
    server = asking(database_url=None, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_keys=str(file))

    def asked(token: str) -> Any:
        return server.decisions.Decide(request({}), metadata=bearer(token), timeout=20)

    assert asked(signed()).decisions
    assert refused(lambda: asked(signed(rollbook_roles=["decide:oak/*"]))).reason == "FORBIDDEN"
    assert refused(lambda: asked(signed(OTHER))).reason == "UNAUTHENTICATED"


def test_a_server_whose_issuer_is_away_says_so(asking: Callable[..., Running]) -> None:
    server = asking(database_url=None, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_keys="https://localhost:1/keys")
    error = refused(lambda: server.decisions.Decide(request({}), metadata=bearer(signed()), timeout=20))
    assert (error.reason, error.retry) == ("NOT_READY", 1.0)
