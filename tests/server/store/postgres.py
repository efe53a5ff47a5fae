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
from typing import Self

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


def _somebody_else() -> pwd.struct_passwd | None:
    """Who runs it where the tests run as root, whom PostgreSQL refuses."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


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
        self._user = _somebody_else()
        self.folder = Path(tempfile.mkdtemp(prefix="rollbook-pg-"))
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
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
        if self._user:
            # By a program, not by the `user` of subprocess: with that Python forks, and what gRPC does in the child
            # of a process that has channels can end it.
            ids = [f"--reuid={self._user.pw_uid}", f"--regid={self._user.pw_gid}", "--clear-groups"]
            command = ["setpriv", *ids, *command]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
