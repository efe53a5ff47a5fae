"""A clock that jumps while decisions are made: a day back, ten years on, and back again."""

from __future__ import annotations

from pathlib import Path
from time import time_ns

import rollbook
from server.ids import first_id_at
from tests.server.faults.comparing import TIMES, asked_again, compare
from tests.server.processes import serving
from tests.server.running import Folder
from tests.server.supervisor.load import Load

JUMPS = ("-1d", "+3652d", "-9000d", "+0", "-1d", "+30d")
"""What is added to the time; of a server whose clock is right, nothing."""

ANSWERS = 40
"""Decisions that are received between two jumps, at least; a clock that is read from a file is slow."""

DAY = 24 * 3600 * 1000


class Clock:
    """The clock of a process, which libfaketime reads from a file each time that it is asked."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")

    @property
    def environment(self) -> dict[str, str]:
        """What the process is started with."""
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        assert found, "libfaketime is not installed (Debian: faketime)"
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # that clock never jumps
            "FAKETIME_DONT_RESET": "1",
        }

    def set(self, jump: str) -> None:
        """Has the clock be so far from the right time."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{jump}\n", encoding="utf-8")
        part.replace(self._file)


def test_a_clock_that_jumps(folder: Folder, url: str, tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    began = time_ns() // 1_000_000
    with serving(folder.path, database_url=url, environment=clock.environment) as (process, port):
        with Load(f"127.0.0.1:{port}", rollbook.Mode.RECORD) as load:
            load.wait(ANSWERS)
            for number in range(TIMES):
                clock.set(JUMPS[number % len(JUMPS)])
                load.wait(ANSWERS)
        assert process.poll() is None
        assert not load.errors, "no call fails for the clock"
        rows = compare(load.received, url, answers=ANSWERS * TIMES)
        asked_again(f"127.0.0.1:{port}", load.received, rows)
    times = sorted(row.decided_at for row in rows)
    assert times[0] < began - DAY / 2, "the clock did jump back"
    assert times[-1] > began + 3000 * DAY, "and on"
    assert [row.id for row in rows] == sorted(row.id for row in rows), "ids sort by the time that the clock showed"
    assert all(first_id_at(row.decided_at) <= row.id < first_id_at(row.decided_at + 1) for row in rows)
