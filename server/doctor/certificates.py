"""Certificates and keys: they can be read, belong together, are in time, and name the machine."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from server.config import Settings
from server.doctor.findings import Finding, good, warning, wrong

__all__ = ["certificates"]

_SOON: Final = timedelta(days=30)


def certificates(settings: Settings) -> Iterator[Finding]:
    """The server's certificate and its key, the certificates that clients are known by, and the keys of tokens."""
    if settings.tls_certificate is None:
        yield good("certificate", "none: connections are not encrypted")
    else:
        yield from _server(settings.tls_certificate, settings.tls_key)
    for subject, setting, file in (
        ("certificates of clients", "tls_client_ca", settings.tls_client_ca),
        ("certificates of the keys of tokens", "jwt_keys_ca", settings.jwt_keys_ca),
    ):
        if file is not None:
            yield from _signing(subject, setting, file)
    if settings.jwt_keys is not None and "://" not in settings.jwt_keys:
        yield _keys(Path(settings.jwt_keys))


def _server(file: Path, key: Path | None) -> Iterator[Finding]:
    subject = "certificate"
    chain = _read(file)
    if isinstance(chain, str):
        yield wrong(subject, chain, "`tls_certificate` is a PEM file: the certificate, then those that signed it.")
        return
    first = chain[0]
    yield from _in_time(subject, file, chain)
    names = _names(first)
    yield (
        good("names of the certificate", ", ".join(names))
        if names
        else wrong(
            "names of the certificate",
            f"{file} has none (subjectAltName)",
            "Have it made anew: clients look for the name.",
        )
    )
    if key is None:
        yield wrong("key of the certificate", "`tls_key` is not set", "Set it to the PEM file of the private key.")
        return
    yield from _key(key, first)


def _key(file: Path, certificate: x509.Certificate) -> Iterator[Finding]:
    subject = "key of the certificate"
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        yield wrong(subject, f"{file} cannot be read ({error.strerror})", "Give it to the user of the server.")
        return
    except (ValueError, TypeError):
        yield wrong(subject, f"{file} is no private key in PEM without a passphrase", "Set `tls_key` to one.")
        return
    public = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*public) != certificate.public_key().public_bytes(*public):
        yield wrong(subject, f"{file} is the key of another certificate", "Renew both together.")
    else:
        yield good(subject, f"{file} belongs to it")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & stat.S_IRWXO:
        yield wrong(subject, f"every user of this machine may read {file} (mode {mode:o})", f"`chmod 640 {file}`.")


def _signing(subject: str, setting: str, file: Path) -> Iterator[Finding]:
    chain = _read(file)
    if isinstance(chain, str):
        yield wrong(subject, chain, f"`{setting}` is a PEM file: the certificates that others are signed by.")
        return
    yield from _in_time(subject, file, chain)


def _in_time(subject: str, file: Path, chain: Sequence[x509.Certificate]) -> Iterator[Finding]:
    """Whether all of them are valid, and for how long yet."""
    now = datetime.now(UTC)
    last = min(each.not_valid_after_utc for each in chain)
    first = max(each.not_valid_before_utc for each in chain)
    found = f"{file}, until {last:%Y-%m-%d %H:%M} UTC"
    renew = "Renew it; the server takes the new file up by itself."
    if last <= now:
        yield wrong(subject, f"{file} expired on {last:%Y-%m-%d %H:%M} UTC", renew)
    elif first > now:
        yield wrong(subject, f"{file} is valid only from {first:%Y-%m-%d %H:%M} UTC on", "See that the clock is right.")
    elif last - now < _SOON:
        yield warning(subject, f"{found}: in {(last - now).days} days", renew)
    else:
        yield good(subject, found)


def _keys(file: Path) -> Finding:
    """The public keys that tokens (JWT) are verified by: a JWK set."""
    from jwt import PyJWKSet, PyJWTError

    subject = "keys of tokens"
    remedy = '`jwt_keys` is a JSON Web Key Set: {"keys": [...]}, as the identity provider publishes it.'
    try:
        keys = PyJWKSet.from_dict(json.loads(file.read_text(encoding="utf-8"))).keys
    except OSError as error:
        return wrong(subject, f"{file} cannot be read ({error.strerror})", "Give it to the user of the server.")
    except (PyJWTError, ValueError, AttributeError, TypeError):
        return wrong(subject, f"{file} is no set of keys", remedy)
    return good(subject, f"{file}, {len(keys)} of them")


def _read(file: Path) -> Sequence[x509.Certificate] | str:
    """The certificates of a PEM file, or what is wrong with it."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})"
    except ValueError:
        return f"{file} is no certificate in PEM"


def _names(certificate: x509.Certificate) -> list[str]:
    """What it is a certificate of, as clients compare it: names and addresses."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
