"""API tokens: `rbk_<id>_<secret>`. The id finds the token, the secret shows that it is the caller's."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

__all__ = ["PREFIX", "ApiToken", "new_token", "read_token", "secret_fits"]

PREFIX: Final = "rbk_"
"""What tokens begin with, so that scanners of source code recognise one."""

_ID_BYTES: Final = 8
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(rf"{PREFIX}([0-9a-f]{{{2 * _ID_BYTES}}})_([0-9a-f]{{{2 * _SECRET_BYTES}}})")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token.

    Attributes:
        id: what it is found by; no secret.
        secret: 256 random bits.
    """

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """As the caller sends it."""
        return f"{PREFIX}{self.id}_{self.secret}"

    @property
    def secret_sha256(self) -> bytes:
        """What is stored of the secret: 256 random bits cannot be guessed from it, however fast the hash is."""
        return hashlib.sha256(self.secret.encode()).digest()


def new_token() -> ApiToken:
    """A new one, from the system's generator for secrets."""
    return ApiToken(secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES))


def read_token(text: str) -> ApiToken | None:
    """The token in `text`; None where it is none."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else ApiToken(found[1], found[2])


def secret_fits(token: ApiToken, secret_sha256: bytes) -> bool:
    """Whether the secret is the one whose hash is stored; takes the same time whichever byte differs."""
    return hmac.compare_digest(token.secret_sha256, secret_sha256)
