"""The bare echo server: what a synchronous grpcio server costs that does nothing.

It takes the same requests as Rollbook's (parsed into their message), returns a decision that was made beforehand
(written from its message, every time), has as many threads, and stays on the same core.

    python -m tests.benchmarks.echo_server PORT_FILE REPLY_FILE THREADS CORE PORT

Several on different cores can share a PORT; 0 takes a free one.
"""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc

from rollbook.v1.decision_service_pb2 import DecideRequest, DecideResponse
from server.pinning import pin

__all__ = ["main"]

_SERVICE = "rollbook.v1.DecisionService"


def main(port_file: Path, reply_file: Path, threads: int, core: int, port: int) -> None:
    """Serves until SIGTERM."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pin(core)
    reply = DecideResponse.FromString(reply_file.read_bytes())

    def decide(_request: DecideRequest, _context: grpc.ServicerContext) -> DecideResponse:
        return reply

    # What generated code does with a servicer.
    handler = grpc.unary_unary_rpc_method_handler(decide, DecideRequest.FromString, DecideResponse.SerializeToString)
    server = grpc.server(ThreadPoolExecutor(threads), options=[("grpc.so_reuseport", 1)])
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"Decide": handler}),))
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    port_file.write_text(str(bound), encoding="utf-8")
    signal.sigwait({signal.SIGTERM})
    server.stop(1).wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:6]))
