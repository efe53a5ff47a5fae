"""Callers that ask without a pause while something happens to the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from queue import SimpleQueue
from threading import Event
from types import TracebackType
from typing import Self

import rollbook

IN_FLIGHT = 16
FACTS = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}


class Load:
    """As many callers as there are calls in flight.

    Args:
        target: whom they ask.
        mode: whether what is decided is logged.
        attempts: how often the SDK sends a call; 1 for never again.

    Attributes:
        received: what they were answered.
        errors: what they were refused with, by what it is called.
    """

    def __init__(self, target: str, mode: rollbook.Mode = rollbook.Mode.TRY, attempts: int = 5) -> None:
        self.received: list[rollbook.Decision] = []
        self.errors: Counter[str] = Counter()
        self._mode = mode
        self._answered: SimpleQueue[None] = SimpleQueue()
        self._over = Event()
        self._rest = 0.0
        self._client = rollbook.Client(target, options=rollbook.Options(timeout=60.0, attempts=attempts))
        self._threads = ThreadPoolExecutor(IN_FLIGHT)
        self._asking: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._asking = [self._threads.submit(self._ask, number) for number in range(IN_FLIGHT)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()
        self._client.close()

    def end(self) -> None:
        """Waits for the answers that are still to come."""
        self._over.set()
        for one in self._asking:
            one.result(timeout=60)
        self._threads.shutdown()

    def wait(self, answers: int) -> None:
        """Waits until there are so many answers more."""
        for _ in range(answers):
            self._answered.get(timeout=60)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Asks less meanwhile, so that what starts again gets the processor; a wait afterwards is for new answers."""
        self._rest = 0.1
        yield
        self._rest = 0.0
        for _ in range(self._answered.qsize()):
            self._answered.get()

    def _ask(self, number: int) -> None:
        case = rollbook.Case(FACTS, subject=f"s-{number}")
        while not self._over.is_set():
            try:
                decided = self._client.decide("demo/marks", case, as_of=date(2018, 9, 14), mode=self._mode)
            except rollbook.RollbookError as error:
                self.errors[str(error)] += 1
            else:
                self.received.append(decided)
                self._answered.put(None)
            if self._rest:
                self._over.wait(self._rest)
