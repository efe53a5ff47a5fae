"""Where the decisions of recorded rosters stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, and_, select

from server.store.entries import Placed, Run
from server.store.roster_tables import roster_decisions, roster_runs, roster_segments

__all__ = ["placed"]

_RUN: Final = [roster_runs.c[name].label(f"run_{name}") for name in Run.__dataclass_fields__]
_PLACE: Final = [roster_decisions.c.id, roster_decisions.c.sequence, roster_segments.c.file, roster_segments.c.sha256]
_WHERE: Final = roster_decisions.join(roster_runs, roster_runs.c.id == roster_decisions.c.run).join(
    roster_segments,
    and_(roster_segments.c.run == roster_decisions.c.run, roster_segments.c.sequence == roster_decisions.c.sequence),
)


def placed(
    connection: Connection,
    conditions: Iterable[Any],
    *,
    order: Any = None,
    count: int | None = None,
) -> list[Placed]:
    """The decisions for which the conditions hold, and where they stand."""
    query = select(*_PLACE, *_RUN).select_from(_WHERE).where(*conditions)
    if order is not None:
        query = query.order_by(order)
    if count is not None:
        query = query.limit(count)
    return [
        Placed(row.id, Run(*row[len(_PLACE) :]), row.sequence, row.file, row.sha256)
        for row in connection.execute(query)
    ]
