"""Which decisions a caller may read: those of its districts, by the rulesets that it may read. The database filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Table, false, or_

__all__ = ["Scope"]

_ALL: Final = "*"
_ESCAPE: Final = "!"


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be read.

    Attributes:
        tenants: decisions of these districts only.
        rulesets: and by these rulesets: patterns such as `lausd/*`, `lausd/grade-marking`, or `*` for all.
    """

    tenants: tuple[str, ...]
    rulesets: tuple[str, ...] = (_ALL,)

    def conditions(self, table: Table) -> Iterator[Any]:
        """What must hold of a row of `table`, which has the columns `tenant` and `ruleset`."""
        yield table.c.tenant.in_(self.tenants)
        if _ALL in self.rulesets:
            return
        yield or_(false(), *(_matches(table.c.ruleset, pattern) for pattern in self.rulesets))


def _matches(column: Any, pattern: str) -> Any:
    """Whether the column is as the pattern; only `*` has a meaning in one."""
    if _ALL not in pattern:
        return column == pattern
    for special in (_ESCAPE, "%", "_"):
        pattern = pattern.replace(special, _ESCAPE + special)
    return column.like(pattern.replace(_ALL, "%"), escape=_ESCAPE)
