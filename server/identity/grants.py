"""Roles as people and claims write them: `decide`, `decide:lausd/*`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from server.callers import EVERYTHING, ROLES, Grant

__all__ = ["MOST_TENANT_CHARACTERS", "grants_of", "is_tenant", "read_grant", "written"]

MOST_TENANT_CHARACTERS: Final = 64

_SEGMENT: Final = r"[a-z0-9*]+(?:-[a-z0-9*]+)*"
_PATTERN: Final = re.compile(rf"\*|{_SEGMENT}/{_SEGMENT}")
_TENANT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


def read_grant(text: str) -> Grant | None:
    """The role in `role` or `role:pattern`; None where it is none.

    A pattern is `*` or `district/name`, with `*` for any characters; calendars are `calendars/name`.
    """
    name, colon, pattern = text.partition(":")
    role = next((role for role in ROLES if role == name), None)
    if not colon:
        pattern = EVERYTHING
    if role is None or len(pattern) > 200 or _PATTERN.fullmatch(pattern) is None:
        return None
    return Grant(role, (pattern,))


def grants_of(texts: Iterable[str]) -> tuple[Grant, ...]:
    """The roles among these texts, one grant for each role; what is none is left out."""
    patterns: dict[str, list[str]] = {}
    for text in texts:
        if (grant := read_grant(text)) is not None:
            patterns.setdefault(grant.role, []).extend(grant.rulesets)
    return tuple(Grant(role, tuple(dict.fromkeys(patterns[role]))) for role in ROLES if role in patterns)


def written(grants: Iterable[Grant]) -> list[str]:
    """The grants as `read_grant` reads them."""
    return [
        grant.role if pattern == EVERYTHING else f"{grant.role}:{pattern}"
        for grant in grants
        for pattern in grant.rulesets
    ]


def is_tenant(text: str) -> bool:
    """Whether it can be the name of a district: 1 to 64 letters, digits, dots, hyphens and underscores."""
    return _TENANT.fullmatch(text) is not None
