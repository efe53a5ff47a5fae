"""Prints the conformance table of every evaluator, and which cases fail."""

from __future__ import annotations

import sys

from tests.conformance.cases import load
from tests.conformance.evaluators import EVALUATORS, value_of
from tests.conformance.report import table


def main() -> None:
    """Runs all cases."""
    cases = load()
    for name, evaluator in EVALUATORS.items():
        failing = {case.id: case for case in cases if not case.passes(value_of(case, evaluator))}
        sys.stdout.write(f"{name}\n{table(cases, failing)}\n")
        for case in failing.values():
            sys.stdout.write(f"  fails: {case.id}{' (core)' if case.core else ''}: {case.expression.strip()}\n")


if __name__ == "__main__":
    main()
