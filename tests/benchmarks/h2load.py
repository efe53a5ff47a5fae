"""Load from h2load (Debian's nghttp2-client), a generator in C that costs next to nothing itself."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Final

__all__ = ["CONNECTIONS", "H2LOAD", "Load", "LoadError", "load_from_h2load", "percentiles"]

H2LOAD: Final = shutil.which("h2load")
"""Where it is, or None."""

CONNECTIONS: Final = 4
"""Connections at most, as our SDK has them; never more than calls in flight."""

_PATH: Final = "/rollbook.v1.DecisionService/Decide"
_SECONDS: Final = 120


class LoadError(Exception):
    """Calls failed, or the generator did: figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """One round: calls that succeeded per second, and the median and 99th percentile of their time, in ms."""

    rate: float
    p50: float
    p99: float


def load_from_h2load(
    target: str,
    request: bytes,
    calls: int,
    in_flight: int,
    folder: Path,
    most_connections: int = CONNECTIONS,
    token: str = "",
) -> Load:
    """Sends `request` (a message, as bytes) to Decide at `target`, `calls` times, `in_flight` at a time.

    With a token the caller shows it at every call.

    Raises:
        LoadError: when not every call has an answer. h2load does not look at `grpc-status`: the caller counts.
    """
    assert H2LOAD is not None
    body, log = folder / "body", folder / "log"
    body.write_bytes(struct.pack(">?I", False, len(request)) + request)  # gRPC's frame
    log.unlink(missing_ok=True)
    connections = min(most_connections, in_flight)
    said = subprocess.run(
        [
            *(H2LOAD, f"--requests={calls}", f"--clients={connections}", "--threads=1"),
            f"--max-concurrent-streams={in_flight // connections}",
            *(f"--data={body}", f"--log-file={log}"),
            *("--header=content-type: application/grpc", "--header=te: trailers", "--header=grpc-timeout: 10S"),
            *((f"--header=authorization: Bearer {token}",) if token else ()),
            f"http://{target}{_PATH}",
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    rate = re.search(r"finished in .*?, ([\d.]+) req/s", said.stdout)
    succeeded = re.search(r"(\d+) succeeded", said.stdout)
    if rate is None or succeeded is None or int(succeeded[1]) != calls:
        message = f"h2load: not every call has an answer\n{said.stdout}\n{said.stderr}"
        raise LoadError(message)
    milliseconds = [int(line.split("\t")[2]) / 1e3 for line in log.read_text(encoding="utf-8").splitlines()]
    return Load(float(rate[1]), *percentiles(milliseconds))


def percentiles(times: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]
