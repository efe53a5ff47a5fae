"""The calls of `rollbook.Client` that take whole rosters."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Unpack

from rollbook.channels import Options, with_metadata
from rollbook.comparing import ComparedRuleset, HowComparison, first_request
from rollbook.comparison_running import ComparisonRun
from rollbook.decisions import Mode
from rollbook.requests import new_request_id
from rollbook.rosters import CaseBatch, HowRoster, header
from rollbook.running import RosterRun
from rollbook.sending import Roster
from rollbook.v1.roster_service_pb2_grpc import RosterServiceStub

__all__ = ["RosterCalls"]


class RosterCalls:
    """What a client asks about whole rosters; see `rollbook.Client`."""

    options: Options
    _rosters: RosterServiceStub

    def decide_roster(
        self,
        ruleset: str,
        batches: Iterable[CaseBatch],
        *,
        as_of: datetime.date,
        mode: Mode,
        window: int = 4,
        patience: float = 60.0,
        **how: Unpack[HowRoster],
    ) -> RosterRun:
        """The decisions about a whole roster, as they come: one answer per batch, in the order of the batches.

            with client.decide_roster("lausd/grade-marking", batches, as_of=day, mode=Mode.TRY) as run:
                for answer in run:
                    ...

        Where the connection breaks or the server is replaced, it connects again and sends the batches that have no
        answer, and no others. Every batch is answered exactly once, by one version of the ruleset.

        Args:
            ruleset: the ruleset to decide by, or one version of it.
            batches: the cases; taken as they are needed, by another thread.
            as_of: the date that the facts are judged on.
            mode: as for `decide`.
            window: batches that may be without an answer, and so in memory.
            patience: seconds without any answer after which connecting again is given up.
            how: what may be said about any roster, see `HowRoster`.
        """
        run_id = how.get("run_id") or new_request_id()
        asked = header(ruleset, as_of, mode, how, run_id)
        decide = with_metadata(self._rosters.DecideRoster, self.options)
        return RosterRun(decide, Roster(asked, mode, patience), iter(batches), window)

    def compare_rulesets(
        self,
        before: ComparedRuleset | str,
        after: ComparedRuleset | str,
        batches: Iterable[CaseBatch],
        *,
        as_of: datetime.date,
        window: int = 4,
        **how: Unpack[HowComparison],
    ) -> ComparisonRun:
        """What a change of rules would do to a whole roster. Nothing is recorded.

            draft = ComparedRuleset(ruleset_yaml=text)
            with client.compare_rulesets("lausd/grade-marking", draft, batches, as_of=day) as run:
                for progress in run:
                    print(progress.case_count, progress.changed_count)
                print(run.comparison.changes)

        Args:
            before, after: the rulesets; a text is the name of one that the server has.
            batches: the cases; taken as they are needed, by another thread, once the server has taken the rulesets.
            as_of: the date that the facts are judged on.
            window: batches that may be without an answer.
            how: what may be said about any comparison, see `HowComparison`.
        """
        asked = first_request(before, after, as_of, how)
        compare = with_metadata(self._rosters.CompareRulesets, self.options)
        return ComparisonRun(compare, asked, iter(batches), window)
