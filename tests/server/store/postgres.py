"""A PostgreSQL server of the tests' own: a new cluster, run by an unprivileged user, reached by a socket."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

__all__ = ["Cluster"]

_NUMBERS = count(1)


def _found() -> list[Path]:
    """The places of initdb: that on the path, and Debian's, the newest version last."""
    on_path = shutil.which("initdb")
    places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return [*([Path(on_path)] if on_path else []), *sorted(places, key=lambda path: int(path.parts[-3]))]


def _programs() -> Path:
    """The folder of initdb and postgres."""
    found = _found()
    assert found, "PostgreSQL is not installed (Debian: postgresql)"
    return found[-1].resolve().parent


def _unprivileged() -> dict[str, Any]:
    """How a child process is run by somebody else, where the tests run as root, whom PostgreSQL refuses."""
    if os.geteuid():
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Cluster:
    """A cluster, from `__enter__` to `__exit__`.

    Args:
        flushes: whether it flushes to disk. A process that is killed loses nothing that it wrote, so tests need not
            wait for that.
    """

    def __init__(self, *, flushes: bool = False) -> None:
        self._flushes = flushes

    @staticmethod
    def installed() -> bool:
        """Whether there is a PostgreSQL to start."""
        return bool(_found())

    def __enter__(self) -> Self:
        self._run_as = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="rollbook-pg-"))
        if self._run_as:
            os.chown(self.folder, self._run_as["user"], self._run_as["group"])
        self._program("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Starts it, and waits until it takes connections."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=50"
        options += f" -c fsync={'on' if self._flushes else 'off'}"
        self._program("pg_ctl", "-D", "data", "-w", "-s", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        """Stops it at once."""
        if self._pid_file.exists():
            self._program("pg_ctl", "-D", "data", "-w", "-s", "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kills it and all that belongs to it, as a loss of power would."""
        first = psutil.Process(int(self._pid_file.read_text().split()[0]))
        all_of_it = [first, *first.children(recursive=True)]
        for process in all_of_it:
            process.kill()
        _, alive = psutil.wait_procs(all_of_it, timeout=20)
        assert not alive

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(_NUMBERS)}"
        self._program("createdb", "-h", str(self.folder), "-U", "postgres", "-T", "template0", name)
        return f"postgresql://postgres@/{name}?host={self.folder}"

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def _program(self, name: str, *arguments: str) -> None:
        command = [str(_programs() / name), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
            **self._run_as,
        )
        assert done.returncode == 0, done.stderr.decode()
