"""What tests ask of findings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.config import Settings
from server.doctor import Finding, State

__all__ = ["settings", "states", "the"]


def settings(**said: Any) -> Settings:
    """Settings as they are without a file."""
    return Settings(**said)


def states(findings: Iterable[Finding]) -> dict[str, State]:
    """The gravest state of each subject."""
    order = list(State)
    found: dict[str, State] = {}
    for finding in findings:
        found[finding.subject] = max(found.get(finding.subject, State.OK), finding.state, key=order.index)
    return found


def the(findings: Iterable[Finding], state: State) -> Finding:
    """The one finding of that state; whatever is not ok says what to do."""
    found = [finding for finding in findings if finding.state is state]
    assert len(found) == 1, found
    assert state is State.OK or found[0].remedy
    return found[0]
