"""Which decisions a legal hold keeps from being deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, exists, or_

from server.store.tables import holds

__all__ = ["covers", "held", "not_released"]


def held(table: Table) -> Any:
    """Whether a hold that is not released covers the row of a table with decisions."""
    return exists().where(holds.c.tenant == table.c.tenant, covers(table), not_released())


def covers(table: Table) -> Any:
    """Whether a hold covers a decision of its tenant."""
    return and_(
        or_(holds.c.subject == "", holds.c.subject == table.c.subject),
        or_(holds.c.ruleset == "", holds.c.ruleset == table.c.ruleset),
    )


def not_released() -> Any:
    """Whether a hold still holds."""
    return holds.c.released_at.is_(None)
