"""A disk that is small and gets full: one of its own in a mount namespace, or a limit of the size of files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psutil

__all__ = ["Disk", "FileLimit", "SmallDisk", "small_disk"]

MEGABYTES = 12
_PLACE = "/mnt"
_HOLDER = f"mount -t tmpfs -o size={MEGABYTES}m,mode=700 rollbook {_PLACE} && echo mounted && exec cat"


class Disk(Protocol):
    """Where a database is, and that can be full.

    Attributes:
        name: what it is.
        url: the URL of the database, as the server has it.
        within: the command that runs a server that has it.
        of_process: whether only the one process finds it full.
    """

    name: str
    url: str
    within: tuple[str, ...]
    of_process: bool

    def fill(self, server: psutil.Process) -> None:
        """Leaves no byte of room."""

    def empty(self, server: psutil.Process) -> None:
        """Makes room again."""

    def take(self, folder: Path) -> str:
        """Copies the database as it stands, and gives the URL of the copy."""


class SmallDisk:
    """A file system of a few megabytes, which only processes of a mount namespace have."""

    name = "a small file system"
    of_process = False
    url = f"sqlite:///{_PLACE}/rollbook.db"

    def __init__(self, holder: int, database: Path) -> None:
        user = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
        self.within = ("nsenter", f"--target={holder}", "--mount", *user, "--")
        # SQLite would follow this path to another file; files are copied and written through it
        self._place = Path(f"/proc/{holder}/root{_PLACE}")
        shutil.copy(database, self._place)

    def fill(self, server: psutil.Process) -> None:
        """Leaves no byte of room."""
        with (self._place / "filler").open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def empty(self, server: psutil.Process) -> None:
        """Makes room again."""
        (self._place / "filler").unlink()

    def take(self, folder: Path) -> str:
        """Copies the database as it stands, and gives the URL of the copy."""
        return _copied(self._place, folder)


class FileLimit:
    """Files of the server cannot grow: the kernel refuses to write to them, as it does where the disk is full."""

    name = "a limit of the size of files"
    of_process = True
    within: tuple[str, ...] = ()

    def __init__(self, database: Path) -> None:
        self.url = f"sqlite:///{database}"
        self._place = database.parent

    def fill(self, server: psutil.Process) -> None:
        """Leaves no byte of room."""
        server.rlimit(psutil.RLIMIT_FSIZE, (16 * 1024, resource.RLIM_INFINITY))

    def empty(self, server: psutil.Process) -> None:
        """Makes room again."""
        server.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def take(self, folder: Path) -> str:
        """Copies the database as it stands, and gives the URL of the copy."""
        return _copied(self._place, folder)


def _copied(place: Path, folder: Path) -> str:
    folder.mkdir()
    for file in place.glob("rollbook.db*"):
        if not file.name.endswith("-shm"):  # it is made anew
            shutil.copy(file, folder)
    return f"sqlite:///{folder}/rollbook.db"


@contextmanager
def small_disk(database: Path) -> Iterator[Disk]:
    """A small disk with a copy of the database; where nobody may mount one, files that cannot grow."""
    command = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    with subprocess.Popen(
        [*command, "sh", "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        try:
            mounted = holder.stdout.readline() == b"mounted\n"
            yield SmallDisk(holder.pid, database) if mounted else FileLimit(database)
        finally:
            holder.stdin.close()
