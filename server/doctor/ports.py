"""The ports: free, or a server of ours answers there."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.request import ProxyHandler, build_opener

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from server.config import Settings
from server.doctor.findings import Finding, good, warning, wrong

__all__ = ["ports"]

_SECONDS: Final = 3.0
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}  # noqa: S104 - compared with, not listened on


def ports(settings: Settings) -> Iterator[Finding]:
    """The port of calls, and that of the metrics."""
    subject = "port of calls"
    taken = _taken(settings.address, settings.port)
    if taken is None:
        yield good(subject, _free(settings.address, settings.port))
    elif taken != errno.EADDRINUSE:
        yield _cannot(subject, "address", settings.address, settings.port, taken)
    else:
        yield _asked(subject, settings)
    if not settings.metrics:
        yield good("port of the metrics", "no page is served")
        return
    yield _metrics(settings)


def _taken(address: str, port: int) -> int | None:
    """Why nothing can listen there, as an `errno`; None where it can."""
    host = address.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return errno.EADDRNOTAVAIL
    family, kind, protocol, _, where = found[0]
    with closing(socket.socket(family, kind, protocol)) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a closed connection is no server
        try:
            tried.bind(where)
            tried.listen(1)
        except OSError as error:
            return error.errno
    return None


def _free(address: str, port: int) -> str:
    return f"{address}:{port} is free" if port else "any free one is taken (0)"


def _cannot(subject: str, setting: str, address: str, port: int, error: int) -> Finding:
    match error:
        case errno.EADDRNOTAVAIL:
            return wrong(subject, f"{address} is no address of this machine", f"Set `{setting}` to one of its own.")
        case errno.EACCES:
            remedy = "Take one above 1023, or give the unit `AmbientCapabilities=CAP_NET_BIND_SERVICE`."
            return wrong(subject, f"this user may not listen on {port}", remedy)
        case _:
            return wrong(subject, f"{address}:{port} cannot be listened on ({errno.errorcode.get(error, error)})", "")


def _here(address: str) -> str:
    """Where what listens on an address is reached from this machine."""
    host = _EVERYWHERE.get(address, address)
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _asked(subject: str, settings: Settings) -> Finding:
    where = f"{_here(settings.address)}:{settings.port}"
    remedy = f"See what listens there (`ss -ltnp 'sport = :{settings.port}'`), or set another `port`."
    if settings.tls_certificate is not None:
        return _shows(subject, settings, settings.tls_certificate, remedy)
    with grpc.insecure_channel(where, options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            request = health_pb2.HealthCheckRequest(service="rollbook.v1.DecisionService")
            reply = stub.Check(request, timeout=_SECONDS)
        except grpc.RpcError as error:
            failed: Any = error
            found = f"{where} is taken, and no Rollbook server answers there ({failed.code().name})"
            return wrong(subject, found, remedy)
    if reply.status == health_pb2.HealthCheckResponse.SERVING:
        return good(subject, f"a Rollbook server answers on {where}, and is ready")
    remedy = "Its log says why: it is starting, stopping, or has not read its rulesets."
    return wrong(subject, f"a Rollbook server answers on {where}, and is not ready", remedy)


def _shows(subject: str, settings: Settings, certificate: Path, remedy: str) -> Finding:
    """Whether what listens there shows the certificate of the settings; what it asks of clients is not looked at."""
    host = _here(settings.address).removeprefix("[").removesuffix("]")
    where = f"{host}:{settings.port}"
    try:
        shown = ssl.get_server_certificate((host, settings.port), timeout=_SECONDS)
        wanted = certificate.read_text(encoding="ascii")
    except (OSError, ValueError):
        return wrong(subject, f"{where} is taken, and no server with a certificate answers there", remedy)
    end = ssl.PEM_FOOTER
    if ssl.PEM_cert_to_DER_cert(shown) == ssl.PEM_cert_to_DER_cert(f"{wanted.partition(end)[0].strip()}\n{end}\n"):
        return good(subject, f"a server with this certificate answers on {where}")
    renewed = "If it was renewed this minute, look again; else see what listens there."
    return warning(subject, f"what answers on {where} shows another certificate", renewed)


def _metrics(settings: Settings) -> Finding:
    subject, address, port = "port of the metrics", settings.metrics_address, settings.metrics_port
    taken = _taken(address, port)
    if taken is None:
        return good(subject, _free(address, port))
    if taken != errno.EADDRINUSE:
        return _cannot(subject, "metrics_address", address, port, taken)
    where = f"{_here(address)}:{port}"
    try:
        with build_opener(ProxyHandler({})).open(f"http://{where}/metrics", timeout=_SECONDS) as page:
            ours = b"rollbook_" in page.read()
    except (OSError, ValueError):
        ours = False
    if ours:
        return good(subject, f"the metrics of a Rollbook server are on {where}")
    remedy = f"See what listens there (`ss -ltnp 'sport = :{port}'`), or set another `metrics_port`."
    return wrong(subject, f"{where} is taken, and no metrics of Rollbook are there", remedy)
