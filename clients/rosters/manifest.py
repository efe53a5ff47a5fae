"""What a run of a roster was begun with and how far it has come, so that it can go on after it was stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from clients.rosters.deciding import Asked
from clients.rosters.errors import RosterFileError
from clients.rosters.files import new_file
from clients.rosters.tally import Tally

__all__ = ["MANIFEST", "Begun", "InputFile", "Manifest", "PartDone", "differences", "input_file", "read_manifest"]

MANIFEST: Final = "manifest.json"

_BLOCK: Final = 64 * 1024
_BLOCKS: Final = 64
"""Blocks of a file that its fingerprint is made of: the whole file up to 4 MB, else evenly over its length."""


class InputFile(Struct, frozen=True):
    """A file of cases as it was when the run began.

    Attributes:
        path: where it lies, absolute.
        size: bytes.
        modified: when it was last written, in nanoseconds since 1970.
        fingerprint: SHA-256 of blocks of 64 KB, evenly over the file, with its size.
    """

    path: str
    size: int
    modified: int
    fingerprint: str


class Begun(Struct, frozen=True):
    """What a run was begun with; only a run that is begun with the same goes on with its parts.

    Attributes:
        inputs: the files of cases, in the order in which they are read.
        form: how they are read.
        asked: what is asked about every case, with the versions that decide.
        ids: the id columns.
        batch_rows: rows in a part.
    """

    inputs: tuple[InputFile, ...]
    form: str
    asked: Mapping[str, object]
    ids: tuple[str, ...]
    batch_rows: int

    @classmethod
    def of(cls, files: Iterable[Path], form: str, asked: Asked, ids: Iterable[str], batch_rows: int) -> Begun:
        """What a run is begun with now."""
        inputs = tuple(input_file(path) for path in files)
        said = {name: _plain(getattr(asked, name)) for name in asked.__slots__}
        return cls(inputs, form, said, tuple(ids), batch_rows)


class PartDone(Struct, frozen=True):
    """A part that is decided and written.

    Attributes:
        number: its chunk's number.
        size: bytes of its file.
        tally: what became of its cases.
    """

    number: int
    size: int
    tally: Tally


class Manifest(Struct, frozen=True):
    """The state of a run.

    Attributes:
        begun: what it was begun with.
        parts: what is done.
        merged: whether the parts have become the file that was asked for, so that only the folder is to be removed.
        run_id: the id of the run in a server's decision log; empty where nothing is recorded.
    """

    begun: Begun
    parts: tuple[PartDone, ...] = ()
    merged: bool = False
    run_id: str = ""

    def write(self, folder: Path) -> None:
        """Writes the manifest of the parts in `folder`."""
        with new_file(folder / MANIFEST) as file:
            file.write(msgspec.json.format(msgspec.json.encode(self)))

    def with_part(self, part: PartDone) -> Manifest:
        """The manifest once this part is done too."""
        return replace(self, parts=(*self.parts, part))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the parts in `folder`; None when there is none, so that nothing there counts.

    Raises:
        RosterFileError: when it is no manifest.
    """
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        message = f"{folder / MANIFEST} is damaged, or was written by another version of Rollbook."
        raise RosterFileError(message, "--restart begins anew.") from error


def input_file(path: Path) -> InputFile:
    """The file as it is now."""
    status = path.stat()
    digest = hashlib.sha256(str(status.st_size).encode())
    with path.open("rb") as file:
        step = max(status.st_size // _BLOCKS, _BLOCK)
        for start in (*range(0, status.st_size, step), max(status.st_size - _BLOCK, 0)):
            file.seek(start)
            digest.update(file.read(_BLOCK))
    return InputFile(str(path.absolute()), status.st_size, status.st_mtime_ns, digest.hexdigest())


def differences(before: Begun, now: Begun) -> Iterator[str]:
    """What is not as it was when the run began, in words."""
    yield from _input_differences(before.inputs, now.inputs)
    if before.form != now.form:
        yield f"--format: {before.form} then, {now.form} now"
    for name in now.asked:
        then, today = before.asked.get(name), now.asked[name]
        if then != today:
            yield f"{_WORDS.get(name, name)}: {_said(then)} then, {_said(today)} now"
    if before.ids != now.ids:
        yield f"--id: {', '.join(before.ids) or 'none'} then, {', '.join(now.ids) or 'none'} now"
    if before.batch_rows != now.batch_rows:
        yield f"--batch-rows: {before.batch_rows} then, {now.batch_rows} now"


def _input_differences(before: tuple[InputFile, ...], now: tuple[InputFile, ...]) -> Iterator[str]:
    then = {file.path: file for file in before}
    today = {file.path: file for file in now}
    for path in [*then, *(path for path in today if path not in then)]:
        if path not in today:
            yield f"{path}: was read then, and is not now"
        elif path not in then:
            yield f"{path}: is new"
        elif then[path] != today[path]:
            yield f"{path}: was changed, or written again"


_WORDS: Final = {
    "version": "version of the ruleset",
    "as_of": "--as-of",
    "rules_as_of": "--rules-as-of",
    "absent_is_none": "--absent-is-none",
    "calendars": "calendar",
    "builds_on": "versions of the rulesets that it builds on",
    "engine": "version of Rollbook",
    "detail": "--detail",
    "recorded": "--record",
}


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case _:
            return value


def _said(value: object) -> str:
    match value:
        case dict():
            return ", ".join(f"{name} {_said(version)}" for name, version in value.items()) or "none"
        case str() if len(value) == 64:
            return f"{value[:12]}…"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
