"""Decides a roster by a server: chunks go there in smaller batches, and their answers are put together again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from clients.rosters.batches import packed, read_stream, with_ids
from clients.rosters.deciding import Answer, Asked, Prepared
from clients.rosters.errors import RosterFileError
from engine.errors import FactsError, Reason, Violation
from engine.rosters import Decided, Reject
from engine.rosters.model import Detail
from rollbook import CaseBatch, Client, Credentials, FactError, Mode, Options, RollbookError, RosterDetail
from rollbook.rosters import AnswerForm, DecidedBatch, RosterStarted
from rollbook.running import RosterRun

__all__ = ["PATIENCE", "Record", "RemoteDecider", "remote_decider", "violations_of"]

PATIENCE: Final = 60.0
"""Seconds without an answer after which a server is given up, unless somebody says otherwise."""

_EXPECTED: Final = " Expected: "
"""Stands in what a server says of a place between what is wrong and what was expected."""


@dataclass(frozen=True, slots=True)
class Record:
    """How a run is recorded.

    Attributes:
        run_id: the id of the run, kept when it is resumed.
        ids: the id columns.
        case_id, subject, school: those of them that have these; empty where none has.
    """

    run_id: str
    ids: Sequence[str]
    case_id: str = ""
    subject: str = ""
    school: str = ""

    def how(self) -> dict[str, Any]:
        """What the SDK is told."""
        columns = {"case_id_column": self.case_id, "subject_column": self.subject, "school_column": self.school}
        return {"run_id": self.run_id, "id_columns": self.ids, **columns}


@dataclass(slots=True)
class _Sent:
    """A chunk whose batches are being decided.

    Attributes:
        chunk: the chunk.
        batches: how many batches it was sent in.
        decided: their decisions, by the rows of the chunk.
        rejects: their rejects, by the rows of the chunk.
    """

    chunk: Prepared
    batches: int
    decided: list[pa.RecordBatch] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, answer: DecidedBatch) -> None:
        """Takes the answer to the next batch."""
        first_row = self.chunk.chunk.first_row
        decisions = read_stream(answer.arrow)
        if ids := decisions.schema.get_field_index("row"):  # they stand first, and are here already
            decisions = decisions.select(decisions.schema.names[ids:])
        rows = pc.subtract(decisions.column("row"), first_row)
        self.decided.append(decisions.set_column(decisions.schema.get_field_index("row"), "row", rows))
        self.rejects += [_reject(reject.row - first_row, reject.error) for reject in answer.rejects]


class RemoteDecider:
    """A server that decides a roster; one run, which begins when this is made.

    Attributes:
        asked: what is asked, with the versions that decide.
        facts: the names of the columns of facts, at the top.
        one_by_one: why the server decides the cases one by one; empty when it decides them all at once.
        run_id: the id of the run in the server's decision log; empty where it is not recorded.
        answered: whether a batch was answered.
    """

    def __init__(
        self, client: Client, ruleset: str, detail: Detail, patience: float, record: Record | None, **how: Any
    ) -> None:
        """Use `remote_decider`."""
        self.run_id = "" if record is None else record.run_id
        self.answered = False
        self._chunks: Iterable[Prepared] = ()
        self._asked_for = Event()  # set when `_chunks` are those to decide, or there will be none
        self._sent: deque[_Sent] = deque()
        self._run: RosterRun = client.decide_roster(
            ruleset,
            self._batches(),
            mode=Mode.TRY if record is None else Mode.RECORD,
            patience=patience,
            detail=RosterDetail.OUTCOMES if detail == "outcomes" else RosterDetail.DECISIONS,
            answer_form=AnswerForm.ARROW,
            **how | ({} if record is None else record.how()),
        )
        started = self._started()
        self._started_with = started
        self.asked = _asked(started, detail)
        self._schema = self.asked.schema
        self.facts = frozenset(pa.ipc.open_stream(started.case_schema).schema.names)
        self.one_by_one = started.one_by_one_because

    def decide(self, chunks: Iterable[Prepared]) -> Iterator[Answer]:
        """The answer to each chunk, in their order.

        Raises:
            RosterFileError: when the server comes back with other versions.
            FactsError: FACT_INVALID when the table is not what the ruleset declares.
            RollbookError (of the SDK): whatever else the server refuses, or when it cannot be reached for too long.
        """
        self._chunks = chunks
        self._asked_for.set()
        try:
            for answer in self._run:
                self.answered = True
                yield from self._without_cases()
                self._check_versions()
                self._sent[0].take(answer)
                if len(self._sent[0].decided) == self._sent[0].batches:
                    yield self._answered(self._sent.popleft())
        except FactError as error:
            raise FactsError(violations_of(error), error.message) from None
        yield from self._without_cases()

    def close(self) -> None:
        """Ends the run."""
        self._asked_for.set()
        self._run.close()

    def _started(self) -> RosterStarted:
        try:
            return self._run.started
        except BaseException:
            self.close()
            raise

    def _batches(self) -> Iterator[CaseBatch]:
        """The chunks as batches. Taken by a thread of the client's, as there is room for them."""
        self._asked_for.wait()
        for chunk in self._chunks:
            started = self._started_with
            cases = with_ids(chunk) if self.run_id else chunk
            sending = packed(cases, started.max_batch_cases, started.max_message_bytes)
            self._sent.append(_Sent(chunk, len(sending.batches), rejects=list(sending.rejects)))
            for batch in sending.batches:
                yield batch.numbered(batch.first_row)  # the same number when the run is resumed

    def _check_versions(self) -> None:
        """Whether the server is as it was when the run began, since it may have been replaced meanwhile.

        Raises:
            RosterFileError: when calendars or Rollbook itself have another version now.
        """
        if _asked(self._run.started, self.asked.detail) != self.asked:
            message = "the server came back with other calendars, or another version of Rollbook."
            raise RosterFileError(message, "--restart begins anew, so that all decisions are made in the same way.")

    def _without_cases(self) -> Iterator[Answer]:
        """The answers to chunks that had nothing to send: no row of them could be read."""
        while self._sent and not self._sent[0].batches:
            yield self._answered(self._sent.popleft())

    def _answered(self, sent: _Sent) -> Answer:
        decided = pa.Table.from_batches(sent.decided, self._schema).combine_chunks()
        whole = decided.to_batches()[0] if decided.num_rows else pa.RecordBatch.from_pylist([], schema=self._schema)
        return sent.chunk.answered(Decided(whole, tuple(sent.rejects)))


@contextmanager
def remote_decider(  # noqa: PLR0913 - what is asked of a roster, and of whom
    server: str,
    ruleset: str,
    *,
    as_of: date,
    rules_as_of: date | None = None,
    absent_is_none: bool = False,
    calendar: str = "",
    detail: Detail = "decisions",
    patience: float = PATIENCE,
    record: Record | None = None,
    credentials: Credentials | None = None,
) -> Iterator[RemoteDecider]:
    """What decides rosters by the server at `server`; the words are those of `rollbook decide`.

    Raises:
        RollbookError (of the SDK): when the server refuses the question or cannot be reached.
    """
    with Client(server, options=Options(channels=1), credentials=credentials) as client:
        decider = RemoteDecider(
            client,
            ruleset,
            detail,
            patience,
            record,
            as_of=as_of,
            rules_as_of=rules_as_of,
            absent_is_none=absent_is_none,
            calendar=calendar,
        )
        try:
            yield decider
        finally:
            decider.close()


def _asked(started: RosterStarted, detail: Detail) -> Asked:
    versions = started.versions
    own, *others = versions.rulesets
    return Asked(
        own.ruleset.removeprefix("rulesets/"),
        own.version,
        started.as_of,
        started.rules_as_of,
        started.absent_is_none,
        {calendar.calendar.removeprefix("calendars/"): calendar.version for calendar in versions.calendars},
        {other.ruleset.removeprefix("rulesets/"): other.version for other in others},
        versions.engine,
        detail,
        bool(started.roster_run),
    )


def _reject(row: int, error: RollbookError) -> Reject:
    return Reject(row, error.reason or Reason.INTERNAL.value, error.message, violations_of(error))


def violations_of(error: RollbookError) -> tuple[Violation, ...]:
    """The places that are wrong, counted from the facts, as the engine tells them."""
    found = []
    for place in error.violations:
        message, _, expected = place.expected.partition(_EXPECTED)
        path = "" if place.path == "facts" else place.path.removeprefix("facts.")
        found.append(Violation(path, expected.removesuffix("."), message))
    return tuple(found)
