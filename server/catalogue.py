"""What is served: rulesets as they were last read, swapped as a whole when something has changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from threading import Condition, Event, Lock, Thread

from engine.inference import Inference
from server.catalogues.served import Served, Snapshot
from server.errors import RefusalError
from server.metrics import Metrics

__all__ = ["Catalogue", "Served", "Snapshot"]


class Catalogue(ABC):
    """Reads rulesets, at first and whenever they have changed.

    Attributes:
        readings: how often they have been read, refused readings too.

    Args:
        metrics: what readings and rulesets are counted in.
        after_reading: called whenever they have been read.
    """

    def __init__(self, metrics: Metrics, after_reading: Callable[[], None] | None = None) -> None:
        self._metrics = metrics
        self._after_reading = after_reading
        self._inference = Inference()
        self._snapshot: Snapshot | None = None
        self._reading = Lock()
        self._changed = Condition()
        self.readings = 0
        self._stop = Event()
        self._watcher: Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether the rulesets have been read."""
        return self._snapshot is not None

    @property
    def count(self) -> int:
        """How many rulesets decide on some day."""
        return 0 if self._snapshot is None else len(self._snapshot.served)

    def snapshot(self) -> Snapshot:
        """What is served now.

        Raises:
            RefusalError: NOT_READY before the first reading.
        """
        if (snapshot := self._snapshot) is None:
            raise RefusalError("NOT_READY", "The server is starting; its rulesets are not read yet.")
        return snapshot

    @abstractmethod
    def read(self) -> None:
        """Reads the rulesets, and serves them."""

    def start_watching(self) -> None:
        """Reads the rulesets again whenever they have changed, in a thread of its own."""
        self._watcher = Thread(target=self._watch, name="rulesets", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stops watching, and the thread that durable-rules runs in."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join()
        self._inference.close()

    def wait_for_reading(self, number: int, timeout: float) -> bool:
        """Waits until they have been read `number` times in all, refused readings too; False when in vain."""
        with self._changed:
            return self._changed.wait_for(lambda: self.readings >= number, timeout)

    @abstractmethod
    def _watch(self) -> None:
        """Reads again after every change, until `_stop` is set."""

    def _read_once_more(self) -> None:
        with self._changed:
            self.readings += 1
            self._changed.notify_all()
