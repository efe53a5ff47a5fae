"""What durable-rules infers is what the language says."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from engine.inference import Inference, Links, components, strata
from tests.children import in_child

CHUNKS = 20
RULESETS_OF_A_CHUNK = 500


def holding(rules: Mapping[str, Links], true: set[str]) -> set[str]:
    """The rules that hold, word by word as the language defines it."""

    def applies(rule: str) -> bool:
        links = rules[rule]
        return (
            rule in true
            and all(holds(other) for other in links.given)
            and (not links.exception_to or any(applies(base) for base in links.exception_to))
        )

    def holds(rule: str) -> bool:
        return applies(rule) and not any(
            holds(other) for other, links in rules.items() if rule in links.defeats or rule in links.exception_to
        )

    return {rule for rule in rules if holds(rule)}


def random_rules(rng: random.Random) -> dict[str, Links]:
    """Up to a dozen rules; each names only earlier ones of a random order, which mostly makes no cycle."""
    most = 13 if rng.random() < 0.1 else 6
    order = [f"rule-{number}" for number in range(rng.randint(1, most))]
    rng.shuffle(order)

    def some(earlier: Sequence[str]) -> tuple[str, ...]:
        if not earlier or rng.random() > 0.3:
            return ()
        return tuple(sorted({rng.choice(earlier) for _ in range(rng.randint(1, 2))}))

    return {rule: Links(some(order[:at]), some(order[:at]), some(order[:at])) for at, rule in enumerate(order)}


def differences(seed: int, rulesets: int) -> tuple[int, list[str]]:
    """How many patterns of random rulesets were asked, and those answered wrongly."""
    rng = random.Random(seed)
    inference = Inference()
    asked, wrong, done = 0, [], 0
    while done < rulesets:
        rules = random_rules(rng)
        try:
            tables = inference.fill(rules)
        except ValueError:  # a cycle: the checks of a ruleset refuse it
            continue
        done += 1
        for component in tables.components:
            size = len(component.rules)
            for pattern in {rng.randrange(1 << size) for _ in range(8)}:
                asked += 1
                true = {rule for bit, rule in enumerate(component.rules) if pattern >> bit & 1}
                expected = holding({rule: rules[rule] for rule in component.rules}, true)
                found = {rule for bit, rule in enumerate(component.rules) if component.holds(pattern) >> bit & 1}
                if found != expected:
                    wrong.append(f"{rules} with {sorted(true)}: {sorted(found)}, not {sorted(expected)}")
    inference.close()
    return asked, wrong


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_random_rulesets_hold_what_the_language_says(seed: int) -> None:
    asked, wrong = in_child(differences, seed, RULESETS_OF_A_CHUNK)
    assert wrong == []
    assert asked > RULESETS_OF_A_CHUNK


def chain(length: int) -> dict[str, Links]:
    """Rules of which each is given the one before."""
    return {f"rule-{n}": Links(given=(f"rule-{n - 1}",) if n else ()) for n in range(length)}


def large_component() -> tuple[bool, list[int]]:
    inference = Inference()
    (component,) = inference.fill(chain(14)).components
    answers = [component.holds(pattern) for pattern in (0, 1, 0b1011, (1 << 14) - 1)]
    answers += [component.holds(pattern) for pattern in (0, 1, 0b1011, (1 << 14) - 1)]
    inference.close()
    return component.table is None, answers


def test_a_component_of_more_than_ten_rules_is_asked_pattern_by_pattern() -> None:
    asked_as_needed, answers = in_child(large_component)
    assert asked_as_needed
    assert answers == [0, 1, 0b11, (1 << 14) - 1] * 2


def test_components_are_what_touches_directly_or_through_others() -> None:
    rules = {
        "a": Links(),
        "b": Links(defeats=("d",)),
        "c": Links(),
        "d": Links(given=("e",)),
        "e": Links(),
    }
    assert components(rules) == [("a",), ("b", "d", "e"), ("c",)]


def test_a_rule_is_asked_after_those_that_defeat_it() -> None:
    rules = {"base": Links(), "exception": Links(exception_to=("base",)), "to-it": Links(exception_to=("exception",))}
    assert [stratum.level for stratum in strata(tuple(rules), rules)] == [2, 1, 0]


def test_a_cycle_is_named() -> None:
    rules = {"a": Links(given=("b",)), "b": Links(given=("a",))}
    with pytest.raises(ValueError, match=r"rule [ab] depends on itself"):
        strata(tuple(rules), rules)
