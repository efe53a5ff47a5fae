"""One share of the random rulesets, in a process of its own with limits of time and memory.

durable-rules never frees a network wholly; here it ends with the process. Run as a module with a JSON object of
arguments; prints a JSON object with the counts and the failures.
"""

from __future__ import annotations

import json
import resource
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from engine.cases import CaseEngine
from engine.decisions import Decision
from engine.errors import Reason
from engine.explanations import RuleStatus, explain, render
from engine.inference import Inference
from engine.reference.decide import judge, read
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.loading import check_text
from engine.rulesets.problems import Problem
from tests.properties.comparing import Question, Refused, answers, compare, difference, grows
from tests.properties.counting import count_decision, count_ruleset
from tests.properties.making_cases import DAYS, leave_out, make_case, shuffled, spoil
from tests.properties.making_rulesets import RulesetMade, as_yaml, make_ruleset
from tests.properties.shrinking import shrink

__all__ = ["Share", "main"]

_MEMORY: Final = 3 << 30
_SHRINKING_SECONDS: Final = 60.0
_LEVELS: Final = (0.0, 0.12, 0.25, 0.4, 0.6)
"""How much of what is left is left out at each step; each case is asked with fewer and fewer facts."""


@dataclass
class Share:
    """Rulesets number `first` to `first + rulesets` of a seed, each asked about `chains` times the levels."""

    seed: str
    first: int
    rulesets: int
    chains: int
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    inference: Inference = field(default_factory=Inference)

    def run(self) -> None:
        """Checks every law on every ruleset; stops at the first failure."""
        for number in range(self.first, self.first + self.rulesets):
            self._ruleset(f"{self.seed}-{number}", f"r{number}")
            if self.failures:
                return

    def _ruleset(self, name: str, id_: str) -> None:
        random = Random(name)
        made, checked = self._loaded(random, id_)
        engine = CaseEngine.build(checked, self.inference)
        self.counts["rulesets"] += 1
        self.counts += count_ruleset(checked)
        self.counts[f"size {len(checked.rules)} rules"] += 1
        for law in _Asking(made, checked, engine, random, self.counts).laws(self.chains):
            if problem := law.problem(checked, engine):
                self.failures.append(self._report(name, made, law, problem))
                return

    def _loaded(self, random: Random, id_: str) -> tuple[RulesetMade, CheckedRuleset]:
        """A random ruleset that the checks let pass."""
        problems: tuple[Problem, ...] = ()
        for _ in range(30):
            made = make_ruleset(random, id_)
            checked, problems = check_text(made.text, "random.yaml")
            if checked is not None:
                return made, checked
            self.counts["refused rulesets"] += 1
            self.counts.update({f"refused {problem.code}" for problem in problems if problem.severity == "error"})
        message = f"no ruleset {id_} passes the checks: {problems}"
        raise AssertionError(message)

    def _arguments(self, name: str) -> str:
        number = int(name.rpartition("-")[2])
        return json.dumps({"seed": self.seed, "first": number, "rulesets": 1, "chains": self.chains})

    def _report(self, name: str, made: RulesetMade, law: Law, problem: str) -> str:
        def failing(document: dict[str, Any], facts: dict[str, Any]) -> bool:
            try:
                checked, _ = check_text(as_yaml(document), "random.yaml")
                if checked is None:
                    return False
                smaller = replace(law, question=replace(law.question, facts=facts))
                return _kind(smaller.problem(checked, CaseEngine.build(checked, self.inference))) == _kind(problem)
            except Exception:  # noqa: BLE001 - a smaller ruleset that breaks otherwise is not the same failure
                return False

        document, facts = made.document, dict(law.question.facts)
        if law.shrinks:
            document, facts = shrink(document, facts, failing, seconds=_SHRINKING_SECONDS)
            law = replace(law, question=replace(law.question, facts=facts))
            checked, _ = check_text(as_yaml(document), "random.yaml")
            if checked is not None:
                problem = law.problem(checked, CaseEngine.build(checked, self.inference)) or problem
        return "\n".join(
            [
                f"{law.name}, ruleset {name}. Repeat it: python -m tests.properties.chunk '{self._arguments(name)}'",
                problem,
                f"question: {law.question.options()}, as JSON: {law.question.as_json}",
                f"facts: {facts!r}",
                as_yaml(document),
            ]
        )


@dataclass(frozen=True)
class Law:
    """Something that must hold of a question; `problem` says how it does not."""

    name: str
    question: Question
    check: Callable[[CheckedRuleset, CaseEngine, Question], str]
    shrinks: bool = True

    def problem(self, checked: CheckedRuleset, engine: CaseEngine) -> str:
        try:
            return self.check(checked, engine, self.question)
        except Exception:  # noqa: BLE001 - a crash of an evaluator is a failure to report
            return traceback.format_exc()


@dataclass
class _Asking:
    made: RulesetMade
    checked: CheckedRuleset
    engine: CaseEngine
    random: Random
    counts: Counter[str]

    def laws(self, chains: int) -> Iterator[Law]:
        """What is asked of one ruleset."""
        for _ in range(chains):
            yield from self._chain()

    def _chain(self) -> Iterator[Law]:
        """A case with all facts, then with fewer and fewer."""
        random = self.random
        facts = make_case(random, self.made.facts)
        question = Question(
            facts,
            random.choice(DAYS),
            random.choice(DAYS) if random.random() < 0.2 else None,
            absent_is_none=random.random() < 0.1,
        )
        more: Decision | None = None
        for rate in _LEVELS:
            facts = leave_out(random, facts, rate)
            question = replace(question, facts=facts, as_json=random.random() < 0.5)
            answer: list[Any] = []
            yield Law("the case engine differs from the reference", question, _agreeing(answer))
            self._count(question, answer[0])
            fewer = answer[0] if isinstance(answer[0], Decision) else None
            if fewer is not None and more is not None and not question.absent_is_none:
                self.counts["law a fact more"] += 1
                yield Law("a fact more breaks a promise", question, _growing(fewer, more), shrinks=False)
            more = fewer
        if more is not None:
            self.counts["law explained"] += 1
            yield Law("the explanation is not of the decision", question, _explained)
        self.counts["law order of keys"] += 1
        yield Law("the order of the keys matters", question, _ordered(shuffled(random, facts)), shrinks=False)
        wrong, _ = spoil(random, facts, self.made.facts)
        self.counts["law wrong facts"] += 1
        yield Law("wrong facts", replace(question, facts=wrong), _refused)

    def _count(self, question: Question, answer: Decision | Refused) -> None:
        self.counts["pairs"] += 1
        if isinstance(answer, Refused):
            self.counts[f"refusal {answer.reason}"] += 1
            return
        approximated = False
        if answer.applies is not False and len(self.checked.rules) > 10:
            parts = judge(read(self.checked, question.facts, **question.options())).components
            approximated = any(part.approximated for part in parts)
        self.counts += count_decision(self.checked, answer, approximated=approximated)


def _kind(problem: str) -> str:
    """What a problem is about: its first words, before any value."""
    return problem.partition(":")[0]


def _agreeing(answer: list[Any]) -> Callable[[CheckedRuleset, CaseEngine, Question], str]:
    def check(checked: CheckedRuleset, engine: CaseEngine, question: Question) -> str:
        expected, problem = compare(checked, engine, question)
        answer.append(expected)
        return problem

    return check


def _growing(fewer: Decision, more: Decision) -> Callable[[CheckedRuleset, CaseEngine, Question], str]:
    """The decisions are those of the reference, which were found to be those of the case engine."""
    return lambda _checked, _engine, _question: grows(fewer, more)


def _ordered(other: dict[str, Any]) -> Callable[[CheckedRuleset, CaseEngine, Question], str]:
    def check(checked: CheckedRuleset, engine: CaseEngine, question: Question) -> str:
        expected, _ = answers(checked, engine, question)
        found, by_engine = answers(checked, engine, replace(question, facts=other))
        return difference(expected, found) or difference(expected, by_engine)

    return check


def _explained(checked: CheckedRuleset, _engine: CaseEngine, question: Question) -> str:
    explanation = explain(checked, question.facts, **question.options())
    decision = explanation.decision
    if decision.applies is not True:
        return ""
    holding = {rule.rule for rule in explanation.rules if rule.status is RuleStatus.HOLDS}
    held = {rule.rule for rule in decision.held}
    json.dumps(explanation.to_dict())
    return "" if holding == held and render(explanation) else f"they differ: {sorted(holding)} hold, not {sorted(held)}"


def _refused(checked: CheckedRuleset, engine: CaseEngine, question: Question) -> str:
    expected, found = answers(checked, engine, question)
    if not isinstance(expected, Refused) or expected.reason != Reason.FACT_INVALID:
        return f"the reference takes wrong facts: {expected!r}"
    return difference(expected, found)


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
