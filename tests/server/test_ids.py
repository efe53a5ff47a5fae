"""Decision ids are UUIDs of version 7: canonical, different, sorted by time."""

from __future__ import annotations

import time
import uuid

import pytest

from server import ids


def test_a_uuid_of_version_7_with_the_time_in_it() -> None:
    before = time.time_ns() // 1_000_000
    text = ids.new_decision_id()
    made = uuid.UUID(text)
    assert str(made) == text
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_no_two_are_the_same() -> None:
    assert len({ids.new_decision_id() for _ in range(10_000)}) == 10_000


def test_they_sort_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**18, 10**18 + 100 * 1_000_000, 1_000_000))
    monkeypatch.setattr(time, "time_ns", lambda: next(ticks))
    made = [ids.new_decision_id() for _ in range(100)]
    assert made == sorted(made)
