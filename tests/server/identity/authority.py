"""Certificates for tests, and servers that show them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

import grpc
import trustme

__all__ = ["Authority", "Held"]

NOW = datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Signs certificates."""

    def __init__(self) -> None:
        self._ca = trustme.CA()
        self.pem = self._ca.cert_pem.bytes()

    def issue(self, *names: str, common_name: str | None = None, valid_until: datetime.datetime | None = None) -> Held:
        """A certificate of these names."""
        made = self._ca.issue_cert(*names, common_name=common_name, not_after=valid_until)
        return Held(b"".join(pem.bytes() for pem in made.cert_chain_pems), made.private_key_pem.bytes())

    def expired(self, *names: str) -> Held:
        """One that was valid until yesterday."""
        made = self._ca.issue_cert(
            *names, not_before=NOW - datetime.timedelta(days=9), not_after=NOW - datetime.timedelta(days=1)
        )
        return Held(b"".join(pem.bytes() for pem in made.cert_chain_pems), made.private_key_pem.bytes())

    def settings(self, folder: Path, *, clients: bool = False) -> dict[str, Path]:
        """Writes a certificate of `localhost` with its key, and gives the settings for it."""
        held = self.issue("localhost", "127.0.0.1")
        files = {"tls_certificate": held.certificate, "tls_key": held.key}
        if clients:
            files["tls_client_ca"] = self.pem
        for name, pem in files.items():
            (folder / name).write_bytes(pem)
        return {name: folder / name for name in files}

    def channel(self, port: int, held: Held | None = None) -> grpc.Channel:
        """A connection that trusts this authority, with a client certificate if one is given."""
        key, certificate = (None, None) if held is None else (held.key, held.certificate)
        credentials = grpc.ssl_channel_credentials(self.pem, key, certificate)
        return grpc.secure_channel(f"localhost:{port}", credentials, [("grpc.use_local_subchannel_pool", 1)])
