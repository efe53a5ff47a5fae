"""The decision log as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from clients.cli.console import json_text
from clients.cli.pages.decision import show_decision

if TYPE_CHECKING:
    from rollbook import LoggedDecision, Replay, RosterRecord
    from server.store.upkeep import Act, Hold

__all__ = ["show_acts", "show_holds", "show_list", "show_logged", "show_replays", "show_runs"]


def show_logged(page: Console, logged: LoggedDecision) -> None:
    """One decision, with what it was made from."""
    decision = logged.decision
    page.print(f"{decision.decision_id}  {_time(logged.decided_at)}")
    about = {
        "district": logged.tenant,
        "caller": logged.caller,
        "request": logged.request_id,
        "subject": logged.subject,
        "school": logged.school,
        "case": decision.case_id,
        "roster": logged.roster_run,
        "version": decision.version,
        "engine": decision.versions.engine,
    }
    for name, value in about.items():
        if value:
            page.print(f"  {name}: {value}", soft_wrap=True)
    page.print()
    show_decision(page, decision)
    page.print("\nFacts:")
    page.print(json_text(logged.facts), soft_wrap=True)


def show_list(page: Console, found: Iterable[LoggedDecision]) -> None:
    """A line for each, whose columns stand below each other however long they are."""
    lines = [("decision", "time", "ruleset", "outcome", "subject", "caller")]
    for logged in found:
        decision = logged.decision
        lines.append(
            (
                decision.decision_id,
                _time(logged.decided_at),
                decision.ruleset.removeprefix("rulesets/"),
                decision.outcome or "indeterminate",
                logged.subject,
                logged.caller,
            )
        )
    _table(page, lines)


def show_runs(page: Console, found: Iterable[RosterRecord]) -> None:
    """A line for each recorded roster."""
    head = ("roster", "began", "ended", "ruleset", "decided", "rejected", "caller", "run id")
    lines = (
        (
            run.roster_run,
            _time(run.started_at),
            "" if run.ended_at is None else _time(run.ended_at),
            run.versions.rulesets[0].ruleset.removeprefix("rulesets/"),
            str(run.decided_count),
            str(run.rejected_count),
            run.caller,
            run.run_id,
        )
        for run in found
    )
    _table(page, [head, *lines])


def show_replays(page: Console, found: Mapping[str, Replay]) -> None:
    """Whether each came out as it was recorded, and what did not."""
    for id_, replay in found.items():
        page.print(f"{id_}: {'the same' if replay.same else 'differs'}")
        for difference in replay.differences:
            recorded, replayed = difference.recorded or "nothing", difference.replayed or "nothing"
            page.print(f"  {difference.path}: recorded {recorded}, now {replayed}", soft_wrap=True)
    different = sum(not replay.same for replay in found.values())
    page.print(f"{len(found)} replayed, {different} {'differs' if different == 1 else 'differ'}.")


def show_holds(page: Console, found: Iterable[Hold]) -> None:
    """A line for each."""
    for hold in found:
        covers = ", ".join(
            (f"subject {hold.subject}" if hold.subject else "every subject", hold.ruleset or "every ruleset")
        )
        page.print(f"{hold.id}  {_of(hold.placed_at)}  {covers}: {hold.reason}", soft_wrap=True)


def show_acts(page: Console, acts: Iterable[Act]) -> None:
    """A line for each."""
    for act in acts:
        page.print(f"{_of(act.at)}  {act.actor}  {act.action}  {json.dumps(act.details)}", soft_wrap=True)


def _of(milliseconds: int) -> str:
    return _time(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def _table(page: Console, lines: Sequence[tuple[str, ...]]) -> None:
    """Columns below each other, however long they are."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        page.print("  ".join(cells).rstrip(), soft_wrap=True)
