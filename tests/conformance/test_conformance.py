from functools import cache
from pathlib import Path

import pytest

from tests.conformance.cases import load
from tests.conformance.evaluators import EVALUATORS, value_of
from tests.conformance.report import shares, table

LEAST_SHARE = 0.95


def known_failures() -> set[str]:
    lines = (Path(__file__).with_name("known_failures.txt")).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


@cache
def failing(evaluator: str) -> frozenset[str]:
    return frozenset(case.id for case in load() if not case.passes(value_of(case, EVALUATORS[evaluator])))


@pytest.mark.parametrize("evaluator", EVALUATORS)
class TestConformance:
    def test_exactly_the_known_cases_fail(self, evaluator: str) -> None:
        unexpected = failing(evaluator) - known_failures()
        assert not unexpected, "these cases fail and are not in known_failures.txt"

        mended = known_failures() - failing(evaluator)
        assert not mended, "these cases pass now: take them out of known_failures.txt"

    def test_all_core_cases_pass(self, evaluator: str) -> None:
        counts = shares(load(), failing(evaluator))
        for kind in ("value", "null"):
            passed, whole = counts["core", kind]
            assert passed == whole

    def test_most_other_cases_that_expect_a_value_pass(self, evaluator: str) -> None:
        passed, whole = shares(load(), failing(evaluator))["other", "value"]
        assert passed / whole >= LEAST_SHARE


def test_known_failures_are_cases_and_stand_there_once() -> None:
    lines = (Path(__file__).with_name("known_failures.txt")).read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line and not line.startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {case.id for case in load()}


def test_the_table_counts_values_and_nulls_apart() -> None:
    cases = [case for case in load() if case.suite in {"0066-feel-negation", "0075-feel-exponent"}]
    failed = next(
        case.id for case in cases if case.suite == "0075-feel-exponent" and case.core and case.kind == "value"
    )
    assert table(cases, {failed}).splitlines() == [
        "suite                 core value     core null   other value    other null",
        "0066-feel-negation           2/2           2/2             -             -",
        "0075-feel-exponent           1/2           2/2             -           4/4",
        "all                          3/4           4/4             -           4/4",
    ]
