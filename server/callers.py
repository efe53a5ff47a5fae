"""Who calls, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["ANYONE", "Caller"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    Attributes:
        name: the name that its decisions are logged under; request ids are its own.
        tenants: the districts whose students it may decide about and read of; decisions are logged under the first.
    """

    name: str
    tenants: tuple[str, ...]

    @property
    def tenant(self) -> str:
        """The district that its decisions are logged under."""
        return self.tenants[0]


ANYONE: Final = Caller("anonymous", ("default",))
"""Every caller, until there are identities."""
