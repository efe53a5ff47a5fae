"""Copies the googleapis protos that the contract imports to where buf.yaml looks for them.

They come from the PyPI package googleapis-common-protos, so that buf needs no network. Only what `protos/` imports,
directly or through one another, is copied; google/protobuf/ is built into buf.

    python tools/buf_workspace.py [TARGET]    # TARGET is build/googleapis unless given
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "clients" / "sdk"))

from generate import imported_protos


def copy_googleapis(target: Path) -> list[Path]:
    """Fills `target` anew and returns the paths of the copies, relative to it."""
    shutil.rmtree(target, ignore_errors=True)
    copied = []
    for name, source in imported_protos(PROJECT / "protos").items():
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        copied.append(Path(name))
    return copied


if __name__ == "__main__":
    copy_googleapis(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "build" / "googleapis")
