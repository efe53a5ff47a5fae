"""SIGHUP: other settings, other workers, and nobody who asks meanwhile notices."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import date

import pytest

import rollbook
from tests.server.supervisor.load import Load
from tests.server.supervisor.running import Supervised

RELOADS = 2


def reload(supervised: Supervised, times: int = 1) -> None:
    done = len(supervised.events("reloaded"))
    for one in range(times):
        supervised.signal(signal.SIGHUP)
        supervised.wait_for("reloaded", done + one + 1)


def test_no_call_is_dropped(supervised: Supervised) -> None:
    before = supervised.workers()
    with Load(supervised.target) as load:
        for _ in range(RELOADS):
            load.wait(200)
            reload(supervised)
        load.wait(200)
    assert not load.errors
    after = supervised.workers()
    assert len(after) == 2
    assert not set(before) & set(after)
    assert supervised.sum("rollbook_worker_replacements_total", why="reload") == 2 * RELOADS
    assert not supervised.events("worker_ended")


def test_workers_take_over_what_was_changed(supervised: Supervised) -> None:
    with rollbook.Client(supervised.target) as client:
        supervised.configure(max_batch_cases=1)
        reload(supervised)
        with pytest.raises(rollbook.RollbookError, match="cases"):
            client.decide_batch("demo/marks", [{}, {}], as_of=date(2018, 9, 14), mode=rollbook.Mode.TRY)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"threads": 1}, "threads"),
        ({"unknown": 1}, "unknown"),
        ({"workers": 3}, "stopped and started"),
        ({"rulesets": "nowhere"}, "does not exist"),
        ({"database_url": "sqlite:////nowhere/log.db", "pin_core": 4000}, "pin_core"),
    ],
)
def test_what_cannot_be_used_changes_nothing(supervised: Supervised, change: dict[str, int | str], said: str) -> None:
    before = supervised.workers()
    supervised.configure(**change)
    supervised.signal(signal.SIGHUP)
    supervised.wait_for("reload_refused")
    assert said in supervised.events("reload_refused")[0]["error"]
    assert supervised.workers() == before
    before[0].kill()
    supervised.wait_for("worker_ready", 3)  # by the settings before


def test_a_reload_brings_back_a_worker_that_could_not_start(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(worker_backoff_seconds=3600)
    place = supervised.config.parent
    (place / "rulesets").rename(place / "elsewhere")
    supervised.workers()[0].kill()
    supervised.wait_for("worker_ended", 2)
    assert supervised.sum("rollbook_workers") == 1
    supervised.configure(rulesets=str(place / "elsewhere"))
    reload(supervised)
    assert supervised.sum("rollbook_workers") == 2
