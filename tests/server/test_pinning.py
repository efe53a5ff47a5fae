"""Keeping a process on one core: tried in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CORES = sorted(os.sched_getaffinity(0))

PROGRAM = """
import json, os, sys, threading
from server.pinning import pin

wait = threading.Event()
before = threading.Thread(target=wait.wait, daemon=True)
before.start()
said = sys.argv[1]
core = pin(int(said) if said.isdigit() else said, batch=sys.argv[2:] == ["batch"])
after = threading.Thread(target=wait.wait, daemon=True)
after.start()
threads = threading.main_thread(), before, after
allowed = [sorted(os.sched_getaffinity(thread.native_id)) for thread in threads]
batch = [os.sched_getscheduler(thread.native_id) == os.SCHED_BATCH for thread in threads]
wait.set()
print(json.dumps([core, allowed, batch]))
"""


def pinned(*said: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *said], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        pytest.fail(done.stderr)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("said", "core"), [("auto", CORES[-1]), (str(CORES[0]), CORES[0])])
def test_every_thread_stays_on_the_core(said: str, core: int) -> None:
    assert pinned(said) == [core, [[core]] * 3, [False] * 3]


def test_threads_that_do_not_interrupt_each_other() -> None:
    assert pinned("auto", "batch") == [CORES[-1], [[CORES[-1]]] * 3, [True] * 3]


def test_off() -> None:
    assert pinned("off") == [None, [CORES] * 3, [False] * 3]


def test_a_core_that_it_may_not_use() -> None:
    with pytest.raises(pytest.fail.Exception, match="may use only"):
        pinned("9999")
