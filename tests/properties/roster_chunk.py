"""One share of the random rulesets asked about as rosters, in a process of its own; as `chunk`.

The reference, the case engine and the roster engine are asked about the same cases: complete ones, and ones with facts
left out or wrong. Run as a module with a JSON object of arguments; prints a JSON object with the counts and failures.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from engine.cases import CaseEngine
from engine.feel.sql import NotCovered
from engine.inference import Inference
from engine.rosters import Question
from engine.rosters.occurring import EVERYTHING
from engine.rosters.program import Asking, program_of
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from tests.properties.comparing import CALENDAR
from tests.properties.making_cases import DAYS, leave_out, make_case, spoil
from tests.properties.making_rulesets import RulesetMade, make_ruleset
from tests.properties.rosters import roster_problem, small_roster_engine

__all__ = ["Share", "main"]

_MEMORY: Final = 4 << 30
_COMPLETE: Final = 18
_LEVELS: Final = (0.05, 0.05, 0.1, 0.1, 0.2, 0.2, 0.4, 0.6)


@dataclass
class Share:
    """Rulesets number `first` to `first + rulesets` of a seed."""

    seed: str
    first: int
    rulesets: int
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    inference: Inference = field(default_factory=Inference)

    def run(self) -> None:
        """Asks about every ruleset; stops at the first failure."""
        for number in range(self.first, self.first + self.rulesets):
            name = f"{self.seed}-roster-{number}"
            random = Random(name)
            made, checked = self._loaded(random, f"r{number}")
            if problem := self._problem(random, made, checked):
                arguments = json.dumps({"seed": self.seed, "first": number, "rulesets": 1})
                repeat = f"python -m tests.properties.roster_chunk '{arguments}'"
                self.failures.append(f"ruleset {name}. Repeat it: {repeat}\n{problem}\n{made.text}")
                return

    def _loaded(self, random: Random, id_: str) -> tuple[RulesetMade, CheckedRuleset]:
        for _ in range(30):
            made = make_ruleset(random, id_, in_sql=True)
            checked, _ = check_text(made.text, "random.yaml")
            if checked is not None:
                return made, checked
        message = f"no ruleset {id_} passes the checks"
        raise AssertionError(message)

    def _problem(self, random: Random, made: RulesetMade, checked: CheckedRuleset) -> str:
        engine = CaseEngine.build(checked, self.inference)
        roster = small_roster_engine(engine)
        self.counts["rulesets"] += 1
        self.counts["rulesets that SQL covers"] += not roster.uncovered
        self.counts.update(f"no SQL for {one.construct}" for one in roster.uncovered)
        if (whole := _written(engine)) == bool(roster.uncovered):
            return f"a query can be written: {whole}, and yet these cannot: {roster.uncovered}"
        complete = [make_case(random, made.facts) for _ in range(_COMPLETE)]
        thinner = [leave_out(random, random.choice(complete), rate) for rate in _LEVELS]
        wrong = [spoil(random, random.choice(complete), made.facts)[0]]
        day, rules_day = random.choice(DAYS), random.choice(DAYS) if random.random() < 0.2 else None
        rosters = (
            (complete, random.random() < 0.1),
            ([*complete[:4], *thinner, *wrong], False),
            (thinner, True),
        )
        for cases, absent_is_none in rosters:
            question = Question(day, rules_day, absent_is_none, CALENDAR)
            try:
                problem = roster_problem(engine, roster, cases, question, self.counts)
            except Exception:  # noqa: BLE001 - a crash of an evaluator is a failure to report
                problem = traceback.format_exc()
            if problem:
                return f"absent is none: {absent_is_none}\n{problem}"
        return ""


def _written(engine: CaseEngine) -> bool:
    """Whether a query can be written for any roster at all."""
    try:
        program_of(engine, Asking(date(2020, 1, 6), date.max, CALENDAR, absent_is_none=False, profile=EVERYTHING))
    except NotCovered:
        return False
    return True


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    """The counts and failures of a share."""
    share = Share(**arguments)
    try:
        share.run()
    except Exception:  # noqa: BLE001 - the parent shows it
        share.failures.append(traceback.format_exc())
    return {"counts": dict(share.counts), "failures": share.failures}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    print(json.dumps(main(json.loads(sys.argv[1]))))  # noqa: T201 - what the parent reads
