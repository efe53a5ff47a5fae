"""How many conformance cases pass, per suite, those that expect a value and those that expect null apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from tests.conformance.cases import Case

__all__ = ["shares", "table"]

_GROUPS = (("core", "value"), ("core", "null"), ("other", "value"), ("other", "null"))


def _group(case: Case) -> tuple[str, str]:
    return ("core" if case.core else "other", case.kind)


def shares(cases: Iterable[Case], failing: Collection[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """How many pass and how many there are, of core and other cases that expect a value or null."""
    every = list(cases)
    whole = Counter(map(_group, every))
    passed = Counter(_group(case) for case in every if case.id not in failing)
    return {group: (passed[group], whole[group]) for group in _GROUPS}


def table(cases: Sequence[Case], failing: Collection[str]) -> str:
    """A line per suite and one for all: passed/whole for each group of cases, `-` where there are none."""
    suites = sorted({case.suite for case in cases})
    width = max(map(len, suites))
    head = "".join([f"{'suite':{width}}", *(f"{' '.join(group):>14}" for group in _GROUPS)])
    lines = [_line(f"{suite:{width}}", [case for case in cases if case.suite == suite], failing) for suite in suites]
    return "\n".join([head, *lines, _line(f"{'all':{width}}", cases, failing)])


def _line(title: str, cases: Iterable[Case], failing: Collection[str]) -> str:
    counts = shares(cases, failing).values()
    return "".join([title, *(f"{f'{passed}/{whole}' if whole else '-':>14}" for passed, whole in counts)])
