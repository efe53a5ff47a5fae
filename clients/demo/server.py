"""A real server as a child process, for as long as it is needed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["ServerError", "running"]

_SECONDS_TO_STOP: Final = 30


class ServerError(Exception):
    """The server did not start, or did not stop as it should."""


@contextmanager
def running(rulesets: Path) -> Iterator[str]:
    """Where the server listens, `127.0.0.1:PORT`; it is told to stop (SIGTERM) in the end.

    Raises:
        ServerError: when it does not start, or ends with another code than 0.
    """
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder, "port")
        options = ("--port=0", "--metrics-port=0", f"--port-file={port_file}", f"--rulesets={rulesets}")
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "clients.cli", "serve", *options],
            stdout=subprocess.PIPE,
            env=_environment(),
            text=True,
        )
        assert process.stdout is not None
        said = process.stdout.readline()  # it says a line once it is ready; nothing, when it ends before
        if not said:
            process.stdout.close()
            message = f"The server did not start; it ended with {process.wait()}."
            raise ServerError(message)
        print(said.rstrip())
        try:
            yield f"127.0.0.1:{port_file.read_text(encoding='utf-8').strip()}"
        finally:
            code = _stop(process)
    if code != 0:
        message = f"The server ended with {code}, not 0."
        raise ServerError(message)


def _stop(process: subprocess.Popen[str]) -> int:
    """Ends the server, and tells with what code it ended."""
    process.send_signal(signal.SIGTERM)
    try:
        process.communicate(timeout=_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode


def _environment() -> dict[str, str]:
    """This process's environment without settings of a server, so that the demo is the same everywhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
    return kept | {"ROLLBOOK_LOG_LEVEL": "warning", "ROLLBOOK_WATCH": "false"}
