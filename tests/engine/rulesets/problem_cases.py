"""Small documents, each with what is wrong with it marked in place; see `marking`."""

from __future__ import annotations

from tests.engine.rulesets.problem_cases_of_documents import DOCUMENT_CASES
from tests.engine.rulesets.problem_cases_of_rules import RULE_CASES
from tests.engine.rulesets.problem_cases_of_tables import TABLE_CASES

__all__ = ["CASES"]

CASES = {**DOCUMENT_CASES, **TABLE_CASES, **RULE_CASES}
