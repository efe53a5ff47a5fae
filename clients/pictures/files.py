"""Pictures as files, in the form that the ending of the name says."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from clients.pictures.html import html_of
from clients.pictures.matrix import matrix_of
from engine.rosters.changes import ComparisonResult

__all__ = ["PictureError", "check_picture", "write_picture"]

_HTML: Final = (".html", ".htm")
_PNG: Final = ".png"


class PictureError(Exception):
    """A picture that cannot be made.

    Attributes:
        message: what is wrong; `remedy`: what to do about it.
    """

    def __init__(self, message: str, remedy: str) -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}")


def check_picture(path: Path) -> None:
    """Whether a picture can be written there; best asked before the work that it shows.

    Raises:
        PictureError: when the ending says nothing, the folder does not exist, or matplotlib is missing.
    """
    ending = path.suffix.lower()
    if ending not in {*_HTML, _PNG}:
        raise PictureError(f"{path}: the ending does not say what picture this is.", "Name it .png or .html.")
    if not path.absolute().parent.is_dir():
        raise PictureError(f"there is no folder {path.parent}.", "Make it, or name another.")
    if ending == _PNG and find_spec("matplotlib") is None:
        message = f"{path}: pictures as PNG need matplotlib, which is not installed."
        raise PictureError(message, "Install rollbook[pictures], or name the picture .html, which needs nothing.")


def write_picture(result: ComparisonResult, as_of: date, path: Path) -> None:
    """Writes the picture of a comparison.

    Raises:
        PictureError: as `check_picture`.
        OSError: when the file cannot be written.
    """
    check_picture(path)
    matrix = matrix_of(result, as_of.isoformat())
    if path.suffix.lower() in _HTML:
        path.write_text(html_of(matrix, result), encoding="utf-8")
        return
    from clients.pictures.png import png_of

    path.write_bytes(png_of(matrix))
