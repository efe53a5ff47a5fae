"""JWT (RFC 7519) of an identity provider: the claims say who calls, for which districts, with which roles."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import jwt

from server.callers import Caller
from server.errors import RefusalError
from server.identity.grants import grants_of, is_tenant
from server.identity.identify import NotIdentifiedError
from server.identity.key_sets import KeySet, KeysUnavailableError

__all__ = ["ALGORITHMS", "NAME_PREFIX", "WebTokens"]

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures that are taken: all with a private key at the issuer. None with a shared secret, and not `none`."""

NAME_PREFIX: Final = "jwt:"
"""What the names of callers begin with that come from a JWT: nobody can choose a subject that is another's name."""

_LEAST_RSA_BITS: Final = 2048
_MOST_CHARACTERS: Final = 150
_REQUIRED: Final = ["exp", "iss", "aud", "sub"]
_WHY: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (jwt.ExpiredSignatureError, "expired", "The token has expired; get a new one."),
    (jwt.ImmatureSignatureError, "not-yet-valid", "The token is not valid yet; are the clocks right?"),
    (jwt.InvalidAudienceError, "audience", "The token is made out to somebody else."),
    (jwt.InvalidIssuerError, "issuer", "The token is of another issuer."),
    (jwt.MissingRequiredClaimError, "claims", "The token lacks a claim: exp, iss, aud and sub are needed."),
)


@dataclass(frozen=True, slots=True)
class WebTokens:
    """Verifies JWT.

    Attributes:
        keys: the keys of the issuer.
        issuer, audience: what the claims `iss` and `aud` must say.
        leeway: seconds by which clocks may differ.
        tenants_claim, roles_claim: the claims that list districts and roles.
    """

    keys: KeySet
    issuer: str
    audience: str
    leeway: float
    tenants_claim: str
    roles_claim: str

    def caller(self, token: str) -> tuple[Caller, float]:
        """Whose it is, and for how many seconds it is valid yet.

        Raises:
            RefusalError: UNAUTHENTICATED where it is not valid; NOT_READY where the keys cannot be read.
        """
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):  # whatever anybody writes into it
            _refuse("malformed", "The token cannot be read.")
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            _refuse("algorithm", "The token is not signed in a way that is taken here.")
        claims = self._verified(token, algorithm, header.get("kid"))
        return self._of(claims), float(claims["exp"]) + self.leeway - time.time()

    def _verified(self, token: str, algorithm: str, key_id: str | None) -> Mapping[str, Any]:
        try:
            key = self.keys.key(key_id)
        except KeysUnavailableError:
            message = "The keys of the issuer cannot be read now, so tokens cannot be verified; try again."
            raise RefusalError("NOT_READY", message) from None
        if key is None:
            _refuse("unknown-key", "The token is signed with a key that its issuer does not name.")
        if getattr(key.key, "key_size", _LEAST_RSA_BITS) < _LEAST_RSA_BITS and key.key_type == "RSA":
            _refuse("weak-key", "The token is signed with a key that is too short.")
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.leeway,
                options={"require": _REQUIRED},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:  # a key of another kind is a TypeError
            for kind, why, message in _WHY:
                if isinstance(error, kind):
                    _refuse(why, message)
            _refuse("signature", "The signature of the token is not right.")
        return claims

    def _of(self, claims: Mapping[str, Any]) -> Caller:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _MOST_CHARACTERS or not subject.isprintable():
            _refuse("claims", "The claim sub of the token is no name that can be recorded.")
        name = NAME_PREFIX + subject
        tenants = tuple(dict.fromkeys(filter(is_tenant, _listed(claims.get(self.tenants_claim)))))
        if not tenants:
            raise NotIdentifiedError("no-tenant", f"The token names no district in {self.tenants_claim}.", name)
        grants = grants_of(_listed(claims.get(self.roles_claim)))
        return Caller(name, tenants, tenants[0] if len(tenants) == 1 else "", grants)


def _listed(claim: object) -> list[str]:
    """What a claim lists: a list of texts, or one text with spaces between them, as `scope` has it."""
    if isinstance(claim, str):
        return claim.split()
    return [one for one in claim if isinstance(one, str)] if isinstance(claim, list) else []


def _refuse(why: str, message: str) -> NoReturn:
    raise NotIdentifiedError(why, message)
