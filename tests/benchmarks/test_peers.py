"""Who is timed decides the same; without that the figures would say nothing. No time is looked at here."""

from __future__ import annotations

from tests.benchmarks.cases import make_cases
from tests.benchmarks.peers import check_agreement, load_engine, peers
from tests.children import in_child


def _rules_that_hold(count: int) -> tuple[int, int]:
    """How many rules hold in some case, all deciding every case in the same way; and how many rules there are."""
    return check_agreement(make_cases(count), peers()), len(load_engine().ruleset.rules)


def test_all_peers_decide_the_cases_alike_and_every_rule_is_seen_to_hold() -> None:
    holding, rules = in_child(_rules_that_hold, 2_500)
    assert holding == rules


def test_cases_are_always_the_same_and_varied() -> None:
    cases = make_cases(300)
    assert [case.json for case in cases] == [case.json for case in make_cases(300)]
    assert len({case.json for case in cases}) == 300
