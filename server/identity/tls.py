"""How the server proves who it is: certificate and key from files, taken up anew when they are renewed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

import grpc
import structlog

from server.config import Settings, SettingsError

__all__ = ["server_credentials"]

_LOOK_SECONDS: Final = 1.0

_log = structlog.stdlib.get_logger("server")


def server_credentials(settings: Settings, now: Callable[[], float] = monotonic) -> grpc.ServerCredentials | None:
    """How the server proves who it is, by files that are looked at again when a client connects; None without TLS.

    Raises:
        SettingsError: when the files cannot be used.
    """
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    files = _Files(settings.tls_certificate, settings.tls_key, settings.tls_client_ca, now)
    required = settings.tls_client_ca is not None
    # that it may give None stands in its documentation, if not in its types
    return grpc.dynamic_ssl_server_credentials(files.configuration(), files.renewed, required)  # type: ignore[arg-type]


class _Files:
    """The files of a server's certificate."""

    def __init__(self, certificate: Path, key: Path, client_ca: Path | None, now: Callable[[], float]) -> None:
        self._certificate, self._key, self._client_ca = certificate, key, client_ca
        self._now = now
        self._looking = Lock()
        self._looked_at = now()
        self._stamp = self._stamped()

    def configuration(self) -> grpc.ServerCertificateConfiguration:
        """What they hold now.

        Raises:
            SettingsError: when they cannot be used.
        """
        try:
            certificate, key = self._certificate.read_bytes(), self._key.read_bytes()
            client_ca = None if self._client_ca is None else self._client_ca.read_bytes()
            # refuses a key of another certificate, and what is none; gRPC would only fail every connection
            checking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            checking.load_cert_chain(self._certificate, self._key, password=_no_passphrase)
            if self._client_ca is not None:
                checking.load_verify_locations(self._client_ca)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            files = ", ".join(str(file) for file in (self._certificate, self._key, self._client_ca) if file is not None)
            message = f"TLS cannot be used with {files}: they cannot be read, or do not belong together "
            message += f"({type(error).__name__}). `rollbook doctor` says more."
            raise SettingsError(message) from None
        return grpc.ssl_server_certificate_configuration([(key, certificate)], client_ca)

    def renewed(self) -> grpc.ServerCertificateConfiguration | None:
        """What they hold, where they were renewed since; None where not, and where they cannot be used yet."""
        with self._looking:
            if self._now() - self._looked_at < _LOOK_SECONDS:
                return None
            self._looked_at = self._now()
            if (stamp := self._stamped()) == self._stamp:
                return None
            try:
                configuration = self.configuration()
            except SettingsError:
                # certificate and key are renewed one after the other
                _log.warning("certificate_not_renewed", file=str(self._certificate))
                return None
            self._stamp = stamp
            _log.info("certificate_renewed", file=str(self._certificate))
            return configuration

    def _stamped(self) -> tuple[object, ...]:
        """What changes when a file does."""
        files = [file for file in (self._certificate, self._key, self._client_ca) if file is not None]
        return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _no_passphrase() -> str:
    message = "the key has a passphrase"
    raise ValueError(message)
