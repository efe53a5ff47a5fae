"""A copy of the contract that a test may change, and buf to judge it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.buf_workspace import copy_googleapis

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Workspace:
    """A buf workspace of its own: `root` has buf.yaml, protos/ and build/googleapis/."""

    root: Path

    def buf(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs buf in the workspace; its findings are in `stdout`."""
        command = [str(Path(sys.executable).with_name("buf")), *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False, timeout=120)

    def edit(self, file: str, old: str, new: str) -> None:
        """Replaces the only `old` in a file of rollbook/v1."""
        path = self.root / "protos" / "rollbook" / "v1" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def workspace_in(root: Path) -> Workspace:
    """Copies the contract and all that buf needs into the empty folder `root`."""
    shutil.copyfile(PROJECT / "buf.yaml", root / "buf.yaml")
    shutil.copytree(PROJECT / "protos", root / "protos")
    copy_googleapis(root / "build" / "googleapis")
    return Workspace(root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path)
