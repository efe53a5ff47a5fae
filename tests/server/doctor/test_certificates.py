"""Certificates that fit and certificates that do not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm

from server.doctor import Finding, State
from server.doctor.certificates import certificates
from tests.server.doctor.found import settings, states, the


def made(folder: Path, name: str, *, days: int = 365, since: int = -1, names: bool = True) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now + timedelta(days=since)).not_valid_after(now + timedelta(days=days))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private


def looked_at(**said: Any) -> list[Finding]:
    """What is found."""
    return list(certificates(settings(**said)))


def test_what_is_right(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "rules.example")
    found = looked_at(tls_certificate=certificate, tls_key=key, tls_client_ca=certificate)
    assert set(states(found).values()) == {State.OK}
    assert any("rules.example" in finding.found for finding in found if finding.subject.startswith("names"))


def test_without_one() -> None:
    assert "not encrypted" in the(looked_at(), State.OK).found


@pytest.mark.parametrize(
    ("made_with", "state", "said"),
    [
        ({"days": 20}, State.WARNING, "in 19 days"),
        ({"days": -1, "since": -9}, State.WRONG, "expired"),
        ({"since": 2}, State.WRONG, "only from"),
        ({"names": False}, State.WRONG, "subjectAltName"),
    ],
)
def test_time_and_names(tmp_path: Path, made_with: dict[str, Any], state: State, said: str) -> None:
    certificate, key = made(tmp_path, "rules.example", **made_with)
    assert said in the(looked_at(tls_certificate=certificate, tls_key=key), state).found


def test_keys(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "rules.example")
    other, others_key = made(tmp_path, "other.example")
    assert "another certificate" in the(looked_at(tls_certificate=certificate, tls_key=others_key), State.WRONG).found
    assert "not set" in the(looked_at(tls_certificate=certificate), State.WRONG).found
    assert "no private key" in the(looked_at(tls_certificate=certificate, tls_key=other), State.WRONG).found
    key.chmod(0o644)
    assert "every user" in the(looked_at(tls_certificate=certificate, tls_key=key), State.WRONG).found
    assert "cannot be read" in the(looked_at(tls_certificate=certificate, tls_key=tmp_path / "no"), State.WRONG).found
    assert "no certificate" in the(looked_at(tls_certificate=key, tls_key=key), State.WRONG).found
    assert "cannot be read" in the(looked_at(tls_certificate=tmp_path / "no"), State.WRONG).found
    assert "no certificate" in the(looked_at(tls_client_ca=key), State.WRONG).found


def test_keys_of_tokens(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    public = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    keys.write_text(json.dumps({"keys": [public | {"kid": "1", "use": "sig"}]}), encoding="utf-8")
    assert states(looked_at(jwt_keys=str(keys)))["keys of tokens"] is State.OK
    assert "keys of tokens" not in states(looked_at(jwt_keys="https://id.example/keys")), "it is not asked for"
    for wrong in ("{}", "[]", "no json", '{"keys": []}'):
        keys.write_text(wrong, encoding="utf-8")
        assert "no set of keys" in the(looked_at(jwt_keys=str(keys)), State.WRONG).found
    assert "cannot be read" in the(looked_at(jwt_keys=str(tmp_path / "no")), State.WRONG).found
