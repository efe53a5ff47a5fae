"""A folder for work that is not finished, beside where it will be: removed in the end, also by the next who comes."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

__all__ = ["flushed", "staging"]

_PREFIX: Final = ".rollbook-"
_SUFFIX: Final = ".part"
_YOUNG_SECONDS: Final = 60.0
"""A folder this young may be of somebody who has not locked it yet."""


@contextmanager
def staging(beside: Path) -> Iterator[Path]:
    """A new folder in `beside` that only its owner can use; it is gone afterwards.

    Folders of that kind that were left by a process that was killed are removed: they hold what is known of students.
    """
    _sweep(beside)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, suffix=_SUFFIX, dir=beside))
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def flushed(path: Path) -> None:
    """Has a file or folder on the disk when it returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(beside: Path) -> None:
    for left in beside.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if time.time() - os.fstat(lock).st_mtime > _YOUNG_SECONDS:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left)
            finally:
                os.close(lock)
