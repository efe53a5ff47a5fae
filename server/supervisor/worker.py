"""A worker: `python -m server.supervisor.worker PIPE`, where PIPE is the number of its end of the pipe.

It gets its order over the pipe, serves, and answers what its supervisor asks from a thread of its own. When the pipe
ends, the supervisor is gone, and so it finishes what is in flight and ends too.
"""

from __future__ import annotations

import signal
import socket
import sys
from threading import Event, Lock, Thread
from types import FrameType
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from server.config import Settings, SettingsError
from server.logs import configure_logs
from server.pinning import pin
from server.supervisor.handing_over import from_plain
from server.supervisor.messages import Drain, Failed, FromWorker, Order, State, Tell, Told, ToWorker, Well

if TYPE_CHECKING:
    from server.serving import Server

__all__ = ["main"]

_log = structlog.stdlib.get_logger("server")
_decoder: Final = msgspec.json.Decoder(ToWorker)
_encode: Final = msgspec.json.Encoder().encode


class _Pipe:
    """The worker's end of the pipe.

    Attributes:
        told: set when the worker is to end.
        delay: whether load balancers are given time to notice.
        server: what the worker serves with, once it is made.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._lines = end.makefile("rb")
        self._writing = Lock()
        self.told = Event()
        self.delay = False
        self.server: Server | None = None

    def order(self) -> Order:
        """The first message."""
        first = _decoder.decode(self._lines.readline())
        assert isinstance(first, Order)
        return first

    def say(self, message: FromWorker) -> None:
        """Tells the supervisor, if it is there."""
        try:
            with self._writing:
                self._end.sendall(_encode(message) + b"\n")
        except OSError:
            self.told.set()

    def answer(self) -> None:
        """Answers until the pipe ends."""
        try:
            for line in self._lines:
                self._heard(_decoder.decode(line))
        except OSError:
            pass
        if not self.told.is_set():
            _log.warning("supervisor_gone")
            self.told.set()

    def _heard(self, message: ToWorker) -> None:
        match message:
            case Tell("well"):
                self.say(Well())
            case Tell():
                self.say(Told(self._metrics()))
            case Drain(delay):
                self.delay = delay
                self.told.set()
            case Order():
                pass

    def _metrics(self) -> str:
        from prometheus_client import generate_latest

        return "" if self.server is None else generate_latest(self.server.metrics.registry).decode()


def main(arguments: list[str]) -> int:
    """Serves as its order says, until it is told to end, by the supervisor or by SIGTERM; returns the exit code."""
    end = socket.socket(fileno=int(arguments[0]))
    end.set_inheritable(False)
    pipe = _Pipe(end)
    order = pipe.order()
    settings = from_plain(order.settings)
    configure_logs(settings.log_format, settings.log_level, worker=order.worker)
    _end_by_signal(pipe)
    Thread(target=pipe.answer, name="answering the supervisor", daemon=True).start()
    try:
        server = _serving(order, settings, pipe)
    except SettingsError as error:
        pipe.say(Failed(str(error)))
        return 1
    if not pipe.told.is_set():
        pipe.say(State("ready", server.catalogue.count))
    pipe.told.wait()
    pipe.say(State("draining"))
    server.stop(delay=pipe.delay)
    return 0


def _serving(order: Order, settings: Settings, pipe: _Pipe) -> Server:
    """A server that listens, with its rulesets read before: the first call that comes is answered.

    Raises:
        SettingsError: when it cannot serve as the settings say.
    """
    from server.memory import set_aside
    from server.serving import Server

    server = Server(
        settings, frozenset(order.cores), set_aside, roster_cores=frozenset(order.rosters), shared_port=True
    )
    if order.core is not None:
        pin(order.core, batch=settings.batch_scheduling)
    pipe.server = server
    server.check()
    server.read_rulesets()
    server.listen()
    return server


def _end_by_signal(pipe: _Pipe) -> None:
    """SIGTERM and SIGINT end it as a supervisor's word does; a second one at once."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each, handler in before.items():
            signal.signal(each, handler)
        pipe.delay = True
        pipe.told.set()

    for each in before:
        signal.signal(each, stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
