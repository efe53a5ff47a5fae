"""The supervisor: starts the workers, keeps them, replaces them when it is told to, and stops them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as NotInTimeError
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from server.config import Settings, SettingsError, unknown_variables
from server.cores import share_out
from server.logs import configure_logs
from server.metrics import MetricsPage
from server.notifying import tell_systemd
from server.supervisor.handing_over import to_plain
from server.supervisor.messages import Order
from server.supervisor.metrics import Merged, SupervisorMetrics
from server.supervisor.port import ReservedPort
from server.supervisor.processes import WorkerFailedError
from server.supervisor.slots import Slot
from server.whole_files import write_whole

__all__ = ["Serving", "supervise"]

_METRICS_SECONDS: Final = 5.0
_KILL_AFTER_SECONDS: Final = 5.0
"""How much longer than the settings say workers may take to stop."""

_FIXED: Final = ("address", "port", "port_file", "workers", "metrics", "metrics_address", "metrics_port")
"""Settings that a reload cannot change."""

_log = structlog.stdlib.get_logger("server")


@dataclass(frozen=True, slots=True)
class Serving:
    """What the workers serve, once all are ready: at which port, how many workers, how many rulesets."""

    port: int
    workers: int
    rulesets: int


def supervise(
    settings: Settings, read_again: Callable[[], Settings], on_ready: Callable[[Serving], None] | None = None
) -> int:
    """Serves with workers until the process is told to stop (SIGTERM or SIGINT); call it from the main thread.

    On SIGHUP the settings are read anew and the workers replaced one by one. A second SIGTERM or SIGINT ends all at
    once. `on_ready` is called when all workers have become ready.

    Returns:
        The exit code of the process: 0.

    Raises:
        SettingsError: when it cannot serve as the settings say.
    """
    configure_logs(settings.log_format, settings.log_level)
    for name in unknown_variables(os.environ):
        _log.warning("unknown_environment_variable", name=name)
    with ReservedPort(settings.address, settings.port) as reserved:
        asyncio.run(_Supervisor(settings, read_again, reserved.port).run(on_ready))
    return 0


class _Supervisor:
    """Everything that runs in the event loop."""

    def __init__(self, settings: Settings, read_again: Callable[[], Settings], port: int) -> None:
        self._settings = settings
        self._read_again = read_again
        self._port = port
        self._metrics = SupervisorMetrics()
        self._slots: list[Slot] = []
        self._told = asyncio.Event()
        self._reload_wanted = asyncio.Event()
        self._metrics.workers.set_function(lambda: sum(slot.serving for slot in self._slots))

    async def run(self, on_ready: Callable[[Serving], None] | None) -> None:
        settings, loop = self._settings, asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self._signalled, each)
        loop.add_signal_handler(signal.SIGHUP, self._reload_wanted.set)
        page = await asyncio.to_thread(self._page, loop)
        try:
            orders = self._orders(settings)
            self._slots = [self._slot(order) for order in orders]
            if await self._first_ready():
                self._say_ready(page, on_ready)
                reloading = loop.create_task(self._keep_reloading())
                await self._told.wait()
                reloading.cancel()
            tell_systemd("stopping")
            await self._stop()
        finally:
            for slot in self._slots:
                slot.let_go()
                for process in slot.processes:
                    process.kill()
            if page is not None:
                await asyncio.to_thread(page.close)
            if settings.port_file is not None:
                settings.port_file.unlink(missing_ok=True)

    async def _first_ready(self) -> bool:
        """Waits until all are ready; False when it is told to stop meanwhile.

        Raises:
            SettingsError: when one cannot serve.
        """
        told: asyncio.Future[Any] = asyncio.ensure_future(self._told.wait())
        ready: asyncio.Future[Any] = asyncio.gather(*(asyncio.shield(slot.process.ready) for slot in self._slots))
        await asyncio.wait({told, ready}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ready.done():
            ready.cancel()
            return False
        try:
            await ready
        except WorkerFailedError as error:
            raise SettingsError(str(error)) from None
        for slot in self._slots:
            slot.keep()
        return True

    def _say_ready(self, page: MetricsPage | None, on_ready: Callable[[Serving], None] | None) -> None:
        settings = self._settings
        if settings.port_file is not None:
            write_whole(settings.port_file, f"{self._port}\n")
        serving = Serving(self._port, len(self._slots), self._slots[0].process.rulesets)
        _log.info(
            "serving",
            address=settings.address,
            port=self._port,
            metrics_port=None if page is None else page.port,
            workers=serving.workers,
            rulesets=serving.rulesets,
        )
        tell_systemd("ready")
        if on_ready is not None:
            on_ready(serving)

    async def _keep_reloading(self) -> None:
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            tell_systemd("reloading")
            await self._reload()
            tell_systemd("ready")

    async def _reload(self) -> None:
        """Replaces every worker. The first new one is the trial: where it does not become ready, all stays as it is."""
        try:
            settings = await asyncio.to_thread(self._read_again)
            changed = [name for name in _FIXED if getattr(settings, name) != getattr(self._settings, name)]
            if changed:
                message = f"To change {', '.join(changed)} the server must be stopped and started."
                raise SettingsError(message)  # noqa: TRY301 - it is refused like what cannot be read
            orders = self._orders(settings)
        except SettingsError as error:
            _log.error("reload_refused", error=str(error))
            return
        _log.info("reloading")
        for slot, order in zip(self._slots, orders, strict=True):
            try:
                await slot.replace(
                    order,
                    answer_seconds=settings.worker_answer_seconds,
                    most_backoff_seconds=settings.worker_backoff_seconds,
                )
            except WorkerFailedError as error:
                if order.worker == 0:
                    _log.error("reload_refused", error=str(error))
                else:
                    _log.error("reload_broke_off", worker=order.worker, error=str(error))
                return
            self._settings = settings
        configure_logs(settings.log_format, settings.log_level)
        _log.info("reloaded", rulesets=self._slots[0].process.rulesets)

    async def _stop(self) -> None:
        """Has all workers finish what is in flight; who takes longer than the settings say is ended."""
        running = []
        for slot in self._slots:
            slot.let_go()
            for process in slot.processes:
                process.drain(delay=True)
                running.append(asyncio.shield(process.ended))
        settings = self._settings
        most = settings.drain_delay_seconds + settings.drain_grace_seconds + _KILL_AFTER_SECONDS
        if running:
            _, late = await asyncio.wait(running, timeout=most)
            if late:
                _log.error("stopped_too_slowly", workers=len(late))
        _log.info("stopped")

    def _signalled(self, number: signal.Signals) -> None:
        if self._told.is_set():
            for slot in self._slots:
                for process in slot.processes:
                    process.kill()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        _log.info("stopping", signal=number.name)
        self._told.set()

    def _orders(self, settings: Settings) -> list[Order]:
        """What each worker is to be.

        Raises:
            SettingsError: when cores cannot be shared out as the settings say.
        """
        allowed = frozenset(os.sched_getaffinity(0))
        cores = share_out(allowed, settings.workers, settings.pin_core, settings.roster_threads)
        if cores.crowded:
            _log.warning("more_workers_than_cores", workers=settings.workers, cores=len(allowed))
        own = settings.model_copy(update={"port": self._port, "port_file": None, "metrics": False})
        plain = to_plain(own)
        return [
            Order(number, plain, core, tuple(sorted(allowed)), tuple(sorted(cores.rosters)))
            for number, core in enumerate(cores.of_workers)
        ]

    def _slot(self, order: Order) -> Slot:
        return Slot(
            order,
            self._metrics,
            answer_seconds=self._settings.worker_answer_seconds,
            most_backoff_seconds=self._settings.worker_backoff_seconds,
        )

    def _page(self, loop: asyncio.AbstractEventLoop) -> MetricsPage | None:
        """The page with the metrics of all, served by threads of its own.

        Raises:
            SettingsError: when its port cannot be listened on.
        """
        settings = self._settings
        if not settings.metrics:
            return None

        def ask() -> dict[int, str]:
            asked = asyncio.run_coroutine_threadsafe(self._texts(), loop)
            with suppress(NotInTimeError, RuntimeError):  # it is just being stopped
                return asked.result(2 * _METRICS_SECONDS)
            return {}

        try:
            merged = Merged(self._metrics, ask)
            return MetricsPage.serve(merged.registry, settings.metrics_address, settings.metrics_port)
        except OSError as error:
            message = f"Cannot listen on port {settings.metrics_port}: is another server there?"
            raise SettingsError(message) from error

    async def _texts(self) -> dict[int, str]:
        """The metrics of the workers that serve, by number."""
        serving = {number: slot.process for number, slot in enumerate(self._slots) if slot.serving}
        texts = await asyncio.gather(*(process.metrics(_METRICS_SECONDS) for process in serving.values()))
        return {number: text for number, text in zip(serving, texts, strict=True) if text}
