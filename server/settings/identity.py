"""Who may call, and how callers and server prove who they are."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

__all__ = ["IdentitySettings"]


class IdentitySettings(BaseModel):
    """Who may call, and how callers and server prove who they are."""

    identity: Literal["none", "required"] = Field(
        "none",
        description="Whether callers must show who they are: `required` takes API tokens, client certificates and JWT. "
        "With `none` everybody may do everything, so the server listens on this machine only: any other `address` "
        "needs `required` and TLS.",
    )
    tls_certificate: Path | None = Field(
        None,
        description="The certificate of the server with those that it is signed by, PEM. With it connections are "
        "encrypted (TLS). A file that is renewed is taken up by the connections after that.",
    )
    tls_key: Path | None = Field(None, description="The private key of that certificate, PEM, without a passphrase.")
    tls_client_ca: Path | None = Field(
        None,
        description="Certificates that those of clients are signed by, PEM. With it every connection must bring a "
        "client certificate (mutual TLS), and who brings no token is the caller of its certificate.",
    )
    jwt_issuer: str | None = Field(
        None, description="Who signs JWT, exactly as their claim `iss` says it. Without it none are taken."
    )
    jwt_audience: str | None = Field(None, description="Whom JWT are made out to: this must be in their claim `aud`.")
    jwt_keys: str | None = Field(
        None,
        description="The public keys that JWT are verified by, a JSON Web Key Set: a file, or an `https` URL. They are "
        "read again every 5 minutes, and when a JWT names a key that is not among them.",
    )
    jwt_keys_ca: Path | None = Field(
        None,
        description="Certificates that the one of the host of `jwt_keys` is signed by, PEM; those of the system where "
        "it is left out.",
    )
    jwt_leeway_seconds: float = Field(
        30.0,
        ge=0,
        le=300,
        description="How far the clock of the issuer may be off, when the times of a JWT are checked.",
    )
    jwt_tenants_claim: str = Field(
        "rollbook_tenants", min_length=1, description="The claim that lists the districts of the caller of a JWT."
    )
    jwt_roles_claim: str = Field(
        "rollbook_roles",
        min_length=1,
        description="The claim that lists its roles, such as `decide:lausd/*`; what is no role of Rollbook is ignored.",
    )
    identity_cache_seconds: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="How long what was verified is not looked at again: a token that is revoked, or a caller that is "
        "changed or disabled, may be taken as it was for that long.",
    )
