"""The server: put together, started, drained and stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any, Final

import grpc
import structlog

from server.calls import Calls
from server.catalogues.making import make_catalogue
from server.config import Settings, SettingsError, unknown_variables
from server.cores import share_out
from server.decision_log import DecisionLogService
from server.decisions import DecisionService
from server.health import Health, add_reflection
from server.identity.listening import check_identity, is_loopback, make_identify
from server.identity.tls import server_credentials
from server.logs import configure_logs
from server.memory import set_aside
from server.methods import SERVICES, Pools, Services, add_methods
from server.metrics import Metrics, MetricsPage
from server.notifying import tell_systemd
from server.pinning import pin
from server.pools import Pool, Streams
from server.replies import ENGINE_VERSION
from server.rosters.recorded import Runs
from server.rosters.service import RosterService
from server.rosters.workers import Workers
from server.rulesets import RulesetService
from server.sandboxes import Sandboxes
from server.store.log import open_log
from server.transport import transport_options
from server.versions.service import versions_service
from server.waiting import Waiting
from server.whole_files import write_whole

__all__ = ["Server", "serve"]

_CHECKING_THREADS: Final = 4
_DRAIN_STEP_SECONDS: Final = 0.02

_log = structlog.stdlib.get_logger("server")


class Server:
    """One server: it listens after `start` and until `stop`.

    Args:
        settings: what it is told.
        cores: the cores that its child processes may use; those of this process when None.
        after_reading: called whenever other rulesets have been read.
        roster_cores: those of the cores that decide rosters; all when None.
        shared_port: whether other processes listen on its port too.

    Raises:
        SettingsError: when its database cannot be used.

    Attributes:
        port, metrics_port: where it listens; 0 before `start`, and where no metrics page is served.
        catalogue: the rulesets that it serves.
        metrics: what it counts.
        methods: the paths of what it answers.
    """

    def __init__(
        self,
        settings: Settings,
        cores: frozenset[int] | None = None,
        after_reading: Callable[[], None] | None = None,
        *,
        roster_cores: frozenset[int] | None = None,
        shared_port: bool = False,
    ) -> None:
        check_identity(settings)
        self._settings = settings
        self._credentials = server_credentials(settings)
        self.port = 0
        self.metrics_port = 0
        self.metrics = Metrics()
        cores = frozenset(os.sched_getaffinity(0)) if cores is None else cores
        self._sandboxes = Sandboxes(
            self.metrics, seconds=settings.sandbox_seconds, megabytes=settings.sandbox_megabytes, cores=cores
        )
        self._deciding = Pool("deciding", settings.threads, settings.max_concurrent_calls)
        self._trying = Pool("trying", settings.sandboxes, settings.sandboxes + settings.sandbox_waiting)
        self._streams = Streams(settings.stream_threads)
        self._exporting = Streams(settings.log_exports)
        self._running = Pool("rosters", settings.rosters, settings.rosters)
        self.metrics.watch(
            lambda: self._deciding.held + self._trying.held, lambda: self._streams.held, lambda: self._running.held
        )
        self._checking = Pool("checking", _CHECKING_THREADS, settings.max_concurrent_calls)
        self._health = Health(SERVICES, self._checking, self._streams)
        self.catalogue = make_catalogue(settings, self.metrics, self._sandboxes, after_reading, self._health.ready)
        self._waiting = Waiting(settings.message_seconds, settings.threads // 2)
        self._idle = Waiting(settings.roster_idle_seconds, settings.log_exports + 1)
        workers = Workers(
            most_idle=settings.rosters,
            idle_seconds=settings.roster_idle_seconds,
            cores=cores if roster_cores is None else roster_cores,
            spill_folder=settings.roster_spill_folder,
        )
        # calls that wait for a thread cannot join those that wait for the log
        self._log = open_log(settings, self.metrics, lambda: min(self._deciding.held, settings.threads))
        self._rosters = RosterService(
            self.catalogue, workers, self._sandboxes, self.metrics, settings, self._waiting, Runs(self._log)
        )
        self._identify = make_identify(settings, self.metrics)
        self._calls = Calls(self.metrics, self._waiting, settings.max_message_bytes, self._identify)
        self._versions = versions_service(settings, self._sandboxes)
        self._add_methods()
        self.methods = self._calls.paths
        self._health.add_to(self._calls)
        open_to_all = is_loopback(settings.address)
        add_reflection(self._calls, SERVICES, self._streams, None if open_to_all else self._identify)
        options = transport_options(settings, shared_port=shared_port)
        self._grpc = grpc.server(self._deciding, handlers=[self._calls], options=options)
        self._page: MetricsPage | None = None

    def start(self) -> None:
        """Listens, reads the rulesets, and says that it is ready. Calls that come earlier are answered NOT_READY.

        Raises:
            SettingsError: when it cannot listen, or what it decides by is not there.
        """
        self.check()
        self.listen()
        self.read_rulesets()

    def check(self) -> None:
        """Looks for what it needs.

        Raises:
            SettingsError: when the folder of rulesets does not exist.
        """
        if self._settings.rulesets_source == "folder" and not self._settings.rulesets.is_dir():
            message = f"The folder of rulesets, {self._settings.rulesets}, does not exist. Set `rulesets`."
            raise SettingsError(message)

    def listen(self) -> None:
        """Listens, and serves its metrics.

        Raises:
            SettingsError: when it cannot listen.
        """
        settings = self._settings
        try:
            where = f"{settings.address}:{settings.port}"
            if self._credentials is None:
                self.port = self._grpc.add_insecure_port(where)
            else:
                self.port = self._grpc.add_secure_port(where, self._credentials)
            if settings.metrics:
                self._page = MetricsPage.serve(self.metrics.registry, settings.metrics_address, settings.metrics_port)
                self.metrics_port = self._page.port
        except (RuntimeError, OSError) as error:
            where = f"{settings.address}:{settings.port}" if not self.port else f"port {settings.metrics_port}"
            message = f"Cannot listen on {where}: is another server there?"
            raise SettingsError(message) from error
        self._grpc.start()
        self._waiting.start()
        self._idle.start()
        self._rosters.start()
        if settings.port_file is not None:
            write_whole(settings.port_file, f"{self.port}\n")

    def read_rulesets(self) -> None:
        """Reads the rulesets, and says that they are ready, once the database, if they come from it, can be reached."""
        self.catalogue.read()
        if self.catalogue.ready:
            self._health.ready()
        if self._settings.watch or self._settings.rulesets_source == "database":
            self.catalogue.start_watching()

    def stop(self, *, delay: bool = True) -> None:
        """Says that it is not ready, waits as the settings say, finishes the calls in flight, and stops.

        Without `delay` it does not wait for load balancers to notice, since others serve on its port.
        """
        settings = self._settings
        self._health.stopping()
        if delay and settings.drain_delay_seconds:
            Event().wait(settings.drain_delay_seconds)
        stopped = self._grpc.stop(settings.drain_grace_seconds)
        self._rosters.stop()
        # Streams would keep it waiting until the grace is over, so they end once nobody waits for an answer.
        while (self._deciding.held or self._trying.held or self._running.held) and not stopped.wait(
            _DRAIN_STEP_SECONDS
        ):
            pass
        self._streams.end_all()
        self._exporting.end_all()
        stopped.wait()
        self._waiting.stop()
        self._idle.stop()
        self.catalogue.stop()
        for pool in (self._deciding, self._trying, self._running, self._checking, self._streams, self._exporting):
            pool.shutdown()
        self._rosters.close()
        self._calls.close()
        self._identify.close()
        if self._log is not None:
            self._log.close()
        self._versions.close()
        if self._page is not None:
            self._page.close()
        if settings.port_file is not None:
            settings.port_file.unlink(missing_ok=True)

    def _add_methods(self) -> None:
        settings = self._settings
        services = Services(
            decisions=DecisionService(
                self.catalogue,
                self.metrics,
                most_cases=settings.max_batch_cases,
                most_levels=settings.max_nesting,
                most_steps=settings.max_steps,
                log=self._log,
            ),
            rulesets=RulesetService(self.catalogue, self._sandboxes),
            rosters=self._rosters,
            log=DecisionLogService(
                self._log, self.catalogue, self._sandboxes, self._exporting, self._idle, steps=settings.max_steps
            ),
            versions=self._versions,
        )
        pools = Pools(self._deciding, self._trying, self._running, self._exporting)
        add_methods(self._calls, services, pools)


def serve(settings: Settings, on_ready: Callable[[Server], None] | None = None) -> int:
    """Serves until the process is told to stop (SIGTERM or SIGINT), and drains; call it from the main thread.

    A second signal ends the process at once. `on_ready` is called when the server has become ready.

    Returns:
        The exit code of the process: 0.

    Raises:
        SettingsError: when it cannot serve as the settings say.
    """
    configure_logs(settings.log_format, settings.log_level)
    for name in unknown_variables(os.environ):
        _log.warning("unknown_environment_variable", name=name)
    told = Event()
    before: dict[signal.Signals, Any] = {}

    def stop(number: int, _frame: FrameType | None) -> None:
        _log.info("stopping", signal=signal.Signals(number).name)
        for each, handler in before.items():
            signal.signal(each, handler)
        told.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        before[each] = signal.signal(each, stop)
    allowed = frozenset(os.sched_getaffinity(0))
    cores = share_out(allowed, 1, settings.pin_core, settings.roster_threads)
    server = Server(settings, allowed, set_aside, roster_cores=cores.rosters)
    core = pin(settings.pin_core, batch=settings.batch_scheduling)
    server.start()
    _log.info(
        "serving",
        address=settings.address,
        port=server.port,
        metrics_port=server.metrics_port or None,
        core=core,
        rulesets=server.catalogue.count,
        version=ENGINE_VERSION,
        identity=settings.identity,
        tls=settings.tls_certificate is not None,
    )
    tell_systemd("ready")
    if on_ready is not None:
        on_ready(server)
    told.wait()
    tell_systemd("stopping")
    began = monotonic()
    server.stop()
    _log.info("stopped", seconds=round(monotonic() - began, 3))
    return 0
