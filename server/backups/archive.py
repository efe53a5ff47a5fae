"""A backup as a file: a ZIP archive with a manifest, whose members are hashed while they are written and read."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from pydantic import ValidationError

from server.backups.errors import BackupError
from server.backups.manifest import FORMAT, MANIFEST, Manifest, Member

__all__ = ["CHUNK", "Archive", "ArchiveWriter"]

CHUNK: Final = 1024 * 1024
"""Bytes that are copied at once."""

_MOST_OF_MANIFEST: Final = 256 * CHUNK
_FASTEST: Final = 1
_BROKEN: Final = "Take another backup. What is left of this one may still be of use to somebody who knows SQLite."


class _Hashed(io.RawIOBase):
    """What is written to a file and hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return self._file.write(data)


class ArchiveWriter:
    """Writes a backup, member by member.

    Args:
        file: where to; it is written from its beginning to its end, and need not seek.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._whole = _Hashed(file)
        self._zip = zipfile.ZipFile(self._whole, "w", compresslevel=_FASTEST)
        self.members: list[Member] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError, ValueError):  # what is not finished is thrown away
            self._zip.close()

    @contextmanager
    def member(self, name: str, *, compress: bool) -> Iterator[Callable[[bytes], object]]:
        """A context with what writes the member's bytes; what is compressed already is not compressed again."""
        sha256, size = hashlib.sha256(), 0
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:

            def write(data: bytes) -> None:
                nonlocal size
                sha256.update(data)
                size += len(data)
                out.write(data)

            yield write
        self.members.append(Member(name=name, size=size, sha256=sha256.hexdigest()))

    def finish(self, manifest: Manifest) -> str:
        """Writes the manifest and the end, and gives the SHA-256 of the whole file."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        self._zip.close()
        return self._whole.sha256.hexdigest()


class Archive:
    """A backup that is read.

    Attributes:
        manifest: what it says of itself.

    Raises:
        BackupError: when it is no backup, cut off, or of a newer release.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, EOFError, ValueError):
            message = f"{path} is no backup, or was cut off."
            raise BackupError(message, _BROKEN) from None
        try:
            self.manifest = self._manifest()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._zip.close()

    def verify(self, progress: Callable[[float], None] = lambda _: None) -> None:
        """Reads everything, and sees that it is what was written.

        Raises:
            BackupError: when anything is not.
        """
        whole = sum(member.size for member in self.manifest.files) or 1
        done = 0
        for member in self.manifest.files:
            for data in self.read(member):
                done += len(data)
                progress(done / whole)

    def read(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member, piece by piece; only when they have ended they are known to be what was written.

        Raises:
            BackupError: when they are not.
        """
        sha256, size = hashlib.sha256(), 0
        try:
            with self._zip.open(member.name) as file:
                while data := file.read(CHUNK):
                    sha256.update(data)
                    size += len(data)
                    if size > member.size:
                        break
                    yield data
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise self._changed(member.name) from None
        if (size, sha256.hexdigest()) != (member.size, member.sha256):
            raise self._changed(member.name)

    def _manifest(self) -> Manifest:
        infos = self._zip.infolist()
        names = [info.filename for info in infos]
        if MANIFEST not in names:
            message = f"{self._path} is no backup of Rollbook: it has no {MANIFEST}."
            raise BackupError(message)
        try:
            if self._zip.getinfo(MANIFEST).file_size > _MOST_OF_MANIFEST:
                raise self._changed(MANIFEST)
            said = json.loads(self._zip.read(MANIFEST))
            if isinstance(said, dict) and isinstance(said.get("format"), int) and said["format"] > FORMAT:
                message = f"{self._path} is in a form that this release does not know; {said.get('release')} made it."
                raise BackupError(message, "Install that release, or a newer one.")
            manifest = Manifest.model_validate(said)
        except (ValidationError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
            raise self._changed(MANIFEST) from None
        if sorted(names) != sorted([MANIFEST, *(member.name for member in manifest.files)]):
            message = f"{self._path} does not hold the files that its manifest names."
            raise BackupError(message, _BROKEN)
        return manifest

    def _changed(self, name: str) -> BackupError:
        message = f"{self._path}: {name} is not what was written; the backup is damaged or was changed."
        return BackupError(message, _BROKEN)
