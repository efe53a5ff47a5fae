"""Files that are there as a whole or not at all, also after a crash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

__all__ = ["new_file", "publish", "settle"]


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that gets the name `path` once everything is on the disk; otherwise nothing is left of it."""
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        publish(unfinished, path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise


def publish(finished: Path, path: Path) -> None:
    """Gives a finished file the name `path`, in place of a file that had it."""
    finished.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Sees to it that the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
