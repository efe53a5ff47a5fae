"""Where a server may listen, by what it knows of its callers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from server.config import Settings, SettingsError
from server.identity.identifier import Identifier
from server.identity.identify import Anyone, Identify
from server.metrics import Metrics
from server.store.database import Database
from server.store.identities import Identities
from server.store.schema import check_schema

__all__ = ["check_identity", "is_loopback", "make_identify"]


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine can reach that address."""
    address = address.removeprefix("[").removesuffix("]")
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def check_identity(settings: Settings) -> None:
    """Passes where the server may listen as it is told to.

    Raises:
        SettingsError: where strangers could call it, tokens would travel in clear, or settings belong together.
    """
    if not is_loopback(settings.address) and (settings.identity == "none" or settings.tls_certificate is None):
        lacking = [
            *(['`identity = "required"`'] if settings.identity == "none" else []),
            *(["`tls_certificate` and `tls_key`"] if settings.tls_certificate is None else []),
        ]
        why = (
            "anybody who reaches it could ask and read everything"
            if settings.identity == "none"
            else "tokens and what is known of students would travel in clear"
        )
        message = f"The server does not listen on {settings.address} like this: {why}. "
        message += f"Set {' and '.join(lacking)}, or leave `address` at 127.0.0.1. See docs/identity.md."
        raise SettingsError(message)
    together = {"tls_certificate": settings.tls_certificate, "tls_key": settings.tls_key}
    _all_or_none(together)
    if settings.tls_client_ca is not None and settings.tls_certificate is None:
        message = "`tls_client_ca` needs `tls_certificate` and `tls_key`."
        raise SettingsError(message)
    _all_or_none({name: getattr(settings, name) for name in ("jwt_issuer", "jwt_audience", "jwt_keys")})
    if settings.jwt_keys is not None and "://" in settings.jwt_keys and not settings.jwt_keys.startswith("https://"):
        message = "`jwt_keys` is a file or an https URL."
        raise SettingsError(message)
    if settings.identity == "required" and settings.jwt_issuer is None and settings.database_url is None:
        message = (
            "`identity` needs to know callers: set `database_url`, where they and their tokens stand, or `jwt_issuer`."
        )
        raise SettingsError(message)


def make_identify(settings: Settings, metrics: Metrics) -> Identify:
    """What says who calls.

    Raises:
        SettingsError: when the database cannot be used.
    """
    if settings.identity == "none":
        return Anyone()
    identities = web_tokens = None
    if settings.database_url is not None:
        database = Database(settings.database_url.get_secret_value())
        check_schema(database)
        identities = Identities(database)
    if settings.jwt_keys is not None and settings.jwt_issuer is not None and settings.jwt_audience is not None:
        from server.identity.key_sets import KeySet, read_from
        from server.identity.web_tokens import WebTokens

        web_tokens = WebTokens(
            KeySet(read_from(settings.jwt_keys, settings.jwt_keys_ca)),
            settings.jwt_issuer,
            settings.jwt_audience,
            settings.jwt_leeway_seconds,
            settings.jwt_tenants_claim,
            settings.jwt_roles_claim,
        )
    return Identifier(
        metrics,
        identities,
        web_tokens,
        certificates=settings.tls_client_ca is not None,
        cache_seconds=settings.identity_cache_seconds,
    )


def _all_or_none(settings: Mapping[str, object]) -> None:
    if any(value is not None for value in settings.values()) and None in settings.values():
        message = f"{', '.join(f'`{name}`' for name in settings)} are set together or not at all."
        raise SettingsError(message)
