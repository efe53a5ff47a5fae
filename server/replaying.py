"""A logged decision made again, by the versions that it was made by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec
from google.protobuf import json_format

from engine.calendars import Calendar
from engine.calendars.loading import check_calendar
from engine.cases import CaseEngine
from engine.errors import Reason, RulesetError
from engine.rulesets.binding.workbench import NotUsable
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from engine.rulesets.problems import Problem
from rollbook.v1.decision_log_pb2 import ReplayDifference
from rollbook.v1.decision_pb2 import Decision
from server.replies import DecisionWriter

__all__ = ["Again", "checked_ruleset", "decide_again", "differences", "replay"]


class Again(msgspec.Struct, frozen=True):
    """What a decision was made from.

    Attributes:
        ruleset: its id.
        documents: YAML by id, of the ruleset and of those that it builds on.
        calendar: name and YAML of the calendar that was read, or None.
        facts: canonical JSON.
        source: where the version was read from, a number of `rollbook.v1.RulesetSource`.
        steps: steps that its expressions may take.
    """

    ruleset: str
    documents: dict[str, str]
    calendar: tuple[str, str] | None
    facts: str
    as_of: date
    rules_as_of: date
    absent_is_none: bool
    case_id: str
    source: Any
    steps: int


def replay(again: Again) -> Decision:
    """The decision as it comes out now, from the documents alone.

    Raises:
        RulesetError: when this release cannot read them.
        RollbookError: as `CaseEngine.decide`.
    """
    checked = checked_ruleset(again.documents, again.ruleset)
    return decide_again(again, CaseEngine.build(checked), DecisionWriter(checked, again.source))


def decide_again(again: Again, engine: CaseEngine, writer: DecisionWriter) -> Decision:
    """The decision as it comes out now, by an engine of its version; it has no id."""
    made = engine.decide(
        again.facts,
        as_of=again.as_of,
        rules_as_of=again.rules_as_of,
        absent_is_none=again.absent_is_none,
        calendar=_calendar(again),
        steps=again.steps,
    )
    message = Decision()
    writer.write(message, made, again.case_id)
    message.ClearField("decision_id")
    return message


def differences(recorded: Decision, replayed: Decision) -> Iterator[ReplayDifference]:
    """What came out otherwise, in the order of the fields; ids, modes and the engine's version are not compared."""
    yield from _differing("", _comparable(recorded), _comparable(replayed))


_NOTHING: Final = object()


def _comparable(decision: Decision) -> dict[str, Any]:
    kept = Decision()
    kept.CopyFrom(decision)
    kept.ClearField("decision_id")
    kept.ClearField("mode")
    kept.versions.ClearField("engine")
    return dict(json_format.MessageToDict(kept, preserving_proto_field_name=True))


def _differing(path: str, recorded: Any, replayed: Any) -> Iterator[ReplayDifference]:
    if isinstance(recorded, dict) and isinstance(replayed, dict):
        for name in dict.fromkeys((*recorded, *replayed)):
            inner = f"{path}.{name}" if path else name
            yield from _differing(inner, recorded.get(name, _NOTHING), replayed.get(name, _NOTHING))
    elif isinstance(recorded, list) and isinstance(replayed, list):
        for index in range(max(len(recorded), len(replayed))):
            yield from _differing(f"{path}[{index}]", _at(recorded, index), _at(replayed, index))
    elif recorded != replayed:
        yield ReplayDifference(path=path, recorded=_text(recorded), replayed=_text(replayed))


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else _NOTHING


def _text(value: Any) -> str:
    return "" if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def checked_ruleset(documents: Mapping[str, str], id_: str) -> CheckedRuleset:
    """The ruleset in documents that were recorded, by id: its own, and those that it builds on.

    Raises:
        RulesetError: when this release cannot read them.
    """

    def find(other: str) -> CheckedRuleset | NotUsable:
        if other not in documents:
            return NotUsable("it was not recorded.")
        found, _ = check_text(documents[other], f"{other}/ruleset.yaml", find)
        return found or NotUsable("it has errors of its own.")

    checked, problems = check_text(documents[id_], f"{id_}/ruleset.yaml", find)
    if checked is None:
        raise _unreadable(problems)
    return checked


def _calendar(again: Again) -> Calendar | None:
    if again.calendar is None:
        return None
    name, text = again.calendar
    calendar, problems = check_calendar(text, f"calendars/{name}.yaml")
    if calendar is None:
        raise _unreadable(problems)
    return calendar


def _unreadable(problems: tuple[Problem, ...]) -> RulesetError:
    error = RulesetError(problems, "This release cannot read the version that was recorded.")
    assert error.reason is Reason.RULESET_INVALID
    return error
