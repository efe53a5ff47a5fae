"""Compares what came out with what a scenario expects, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from engine.decisions import DeadlineState, Decision
from engine.errors import FactsError
from engine.feel.decimals import is_number, number_text
from engine.scenarios.documents import NOT_KNOWN, Expectation
from engine.scenarios.facts import plain
from engine.scenarios.model import Difference

__all__ = ["differences", "differences_of_refusal"]


def differences(expect: Expectation, decision: Decision) -> tuple[Difference, ...]:
    """What of the decision is not as expected."""
    if expect.error is not None:
        refused = f"refused for {_names(expect.error)}" if expect.error else "refused"
        return (Difference("error", refused, f"decided: {decision.outcome}"),)
    found = [
        *_outcome(expect, decision),
        *_rules(expect, decision),
        *_results(expect, decision),
        *_obligations(expect, decision),
        *_deadlines(expect, decision),
        *_missing(expect, decision),
    ]
    return tuple(found)


def differences_of_refusal(expect: Expectation, error: FactsError) -> tuple[Difference, ...]:
    """What of the refusal of a case is not as expected."""
    refused = "; ".join(f"{violation.path or 'the case'}: {violation.message}" for violation in error.violations)
    if expect.error is None:
        return (Difference("error", "a decision", f"refused: {refused}"),)
    paths = {violation.path for violation in error.violations}
    lacking = [path for path in expect.error if path not in paths]
    return (Difference("error", f"refused for {_names(lacking)}", f"refused: {refused}"),) if lacking else ()


def _outcome(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    if expect.outcome is not None and expect.outcome != decision.outcome:
        yield Difference("outcome", expect.outcome, decision.outcome)
    if expect.candidates is not None and expect.candidates != decision.candidates:
        yield Difference("candidates", _names(expect.candidates), _names(decision.candidates))
    if expect.complete is not None and expect.complete != decision.complete:
        words = {True: "complete", False: "not complete"}
        yield Difference("complete", words[expect.complete], words[decision.complete])


def _rules(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    held = tuple(dict.fromkeys(held.rule for held in decision.held))
    if expect.holds is not None and (lacking := [rule for rule in expect.holds if rule not in held]):
        yield Difference("holds", _names(lacking), _names(held))
    if expect.not_holds is not None and (too_many := [rule for rule in expect.not_holds if rule in held]):
        yield Difference("not_holds", f"not {_names(too_many)}", _names(held))
    if expect.holds_only is not None and set(expect.holds_only) != set(held):
        yield Difference("holds_only", _names(expect.holds_only), _names(held))


def _results(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    if expect.results is None:
        return
    expected, actual = plain(expect.results), plain(decision.results)
    for name in dict.fromkeys((*expected, *actual)):
        there = name in expected and name in actual
        if not there or not _same(expected[name], actual[name]):
            said, came = (_words(of[name]) if name in of else "nothing" for of in (expected, actual))
            yield Difference(f"results.{name}", said, came)


def _same(one: Any, other: Any) -> bool:
    """Equal, and of one kind: true is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _obligations(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    if expect.obligations is None:
        return
    expected = [_obligation(one.action, one.due) for one in expect.obligations]
    actual = [_obligation(one.action, one.due, unknown=one.due_unknown) for one in decision.obligations]
    if sorted(expected) != sorted(actual):
        yield Difference("obligations", _names(expected), _names(actual))


def _obligation(action: str, due: date | None, *, unknown: bool = False) -> str:
    if unknown:
        return f"{action} by a day that is not known"
    return action if due is None else f"{action} by {due.isoformat()}"


def _deadlines(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    for name, expected in (expect.deadlines or {}).items():
        states = [state for state in decision.deadlines if state.name == name]
        every = expected if isinstance(expected, tuple) else (expected,)
        if len(every) != len(states):
            yield Difference(f"deadlines.{name}", _counted(len(every)), _counted(len(states)))
            continue
        for index, (one, state) in enumerate(zip(every, states, strict=True)):
            at = f"deadlines.{name}[{index}]" if isinstance(expected, tuple) else f"deadlines.{name}"
            for part in one.model_fields_set:
                said, came = _part(getattr(one, part)), _part(_of_state(state, part))
                if said != came:
                    yield Difference(f"{at}.{part}", said, came)


def _counted(number: int) -> str:
    return "one deadline" if number == 1 else f"{number} deadlines"


def _of_state(state: DeadlineState, part: str) -> date | str | None:
    found: date | str | None = NOT_KNOWN if part in state.unknown else getattr(state, part)
    return found


def _part(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or "none"


def _missing(expect: Expectation, decision: Decision) -> Iterator[Difference]:
    if expect.missing is None:
        return
    for what in ("outcome", "details"):
        expected = getattr(expect.missing, what)
        actual = tuple(dict.fromkeys(cause.path for cause in getattr(decision.missing, what)))
        if expected is not None and set(expected) != set(actual):
            yield Difference(f"missing.{what}", _names(expected), _names(actual))


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _words(value: Any) -> str:
    match value:
        case list():
            return f"[{', '.join(_words(item) for item in value)}]"
        case str():
            return f'"{value}"'
        case None | bool():
            return {None: "none", True: "true", False: "false"}[value]
        case _:
            return number_text(value) if is_number(value) else str(value)
