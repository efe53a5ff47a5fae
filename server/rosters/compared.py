"""What the header of a comparison asks, checked against what is served, as the assignment of a child process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from engine.documents import Documents
from engine.errors import Violation
from engine.rulesets.yaml_source import MAX_BYTES
from rollbook.v1.roster_service_pb2 import ComparedRuleset, ComparisonHeader
from server.calendars import named_calendar
from server.catalogue import Snapshot
from server.catalogues.served import Edition
from server.config import Settings
from server.errors import too_large
from server.requests import invalid, read_date
from server.rosters.asked import check_columns, check_run_id, ruled
from server.rosters.assignment import Assignment, Ruled

__all__ = ["comparing"]

_USUAL_EXAMPLES: Final = 5
_MOST_EXAMPLES: Final = 100

CheckDraft = Callable[[str, str, Documents], None]
"""Passes where the text of a draft, which stands in the field that is named, has no errors beside these documents."""


def comparing(header: ComparisonHeader, snapshot: Snapshot, settings: Settings, check_draft: CheckDraft) -> Assignment:
    """What a child process is to do for CompareRulesets.

    Raises:
        RefusalError: what is wrong with the header or with a draft, or cannot be served.
    """
    check_run_id(header.run_id)
    as_of = read_date(header.as_of, "header.as_of")
    usual = read_date(header.rules_as_of, "header.rules_as_of") if header.HasField("rules_as_of") else as_of
    examples = header.max_examples or _USUAL_EXAMPLES
    if not 0 < examples <= _MOST_EXAMPLES:
        expected = f"1 to {_MOST_EXAMPLES}, or left out"
        invalid((Violation("header.max_examples", expected, "So many examples are not given."),))
    id_columns = check_columns(header.id_columns)
    sides = []
    for field in ("before", "after"):
        side: ComparedRuleset = getattr(header, field)
        sides.append(_ruled(side, f"header.{field}", header.calendar, snapshot, usual, check_draft))
    return Assignment(
        task="compare",
        rulesets=tuple(sides),
        as_of=as_of,
        absent_is_none=header.absent_is_none,
        id_columns=id_columns,
        max_batch_cases=settings.roster_max_batch_cases,
        max_message_bytes=settings.roster_max_message_bytes,
        max_nesting=settings.max_nesting,
        memory_limit=settings.roster_memory,
        threads=settings.roster_threads,
        max_examples=examples,
    )


def _ruled(
    side: ComparedRuleset, field: str, calendar: str, snapshot: Snapshot, usual: date, check_draft: CheckDraft
) -> Ruled:
    rules_as_of = read_date(side.rules_as_of, f"{field}.rules_as_of") if side.HasField("rules_as_of") else usual
    which = side.WhichOneof("ruleset")
    if which == "name":
        found, _ = ruled(side.name, f"{field}.name", snapshot, rules_as_of, calendar)
        return found
    if which == "ruleset_yaml":
        text = side.ruleset_yaml
        if len(text) > MAX_BYTES:
            what = "The document is too large."
            raise too_large("document-characters", MAX_BYTES, len(text), what, f"{field}.ruleset_yaml")
        edition = snapshot.on(rules_as_of)
        days = named_calendar(calendar, edition.library, "header.calendar") if calendar else None
        check_draft(text, f"{field}.ruleset_yaml", edition.documents)
        loaded = edition.library.calendars.loaded
        counted_in = None if days is None else loaded[days.name].text
        calendars = {name: one.text for name, one in loaded.items()}
        return Ruled("", text, _neighbours(edition), "", rules_as_of, counted_in, calendars, snapshot.source)
    return invalid((Violation(field, "`name` or `ruleset_yaml`", "Which ruleset is compared must be said."),))


def _neighbours(edition: Edition) -> dict[str, str]:
    """The documents that a draft may build on, and those that these build on."""
    texts: dict[str, str] = {}
    for served in edition.served.values():
        texts |= served.loaded.built_on
    return texts | {id_: served.loaded.text for id_, served in edition.served.items()}
