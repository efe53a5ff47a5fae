"""The folder beside the file that is written: a file for each part that is done, and the manifest."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa

from clients.rosters.deciding import Answer
from clients.rosters.errors import RosterFileError
from clients.rosters.files import new_file
from clients.rosters.manifest import MANIFEST, Begun, Manifest, PartDone, differences, read_manifest
from clients.rosters.rejects import reject_line
from clients.rosters.tally import Tally

__all__ = ["Parts", "Start", "opened_parts", "parts_folder", "run_to_resume"]

_FOLDER: Final = ".parts"
_RESTART: Final = "--restart throws the parts away and begins anew."


def parts_folder(out: Path) -> Path:
    """Where the parts lie of the run that writes `out`."""
    return out.with_name(out.name + _FOLDER)


class Start(StrEnum):
    """What to do about the parts of a run that was stopped."""

    NEW = "new"
    RESUME = "resume"
    RESTART = "restart"


class Parts:
    """The parts of one run.

    Attributes:
        folder: where they lie.
        manifest: which there are.
        resumed: parts that were there when this run began.
        recorded: whether a server has recorded decisions of this run, so that it must be gone on with.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Use `opened_parts`."""
        self.folder = folder
        self.manifest = manifest
        self.resumed = len(manifest.parts)
        self.recorded = False

    @property
    def done(self) -> frozenset[int]:
        """The numbers of the chunks that need not be decided again."""
        return frozenset(part.number for part in self.manifest.parts)

    @property
    def tally(self) -> Tally:
        """What became of the cases of these parts."""
        return sum((part.tally for part in self.manifest.parts), Tally())

    def add(self, answer: Answer) -> Tally:
        """Writes a part; once this returns it is done, whatever happens to this process.

        Returns:
            What became of its cases.
        """
        number = answer.chunk.number
        rejects = self._rejects(number)
        if answer.rejects:
            with new_file(rejects) as file:
                file.writelines(reject_line(reject, ids) for reject, ids in answer.rejects)
        else:
            rejects.unlink(missing_ok=True)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with new_file(self._decisions(number)) as file:
            with pa.ipc.new_file(file, answer.decisions.schema, options=options) as writer:
                writer.write_batch(answer.decisions)
            size = file.tell()
        tally = Tally.of(answer.decisions, len(answer.rejects))
        self._keep(self.manifest.with_part(PartDone(number, size, tally)))
        return tally

    def schemas(self) -> Iterator[pa.Schema]:
        """The columns of each part, in the order of the rows."""
        for part in self._in_order():
            with self._opened(part.number) as reader:
                yield reader.schema

    def decisions(self) -> Iterator[pa.RecordBatch]:
        """The decisions, in the order of the rows."""
        for part in self._in_order():
            with self._opened(part.number) as reader:
                for place in range(reader.num_record_batches):
                    yield reader.get_batch(place)

    def rejects(self) -> Iterator[Path]:
        """The files of rejected rows, in the order of the rows."""
        for part in self._in_order():
            if part.tally.rejected:
                yield self._rejects(part.number)

    def merged(self) -> None:
        """Keeps that the parts have become one file."""
        self._keep(msgspec.structs.replace(self.manifest, merged=True))

    def remove(self) -> None:
        """Removes the folder; its manifest last, so that a run that is stopped meanwhile knows what it was about."""
        _remove(self.folder)

    def _in_order(self) -> list[PartDone]:
        return sorted(self.manifest.parts, key=lambda part: part.number)

    def _keep(self, manifest: Manifest) -> None:
        manifest.write(self.folder)
        self.manifest = manifest

    def _decisions(self, number: int) -> Path:
        return self.folder / f"part-{number:06}.arrow"

    def _rejects(self, number: int) -> Path:
        return self.folder / f"part-{number:06}.rejects.jsonl"

    @contextmanager
    def _opened(self, number: int) -> Iterator[pa.RecordBatchFileReader]:
        path = self._decisions(number)
        try:
            with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
                yield reader
        except (pa.ArrowException, FileNotFoundError) as error:
            message = f"{path} is damaged or gone."
            raise RosterFileError(message, _RESTART) from error


@contextmanager
def opened_parts(out: Path, begun: Begun, start: Start, run_id: str = "") -> Iterator[Parts]:
    """The parts of the run that writes `out`: those of the run before that was stopped, or none yet.

    Nobody else works with them meanwhile. A folder in which nothing is done is removed when the run fails.

    Args:
        out: the file that is asked for; the parts lie beside it in `<out>.parts`.
        begun: what the run is begun with.
        start: what to do about parts that are there.
        run_id: the id of the run in a server's decision log; empty where nothing is recorded.

    Raises:
        RosterFileError: when there are parts and nobody says what to do about them; when the run is resumed with
            something else than it was begun with; when another process works with them.
    """
    folder = parts_folder(out)
    folder.mkdir(mode=0o700, exist_ok=True)
    with _locked(folder):
        manifest = _manifest(folder, out, begun, start, run_id)
        parts = Parts(folder, manifest)
        try:
            yield parts
        except BaseException:
            if not parts.manifest.parts and not parts.recorded:
                with suppress(OSError):
                    _remove(folder)
            raise


def run_to_resume(out: Path, start: Start) -> str:
    """The id in a server's decision log of the run that is gone on with; empty where a new one is begun."""
    found = read_manifest(parts_folder(out)) if start is Start.RESUME else None
    return "" if found is None or found.merged else found.run_id


def _manifest(folder: Path, out: Path, begun: Begun, start: Start, run_id: str) -> Manifest:
    """The manifest to go on with: the one that is there, or a new one."""
    found = None if start is Start.RESTART else read_manifest(folder)
    if found is not None and start is Start.NEW and (found.merged or not (found.parts or found.run_id)):
        found = None
    if found is not None and found.merged and not out.exists():
        found = None  # what was made of the parts is gone, and they may be
    if found is None:
        for file in folder.iterdir():
            _remove_file(file)
        manifest = Manifest(begun, run_id=run_id)
        manifest.write(folder)
        return manifest
    if start is Start.NEW:
        message = f"{folder} has parts of a run that was stopped."
        raise RosterFileError(message, f"--resume goes on with it; {_RESTART}")
    if changed := list(differences(found.begun, begun)):
        message = f"the run that was stopped was about something else: {'; '.join(changed)}."
        raise RosterFileError(message, f"Ask as it was asked then; or {_RESTART}")
    if found.merged:
        return found
    return msgspec.structs.replace(found, parts=tuple(part for part in found.parts if _is_there(folder, part)))


def _is_there(folder: Path, part: PartDone) -> bool:
    path = folder / f"part-{part.number:06}.arrow"
    return path.is_file() and path.stat().st_size == part.size


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder for this process alone; the lock goes with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"another run is at work in {folder}."
            raise RosterFileError(message, "Let it end first, or write to another file.") from None
        if not folder.is_dir() or folder.stat().st_ino != os.fstat(descriptor).st_ino:
            message = f"another run has just ended in {folder}."
            raise RosterFileError(message, "Begin again.")
        yield
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    for file in folder.iterdir():
        if file.name != MANIFEST:
            _remove_file(file)
    (folder / MANIFEST).unlink(missing_ok=True)
    folder.rmdir()


def _remove_file(file: Path) -> None:
    if file.is_dir():
        shutil.rmtree(file)
    else:
        file.unlink()
