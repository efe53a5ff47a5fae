"""`rollbook serve` as a process of its own, as it runs in production: to be killed, attacked and measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["PROJECT", "serving"]

PROJECT = Path(__file__).parents[2]


@contextmanager
def serving(
    rulesets: Path,
    port: int = 0,
    *,
    within: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, ready, and its port; it is killed in the end, if it still runs.

    Args:
        rulesets: the folder of rulesets.
        port: where it listens; a free one for 0.
        within: the command that runs it, where that is not started as it is.
        environment: further variables.
        settings: what it is told, as environment variables: `database_url="…"`.
    """
    port_file = rulesets.parent / "port"
    port_file.unlink(missing_ok=True)
    options = ("--metrics-port=0", f"--port={port}", f"--port-file={port_file}", f"--rulesets={rulesets}")
    told = {"pin_core": "off", "watch": False, **settings}
    variables = {
        f"ROLLBOOK_{name.upper()}": str(value).lower() if value is False else str(value) for name, value in told.items()
    }
    with subprocess.Popen(
        [*within, sys.executable, "-m", "clients.cli", "serve", *options],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **variables, "PYTHONPATH": os.pathsep.join(sys.path), **(environment or {})},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"Rollbook serves")
            yield process, int(port_file.read_text(encoding="utf-8"))
        finally:
            process.kill()
