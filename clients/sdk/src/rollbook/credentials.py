"""How the caller proves who it is, and how it knows the server."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import grpc

__all__ = ["Credentials"]

_TENANT: Final = "rollbook-tenant"
_SCHEMES: Final = ("dns:", "ipv4:", "ipv6:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the caller proves who it is, and how it knows the server.

        Credentials(token=os.environ["ROLLBOOK_TOKEN"], root_certificates=Path("/etc/ssl/oak-ca.pem"))

    The connection is encrypted (TLS) with `tls`, and as soon as anything is said about certificates. Certificates and
    keys are PEM, as bytes or as the path of a file that is read when the client is made.

    Attributes:
        token: an API token or a JWT; or what gives one, which is asked at every call, so that it may be renewed. It
            must be quick: whoever calls waits for it.
        tenant: the district that calls are for; needed by callers that have several.
        tls: whether the connection is encrypted.
        root_certificates: what the certificate of the server is signed by; what gRPC brings along when None.
        certificate, private_key: the client certificate with those that it is signed by, and its key.
        token_in_clear: whether the token may go over a connection that is not encrypted to another machine.
    """

    token: str | Callable[[], str] | None = field(default=None, repr=False)
    tenant: str = ""
    tls: bool = False
    root_certificates: bytes | Path | None = None
    certificate: bytes | Path | None = None
    private_key: bytes | Path | None = field(default=None, repr=False)
    token_in_clear: bool = False

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What goes with a call that is made now."""
        token = self.token() if callable(self.token) else self.token
        return (
            *((("authorization", f"Bearer {token}"),) if token else ()),
            *(((_TENANT, self.tenant),) if self.tenant else ()),
        )

    def for_channel(self, target: str) -> grpc.ChannelCredentials | None:
        """What a connection to `target` needs; None for one in clear.

        Raises:
            ValueError: when a token would travel in clear to another machine, or a certificate lacks its key.
            OSError: when a file cannot be read.
        """
        if (self.certificate is None) is not (self.private_key is None):
            message = "A client certificate and its private key are given together or not at all."
            raise ValueError(message)
        roots, chain, key = (_read(pem) for pem in (self.root_certificates, self.certificate, self.private_key))
        if self.tls or roots is not None or chain is not None:
            return grpc.ssl_channel_credentials(roots, key, chain)
        if self.token is not None and not self.token_in_clear and not _on_this_machine(target):
            message = (
                f"A token is not sent to {target} over a connection that is not encrypted: whoever listens could use "
                "it. Encrypt it (tls=True, or root_certificates), or say token_in_clear=True where something else "
                "encrypts it."
            )
            raise ValueError(message)
        return None


def _read(pem: bytes | Path | None) -> bytes | None:
    return pem.read_bytes() if isinstance(pem, Path) else pem


def _on_this_machine(target: str) -> bool:
    """Whether nothing leaves this machine that is sent to the target."""
    if target.startswith(("unix:", "unix-abstract:")):
        return True
    for scheme in _SCHEMES:
        target = target.removeprefix(scheme)
    host = target.rpartition("/")[2]
    host = host[1:].partition("]")[0] if host.startswith("[") else host.rpartition(":")[0] or host
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
