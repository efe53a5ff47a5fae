"""Decisions in this process: the services of a server, without a network between, so that both say the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack, cast

import grpc

from engine.errors import RollbookError, RulesetError
from rollbook import replies, requests
from rollbook.decisions import Decision, Mode
from rollbook.errors import from_status
from rollbook.explanations import Explanation
from rollbook.requests import Case, Facts, How
from rollbook.rulesets import Ruleset, RulesetView
from server.calls import Call
from server.catalogues.folder import FolderCatalogue
from server.config import Settings
from server.decisions import DecisionService
from server.errors import RefusalError, status_of
from server.logs import configure_logs
from server.metrics import Metrics
from server.rulesets import RulesetService
from server.sandboxes import Sandboxes

__all__ = ["Local"]


class _Here(Call):
    """A call that comes from this process: nobody hangs up, and no deadline passes."""

    def __init__(self) -> None:
        super().__init__("Local", cast("grpc.ServicerContext", None))

    def still_wanted(self) -> None:
        """Passes."""

    def when_over(self, do: Callable[[], None]) -> None:
        """Does nothing: the call is never over early."""


class Local:
    """The rulesets in `folder`, or `only` those of these ids, answering as a server does that has them."""

    def __init__(self, folder: Path, only: Sequence[str] | None = None) -> None:
        configure_logs("text", "critical")  # what is wrong is told as a refusal
        settings = Settings(rulesets=folder)
        metrics = Metrics()
        only = None if only is None else [name.removeprefix("rulesets/") for name in only]
        self._catalogue = FolderCatalogue(folder, metrics, settle_seconds=settings.reload_settle_seconds, only=only)
        self._decisions = DecisionService(
            self._catalogue,
            metrics,
            most_cases=settings.max_batch_cases,
            most_levels=settings.max_nesting,
            most_steps=settings.max_steps,
        )
        cores = frozenset(os.sched_getaffinity(0))
        sandboxes = Sandboxes(
            metrics, seconds=settings.sandbox_seconds, megabytes=settings.sandbox_megabytes, cores=cores
        )
        self._rulesets = RulesetService(self._catalogue, sandboxes)

    def __enter__(self) -> Self:
        self._catalogue.read()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._catalogue.stop()

    def decide_together(
        self, rulesets: Sequence[str], case: Case | Facts, *, as_of: date, mode: Mode, **how: Unpack[How]
    ) -> tuple[Decision, ...]:
        """The decisions of 1 to 20 rulesets about one case, in their order."""
        request = requests.decide(rulesets, case, as_of=as_of, mode=mode, how=how)
        with self._refusing(rulesets):
            return replies.decisions(self._decisions.decide(request, _Here()))

    def explain(self, ruleset: str, case: Case | Facts, *, as_of: date, **how: Unpack[How]) -> Explanation:
        """Why the ruleset decides the case as it does."""
        request = requests.explain([ruleset], case, as_of=as_of, how=how)
        with self._refusing([ruleset]):
            (explanation,) = replies.explanations(self._decisions.explain(request, _Here()))
        return explanation

    def list_rulesets(self, *, view: RulesetView = RulesetView.BASIC) -> Iterator[Ruleset]:
        """Every ruleset, by name."""
        token = ""
        while True:
            reply = self._rulesets.list_rulesets(requests.list_rulesets(100, token, view), _Here())
            yield from replies.rulesets(reply)
            token = reply.next_page_token
            if not token:
                return

    def get_ruleset(self, name: str, *, as_of: date | None = None, view: RulesetView = RulesetView.FULL) -> Ruleset:
        """One ruleset, as it is in force on `as_of` (today, unless given)."""
        request = requests.get_ruleset(name, as_of, view)
        with self._refusing([]):
            return replies.ruleset(self._rulesets.get_ruleset(request, _Here()))

    @contextmanager
    def _refusing(self, rulesets: Sequence[str]) -> Iterator[None]:
        """Raises refusals as a client does; a broken ruleset with all its problems, which a server only logs."""
        broken = self._catalogue.snapshot().library.broken
        for name in rulesets:
            if problems := broken.get(name.removeprefix("rulesets/")):
                raise RulesetError(problems)
        try:
            yield
        except (RefusalError, RollbookError) as error:
            raise from_status(status_of(error)) from None
