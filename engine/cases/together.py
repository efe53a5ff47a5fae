"""Several rulesets asked about one case at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from engine.calendars import Calendar
from engine.cases.checking import MAX_VIOLATIONS, undeclared
from engine.cases.engine import CaseEngine
from engine.cases.facts import declared, plain
from engine.decisions import Decision
from engine.errors import FactsError, Violation
from engine.feel.run import DEFAULT_STEPS
from engine.rulesets.facts import FactGroup, FactList, FactNode

__all__ = ["decide_together", "declared"]


def decide_together(
    engines: Sequence[CaseEngine],
    facts: bytes | str | Mapping[str, Any],
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: Calendar | None = None,
    defaults: Sequence[Calendar | None] = (),
    steps: int = DEFAULT_STEPS,
) -> tuple[Decision, ...]:
    """The decisions of one case by several rulesets, in their order; each reads the facts that it declares.

    Args:
        engines: the rulesets, each with its version.
        facts: JSON text, or a mapping of plain values, of all of them together.
        as_of: the decisions' date.
        rules_as_of: the date whose parameters are used; `as_of` when none is given.
        absent_is_none: whether facts left out read as none where they declare what none means.
        calendar: what school and business days are counted in by all of them.
        defaults: without `calendar`, what each of them counts in: its own default; none of them has one when empty.
        steps: steps that the expressions of each ruleset may take together.

    Raises:
        FactsError: a fact that no ruleset declares, or that one of them does not accept.
        RollbookError: as `CaseEngine.decide`.
    """
    if len(engines) == 1:
        given: Any = facts
        parts: list[Any] = [given]
    else:
        given = plain(facts)
        groups = [engine.ruleset.facts for engine in engines]
        if undeclared := _undeclared(groups, given):
            raise FactsError(undeclared)
        parts = [declared(group, given) for group in groups]
    calendars = defaults if calendar is None and defaults else [calendar] * len(engines)
    return tuple(
        engine.decide(
            part,
            as_of=as_of,
            rules_as_of=rules_as_of,
            absent_is_none=absent_is_none,
            calendar=own,
            steps=steps,
        )
        for engine, part, own in zip(engines, parts, calendars, strict=True)
    )


def _undeclared(groups: Sequence[FactGroup], facts: Any) -> tuple[Violation, ...]:
    found: list[Violation] = []
    for violation in _strange(list(groups), facts, ""):
        found.append(violation)
        if len(found) == MAX_VIOLATIONS:
            break
    return tuple(found)


def _strange(nodes: Sequence[FactNode], value: Any, path: str) -> Iterator[Violation]:
    """The entries that none of the nodes declares; what is of the wrong kind is left to each ruleset."""
    groups = [node for node in nodes if isinstance(node, FactGroup)]
    elements = [node.element for node in nodes if isinstance(node, FactList)]
    if groups and isinstance(value, Mapping):
        for name, entry in value.items():
            inner = f"{path}.{name}" if path else str(name)
            declaring = [group.entries[name] for group in groups if name in group.entries]
            if declaring:
                yield from _strange(declaring, entry, inner)
            else:
                yield undeclared(inner, str(name), {known: None for group in groups for known in group.entries})
    elif elements and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _strange(elements, item, f"{path}[{index}]")
