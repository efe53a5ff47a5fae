"""What is worked out for each element of a list, step by step, as columns are for each case."""

from __future__ import annotations

import re

from engine.feel.sql import Plan

__all__ = ["Elements"]


class Elements:
    """A list made of another one: each element by what was held of it.

    An expression of SQL has no names for its parts. Held are the parts that others read more than once: a structure of
    them goes through one `list_transform` after another, each of which adds what builds on what it has.

    Attributes:
        item: the variable that what is held first reads an element of the other list as.
    """

    def __init__(self, plan: Plan) -> None:
        self.item = plan.item()
        self._plan = plan
        self._held = plan.item()
        self._reads = re.compile(rf"(?<!\w){re.escape(self._held)}\.h([0-9]+)\b")
        self._parts: list[str] = []
        self._steps: list[int] = []

    def hold(self, sql: str) -> str:
        """What reads `sql`, which reads either the item or what is held; worked out once for each element."""
        if not self._plan.in_loop(sql):
            return self._plan.column(sql)
        if sql not in self._parts:
            self._parts.append(sql)
            self._steps.append(max((self._steps[part] + 1 for part in self._read(sql)), default=0))
        return f"{self._held}.h{self._parts.index(sql)}"

    def listed(self, domain: str, element: str) -> str:
        """The list with an `element`, which reads what is held, for each item of the list `domain`."""
        text, variable = domain, self.item
        for step in range(max(self._steps, default=-1) + 1):
            later = [element, *(sql for sql, at in zip(self._parts, self._steps, strict=True) if at > step)]
            read = sorted({part for sql in later for part in self._read(sql)})
            fields = (
                f"h{part} := {self._parts[part] if self._steps[part] == step else f'{self._held}.h{part}'}"
                for part in read
                if self._steps[part] <= step
            )
            packed = ", ".join(fields) or "h := NULL"
            text, variable = f"list_transform({text}, lambda {variable}: struct_pack({packed}))", self._held
        return f"list_transform({text}, lambda {variable}: {element})"

    def _read(self, sql: str) -> list[int]:
        return [int(part) for part in self._reads.findall(sql)]
