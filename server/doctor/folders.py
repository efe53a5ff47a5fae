"""Files and folders: who may read them, whether they can be written, what room there is."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from server.config import Settings, SettingsError
from server.doctor.findings import Finding, good, warning, wrong
from server.store.database import Database
from server.store.rosters import segment_folder

__all__ = ["disk", "file_system", "is_remote", "readers", "roster_folder", "sized", "spill_folder", "writable_folder"]

_MEBIBYTE: Final = 1024 * 1024
_TOO_LITTLE: Final = 256 * _MEBIBYTE
_LITTLE: Final = 2048 * _MEBIBYTE
_REMOTE: Final = ("nfs", "cifs", "smb", "afs", "9p", "fuse", "ceph", "gluster")
"""How the names of file systems begin that are not, or may not be, of a disk of this machine."""


def sized(count: float) -> str:
    """Bytes for people: `1.5 GiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def readers(subject: str, path: Path) -> Iterator[Finding]:
    """Whether others than its owner may read a file or folder that holds what is known of students, or secrets."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    wanted = "700" if path.is_dir() else "600"
    if mode & stat.S_IRWXO:
        yield wrong(subject, f"{path} can be used by every user of this machine (mode {mode:o})", _close(path, wanted))
    elif mode & stat.S_IRWXG:
        group = f"{path} can be used by its group (mode {mode:o})"
        yield warning(subject, group, f"If nobody else is to read it: {_close(path, wanted)}")
    if found.st_uid != os.geteuid():
        yield warning(
            subject,
            f"{path} belongs to {_user(found.st_uid)}, and this command runs as {_user(os.geteuid())}",
            "Run it as the user of the server, so that it sees what the server sees: `sudo -u USER rollbook doctor`.",
        )


def _close(path: Path, mode: str) -> str:
    return f"`chmod {mode} {path}`."


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def writable_folder(subject: str, folder: Path) -> Iterator[Finding]:
    """What keeps files from being made in a folder."""
    if not folder.is_dir():
        yield wrong(subject, f"there is no folder {folder}", f"`install -d -m 700 {folder}`, as the server's user.")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(subject, f"no files can be made in {folder}", "Give it to the user of the server (`chown`).")


def disk(subject: str, folder: Path, when_full: str) -> Finding:
    """The room that is left where a folder is, and what happens when there is none."""
    free = shutil.disk_usage(folder).free
    found = f"{sized(free)} are free at {folder}"
    remedy = f"Make room: when the disk is full, {when_full}."
    if free < _TOO_LITTLE:
        return wrong(subject, found, remedy)
    return warning(subject, found, remedy) if free < _LITTLE else good(subject, found)


def file_system(path: Path) -> str:
    """The kind of the file system that a path is on, such as `ext4`; empty where nobody knows."""
    mounts = {Path(each.mountpoint): each.fstype for each in psutil.disk_partitions(all=True)}
    here = path.resolve()
    return next((mounts[folder] for folder in (here, *here.parents) if folder in mounts), "")


def is_remote(kind: str) -> bool:
    """Whether such a file system is not, or may not be, on a disk of this machine."""
    return kind.startswith(_REMOTE)


def roster_folder(settings: Settings) -> Iterator[Finding]:
    """Where the decisions of recorded rosters are."""
    subject = "folder of recorded rosters"
    if settings.database_url is None:
        return
    try:
        with Database(settings.database_url.get_secret_value()) as database:
            folder = segment_folder(settings.roster_log_folder, database)
    except SettingsError:
        return  # the look at the database tells it
    if folder is None:
        remedy = "Set `roster_log_folder` where rosters are to be recorded, to a folder that all servers share."
        yield warning(subject, "none: rosters of MODE_RECORD are refused with NOT_SERVED", remedy)
        return
    if settings.roster_log_folder is None and not folder.exists():
        yield good(subject, f"{folder}; the first recorded roster makes it")
        return
    faults = list(writable_folder(subject, folder))
    yield from faults
    if not faults:
        yield from readers(subject, folder)
        yield disk(subject, folder, "rosters of MODE_RECORD are refused with LOG_UNAVAILABLE")


def spill_folder(settings: Settings) -> Iterator[Finding]:
    """Where the queries of rosters put what memory does not hold."""
    subject, folder = "spill folder of rosters", settings.roster_spill_folder
    if folder is None:
        yield good(subject, "none; rosters that do not fit into `roster_memory` are refused with LIMIT_EXCEEDED")
        return
    faults = list(writable_folder(subject, folder))
    yield from faults
    if faults:
        return
    yield from readers(subject, folder)
    left = sorted(folder.glob("rollbook-roster-*"))
    if left:
        found = f"{len(left)} folders of rosters are in {folder}, such as {left[0].name}"
        remedy = (
            "Where no roster is being decided they were left by a server that was killed; they hold facts: remove them."
        )
        yield warning(subject, found, remedy)
    yield disk(subject, folder, "rosters are refused with LIMIT_EXCEEDED")
