"""What the two clients share of deciding a roster: what to send next, what has no answer yet, when to connect again.

Nothing here waits, and nothing is safe to be shared by threads: `running.py` and `aio_running.py` see to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import grpc

from rollbook.decisions import Mode
from rollbook.errors import InvalidRequestError, OverloadedError, RollbookError, UnavailableError
from rollbook.rosters import CaseBatch, DecidedBatch, RosterCounts, answer
from rollbook.v1.roster_service_pb2 import DecideRosterRequest, DecideRosterResponse, RosterHeader, RosterStarted

__all__ = ["Connection", "Roster", "Unanswered", "ended_early"]

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 2.0


@dataclass(slots=True)
class Connection:
    """One stream.

    Attributes:
        sent: the numbers of the batches that were sent over it.
        begun: whether the server has taken the roster; nothing but the header is sent before.
        closed: whether nothing more should be sent.
    """

    sent: set[int] = field(default_factory=set)
    begun: bool = False
    closed: bool = False


@dataclass(slots=True)
class Unanswered:
    """The batches that were taken from the caller and have no answer yet.

    Attributes:
        window: how many there may be.
        taking: whether somebody is taking the next one from the caller.
        exhausted: whether the caller has no more.
        failure: what the caller's batches raised.
    """

    window: int
    taking: bool = False
    exhausted: bool = False
    failure: BaseException | None = None
    _waiting: dict[int, DecideRosterRequest] = field(default_factory=dict)

    def settled(self, connection: Connection) -> bool:
        """Whether it is clear what to do for `connection`: send, stop, or take one more of the caller's batches."""
        if connection.closed or not connection.begun:
            return connection.closed
        if not self._waiting.keys() <= connection.sent:
            return True
        return not self.taking and (self._no_more or len(self._waiting) < self.window)

    def chosen(self, connection: Connection) -> tuple[DecideRosterRequest | None, bool]:
        """What to send next, where it is settled; or None and whether one more should be taken from the caller."""
        if connection.closed:
            return None, False
        for sequence, request in self._waiting.items():
            if sequence not in connection.sent:
                connection.sent.add(sequence)
                return request, False
        if self._no_more:
            return None, False
        self.taking = True
        return None, True

    def taken(self, batch: CaseBatch | None, failure: BaseException | None = None) -> None:
        """Keeps what the caller gave; None when there is no more."""
        self.taking = False
        self.failure = failure
        if batch is None:
            self.exhausted = True
        elif batch.sequence in self._waiting:
            message = f"The number {batch.sequence} of a batch comes twice."
            self.failure = InvalidRequestError(message, code=grpc.StatusCode.INVALID_ARGUMENT)
        else:
            self._waiting[batch.sequence] = DecideRosterRequest(batch=batch.message())

    def answered(self, sequence: int) -> None:
        """The batch needs no more sending."""
        self._waiting.pop(sequence, None)

    @property
    def _no_more(self) -> bool:
        return self.exhausted or self.failure is not None


class Roster:
    """What is known of a roster that is being decided.

    Attributes:
        started: what the server said first, on the newest connection.
        counts: what became of all cases whose answers were taken.

    Args:
        header: what is asked.
        mode: whether decisions are recorded.
        patience: seconds without an answer after which connecting again is given up.
    """

    def __init__(self, header: RosterHeader, mode: Mode, patience: float) -> None:
        self._header = header
        self._mode = mode
        self._patience = patience
        self._since = monotonic()
        self._tries = 0
        self.started: RosterStarted | None = None
        self.counts = RosterCounts()

    def first_request(self) -> DecideRosterRequest:
        """The header as a request, for one connection more."""
        return DecideRosterRequest(header=self._header)

    def begun(self, started: RosterStarted) -> None:
        """The server has taken the roster. From now on the version is named, so that all decisions are made by one."""
        if self.started is None:
            first = started.versions.rulesets[0]
            self._header.ruleset = f"{first.ruleset}/versions/{first.version}"
        self.started = started

    def decided(self, message: DecideRosterResponse) -> DecidedBatch:
        """The answer in `message`, counted."""
        assert self.started is not None
        self._since, self._tries = monotonic(), 0
        decided = answer(message.batch, self.started, self._mode)
        self.counts += decided.counts
        return decided

    def wait_after(self, error: RollbookError) -> float:
        """The seconds to wait before connecting again.

        An overloaded server is waited for only where it had taken the roster before: it may not have noticed that the
        old connection broke.

        Raises:
            RollbookError: `error`, when connecting again does not help or has been tried for long enough.
        """
        again = isinstance(error, UnavailableError) or (isinstance(error, OverloadedError) and self.started is not None)
        if not again or monotonic() - self._since >= self._patience:
            raise error
        wait: float = min(_FIRST_WAIT * 2**self._tries, _LONGEST_WAIT)
        self._tries += 1
        return wait


def ended_early() -> UnavailableError:
    """What a stream is that ends without its last message."""
    message = "The server ended the stream before all was answered."
    return UnavailableError(message, code=grpc.StatusCode.UNAVAILABLE)
