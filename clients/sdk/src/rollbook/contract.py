"""The proto files of the contract, for generating clients in other languages."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

__all__ = ["proto_files", "write_protos"]


def proto_files() -> dict[PurePosixPath, str]:
    """Every proto file by its import path: the contract's own, and the googleapis files that they import.

    The google/protobuf files are not among them; every protoc has them.
    """
    return dict(sorted(_walk(resources.files("rollbook") / "protos", PurePosixPath())))


def write_protos(folder: Path) -> list[Path]:
    """Writes the proto files below `folder`, which is made where it is not there, and returns their paths.

    Raises:
        OSError: when a file cannot be written.
    """
    written = []
    for name, text in proto_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _walk(folder: Traversable, name: PurePosixPath) -> list[tuple[PurePosixPath, str]]:
    found: list[tuple[PurePosixPath, str]] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found.extend(_walk(entry, name / entry.name))
        elif entry.name.endswith(".proto"):
            found.append((name / entry.name, entry.read_text(encoding="utf-8")))
    return found
