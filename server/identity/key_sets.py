"""The public keys of the issuer of JWT: a JSON Web Key Set in a file or at a URL, read again now and then."""

from __future__ import annotations

import json
import ssl
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Final

import structlog
from jwt import PyJWK, PyJWKSet, PyJWTError

__all__ = ["KeySet", "KeysUnavailableError", "read_from"]

_FRESH_SECONDS: Final = 300.0
_AGAIN_SECONDS: Final = 10.0
"""How soon after one reading the next may be: whoever makes up names of keys must not have us ask all the time."""

_STALE_SECONDS: Final = 24 * 3600.0
"""How long keys are used that cannot be read again."""

_FETCH_SECONDS: Final = 5.0
_MOST_BYTES: Final = 512 * 1024

_log = structlog.stdlib.get_logger("server")


class KeysUnavailableError(Exception):
    """There are no keys: they could not be read."""


class KeySet:
    """The keys, by their ids. Safe to be used by many threads.

    Args:
        read: gives the text of the key set; raises OSError, HTTPException or ValueError where it cannot.
        now: the clock, in seconds.
    """

    def __init__(self, read: Callable[[], str], now: Callable[[], float] = monotonic) -> None:
        self._read = read
        self._now = now
        self._keys: dict[str | None, PyJWK] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading = Lock()

    def key(self, id_: str | None) -> PyJWK | None:
        """The key of that id; where no id is named the only one; None where there is none.

        Raises:
            KeysUnavailableError: when they cannot be read.
        """
        if self._old(_FRESH_SECONDS):
            self._refresh(wait=not self._keys)
        found = self._found(id_)
        if found is None and self._old(_AGAIN_SECONDS):  # it may be new
            self._refresh(wait=True)
            found = self._found(id_)
        if not self._keys or self._old(_STALE_SECONDS):
            raise KeysUnavailableError
        return found

    def _found(self, id_: str | None) -> PyJWK | None:
        keys = self._keys
        if id_ is not None:
            return keys.get(id_)
        return next(iter(keys.values())) if len(keys) == 1 else None

    def _old(self, seconds: float) -> bool:
        return self._read_at is None or self._now() - self._read_at >= seconds

    def _refresh(self, *, wait: bool) -> None:
        """Reads them, where nobody has a moment ago; with `wait` after whoever reads them now."""
        if not self._reading.acquire(blocking=wait):
            return
        try:
            if self._tried_at is not None and self._now() - self._tried_at < _AGAIN_SECONDS:
                return
            self._tried_at = self._now()
            self._keys = _public_keys(self._read())
            self._read_at = self._now()
        except (OSError, HTTPException, ValueError, PyJWTError) as error:
            _log.warning("jwt_keys_not_read", error=type(error).__name__)
        finally:
            self._reading.release()


def read_from(where: str, ca: Path | None = None) -> Callable[[], str]:
    """Reads the key set of a file, or of an `https` URL whose certificate is checked.

    Args:
        where: the file or URL.
        ca: what that certificate is signed by; those of the system when None.
    """
    if "://" not in where:
        return lambda: Path(where).read_text(encoding="utf-8")

    def fetched() -> str:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _NoRedirects())
        with opener.open(where, timeout=_FETCH_SECONDS) as answer:
            read: bytes = answer.read(_MOST_BYTES + 1)
        if len(read) > _MOST_BYTES:
            message = "the key set is too large"
            raise ValueError(message)
        return read.decode("utf-8")

    return fetched


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A key set stands where it is said to, and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _public_keys(text: str) -> dict[str | None, PyJWK]:
    """The keys that signatures are verified by. A secret that is shared is none of them, whatever it says.

    Raises:
        ValueError, PyJWTError: when it is no key set, or has none.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        message = "no key set"
        raise ValueError(message)  # noqa: TRY004 - what the text is, not a type of ours
    keys = PyJWKSet.from_dict(document).keys
    return {key.key_id: key for key in keys if key.key_type in ("RSA", "EC", "OKP") and key.public_key_use != "enc"}
