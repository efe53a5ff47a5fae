"""RosterService: streams of batches, decided and compared in child processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from threading import Lock
from typing import Final

import msgspec

from engine.documents import Documents
from engine.errors import Violation
from rollbook.v1 import problem_pb2
from rollbook.v1.roster_service_pb2 import CompareRulesetsRequest, DecideRosterRequest
from rollbook.v1.ruleset_service_pb2 import RulesetDocument, ValidateRulesetRequest, ValidateRulesetResponse
from server.calls import Call, ClientGoneError
from server.catalogue import Catalogue
from server.catalogues.served import Named
from server.config import Settings
from server.errors import RefusalError, too_large
from server.identity.identify import require_tenant
from server.metrics import Metrics
from server.requests import invalid, named_rulesets, recorded, safe_request_id
from server.rosters.asked import check_run_id, deciding
from server.rosters.assignment import Assignment, Tally
from server.rosters.compared import comparing
from server.rosters.exchange import Exchange
from server.rosters.frames import Frame, Kind
from server.rosters.recorded import RecordedRun, Runs
from server.rosters.workers import Workers
from server.sandboxes import Sandboxes
from server.waiting import Waiting

__all__ = ["RosterService"]

_MOST_PROBLEMS: Final = 20
_MANY: Final = 1_000_000
"""Nobody's patience gets shorter because many wait: there are few rosters at a time."""


class RosterService:
    """Decides and compares rosters by what the catalogue serves.

    Args:
        catalogue: the rulesets.
        workers: the child processes.
        sandboxes: where drafts are checked first.
        metrics: what cases and streams are counted in.
        settings: what a roster may have and use.
        headers: cuts off a client that opens a stream and sends no header.
        runs: begins recorded rosters.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        workers: Workers,
        sandboxes: Sandboxes,
        metrics: Metrics,
        settings: Settings,
        headers: Waiting,
        runs: Runs,
    ) -> None:
        self._catalogue = catalogue
        self._workers = workers
        self._sandboxes = sandboxes
        self._metrics = metrics
        self._settings = settings
        self._headers = headers
        self._runs = runs
        self._waiting = Waiting(settings.roster_idle_seconds, _MANY)
        self._exchanges: set[Exchange] = set()
        self._stopping = False
        self._changing = Lock()

    def start(self) -> None:
        """Begins to look for clients that neither send nor take anything."""
        self._waiting.start()

    def stop(self) -> None:
        """Ends every stream as soon as what was read is answered; new ones are refused."""
        with self._changing:
            self._stopping = True
            exchanges = list(self._exchanges)
        for exchange in exchanges:
            exchange.stop()

    def close(self) -> None:
        """Ends the child processes, once no stream is open."""
        self._waiting.stop()
        self._workers.close()

    def decide_roster(self, messages: Iterator[bytes], call: Call) -> Iterator[bytes]:
        """Decides the batches of a roster."""
        request = DecideRosterRequest.FromString(self._first(messages, call))
        if request.WhichOneof("message") != "header":
            invalid((Violation("header", "a RosterHeader", "The first message of a stream is its header."),))
        header = request.header
        call.request_id = safe_request_id(header.run_id)
        call.caller.require("decide", *named_rulesets([header.ruleset]))
        record = recorded(header.mode, "header.mode")
        if record:
            require_tenant(call.caller)
            check_run_id(header.run_id)
            self._runs.resumed(header, call.caller)
        assignment, served = deciding(header, self._catalogue.snapshot(), self._settings)
        run = self._runs.begin(header, assignment, served, call.caller) if record else None
        if run is not None:
            assignment = run.assignment

        def count(tally: Tally) -> None:
            self._count(call.method, sum(tally.decided.values()), tally.rejected)
            _count_decisions(served, tally)

        return self._counted(call.method, self._run(assignment, messages, call, count, run))

    def compare_rulesets(self, messages: Iterator[bytes], call: Call) -> Iterator[bytes]:
        """Decides the batches of a roster by two rulesets, and tells at the end what differs."""
        request = CompareRulesetsRequest.FromString(self._first(messages, call))
        if request.WhichOneof("message") != "header":
            invalid((Violation("header", "a ComparisonHeader", "The first message of a stream is its header."),))
        call.request_id = safe_request_id(request.header.run_id)
        named = named_rulesets(side.name for side in (request.header.before, request.header.after))
        call.caller.require_any(("decide", "edit"), *named)
        snapshot = self._catalogue.snapshot()
        assignment = comparing(request.header, snapshot, self._settings, partial(self._check_draft, call))

        def count(tally: Tally) -> None:
            self._count(call.method, sum(tally.decided.values()), tally.rejected)

        return self._counted(call.method, self._run(assignment, messages, call, count))

    def _check_draft(self, call: Call, text: str, field: str, documents: Documents) -> None:
        """Checks a draft in a sandbox, with limits, before a child process that decides gets it.

        Raises:
            RefusalError: RULESET_INVALID with what is wrong with it; LIMIT_EXCEEDED.
        """
        request = ValidateRulesetRequest(document=RulesetDocument(ruleset_yaml=text)).SerializeToString()
        answer = self._sandboxes.run("validate", request, call.when_over, documents=documents)
        checked = ValidateRulesetResponse.FromString(answer)
        if not checked.valid:
            problems = [one for one in checked.problems if one.severity == problem_pb2.SEVERITY_ERROR]
            wrong = (Violation(field, "", f"Line {one.line}: {one.message}") for one in problems[:_MOST_PROBLEMS])
            raise RefusalError("RULESET_INVALID", "The draft has errors.", tuple(wrong))

    def _run(
        self,
        assignment: Assignment,
        messages: Iterator[bytes],
        call: Call,
        count: Callable[[Tally], None],
        run: RecordedRun | None = None,
    ) -> Iterator[bytes]:
        worker = self._workers.take(assignment)
        exchange = Exchange(worker, messages, call, self._waiting, self._settings.roster_max_message_bytes)
        try:
            self._opened(exchange)
            for frame in exchange.answers():
                tally = _tally(frame)
                if run is not None:
                    _record(run, frame, tally)
                count(tally)
                yield frame.body
        finally:
            with self._changing:
                self._exchanges.discard(exchange)
            if exchange.done and all(ruled.version for ruled in assignment.rulesets):
                self._workers.give_back(worker)
            else:
                worker.end()

    def _first(self, messages: Iterator[bytes], call: Call) -> bytes:
        raw = self._headers.awaited(messages, call.context)
        if len(raw) > self._settings.max_message_bytes:
            raise too_large("message-bytes", self._settings.max_message_bytes, len(raw), "The header is too large.", "")
        return raw

    def _opened(self, exchange: Exchange) -> None:
        with self._changing:
            if self._stopping:
                raise RefusalError("NOT_READY", "The server is stopping.")
            self._exchanges.add(exchange)

    def _counted(self, method: str, answers: Iterator[bytes]) -> Iterator[bytes]:
        """The answers; how the stream ended is counted."""
        result = "CLIENT_GONE"
        try:
            yield from answers
            result = "finished"
        except RefusalError as error:
            result = error.reason
            raise
        except ClientGoneError:
            raise
        except Exception:
            result = "INTERNAL"
            raise
        finally:
            self._metrics.roster_runs.labels(method, result).inc()

    def _count(self, method: str, decided: int, rejected: int) -> None:
        if decided:
            self._metrics.roster_cases.labels(method, "decided").inc(decided)
        if rejected:
            self._metrics.roster_cases.labels(method, "rejected").inc(rejected)


def _record(run: RecordedRun, frame: Frame, tally: Tally) -> None:
    """Enters in the log what is answered next."""
    if tally.written is not None:
        run.add(tally.written)
    if frame.kind is Kind.LAST:
        run.end()


def _tally(frame: Frame) -> Tally:
    return msgspec.json.decode(frame.note, type=Tally)


def _count_decisions(served: Named, tally: Tally) -> None:
    for outcome, number in tally.decided.items():
        served.counts[outcome].inc(number)
