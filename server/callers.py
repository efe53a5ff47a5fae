"""Who calls, for whom, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final, Literal, get_args

from server.errors import RefusalError

__all__ = ["ANYONE", "EVERYTHING", "ROLES", "Caller", "Grant", "Role"]

Role = Literal["decide", "read-log", "edit", "approve", "administer"]
"""What a caller may do: ask for decisions; read what was decided; write versions and submit them; approve and publish
what others submitted; everything that is about the server itself."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""All roles."""

EVERYTHING: Final = "*"
"""The pattern of all rulesets, and of what belongs to no one ruleset."""

_MOST_KNOWN: Final = 1000
"""Questions about rulesets whose answers a caller remembers: it asks about the same ones again and again."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, limited to some rulesets.

    Attributes:
        role: the role.
        rulesets: patterns of ids: `lausd/*`, `lausd/grade-marking`, or `*` for all.
    """

    role: Role
    rulesets: tuple[str, ...] = (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        name: the name that its decisions are logged under; request ids are its own.
        tenants: the districts whose students it may decide about and read of.
        tenant: that of these which its decisions are logged under; empty where it has several and has named none.
        grants: what it may do.
    """

    name: str
    tenants: tuple[str, ...]
    tenant: str
    grants: tuple[Grant, ...]
    _known: dict[tuple[object, ...], bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def patterns(self, role: Role) -> tuple[str, ...]:
        """The patterns of rulesets with which it has the role; none where it does not have it."""
        return tuple(pattern for grant in self.grants if grant.role == role for pattern in grant.rulesets)

    def may(self, role: Role, ruleset: str = EVERYTHING) -> bool:
        """Whether it has the role with the ruleset `district/name`; with all of them where none is named."""
        return any(
            pattern in (EVERYTHING, ruleset) or (ruleset != EVERYTHING and fnmatchcase(ruleset, pattern))
            for pattern in self.patterns(role)
        )

    def require(self, role: Role, *rulesets: str) -> None:
        """Passes where it has the role with each of these rulesets; with any at all where none is named.

        Raises:
            RefusalError: FORBIDDEN, with the role that is needed.
        """
        self.require_any((role,), *rulesets)

    def has_any(self, roles: tuple[Role, ...], *rulesets: str) -> bool:
        """Whether it has one of the roles with each of these rulesets; with any at all where none is named."""
        key = (roles, rulesets)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._has_any(roles, rulesets)
        return known

    def _has_any(self, roles: tuple[Role, ...], rulesets: tuple[str, ...]) -> bool:
        if not rulesets:
            return any(grant.role in roles and grant.rulesets for grant in self.grants)
        return all(any(self.may(role, ruleset) for role in roles) for ruleset in rulesets)

    def require_any(self, roles: tuple[Role, ...], *rulesets: str) -> None:
        """Passes where it has one of the roles with each of these rulesets; with any at all where none is named.

        No roles are no condition.

        Raises:
            RefusalError: FORBIDDEN, with the roles of which one is needed.
        """
        if roles and not self.has_any(roles, *rulesets):
            message = f"The caller needs the role {' or '.join(roles)}" + (" for this ruleset." if rulesets else ".")
            raise RefusalError("FORBIDDEN", message, metadata={"role": ", ".join(roles)})


ANYONE: Final = Caller("anonymous", ("default",), "default", tuple(Grant(role) for role in ROLES))
"""Every caller of a server without identities, which listens on this machine only."""
