"""The generated roster, and who is timed on it. No time is looked at here."""

from __future__ import annotations

import pyarrow as pa

from engine.rosters.columns import case_schema
from engine.rulesets.loading import load_ruleset
from tests.benchmarks.cases import RULESET
from tests.benchmarks.peers import rulesets_folder
from tests.benchmarks.rosters.agreement import AGREED, check_agreement
from tests.benchmarks.rosters.cases import make_batch, make_batches
from tests.children import in_child


def test_everyone_decides_the_roster_alike_and_every_rule_is_seen_to_hold() -> None:
    holding, rules = in_child(check_agreement, AGREED)
    assert holding == rules


def test_cases_are_as_declared_always_the_same_and_varied() -> None:
    ruleset = load_ruleset(rulesets_folder() / RULESET / "ruleset.yaml")
    batch, *more = make_batches(5_000, size=2_000)
    batch.validate(full=True)
    assert batch.schema == case_schema(ruleset.facts)
    assert [batch.num_rows, *(each.num_rows for each in more)] == [2_000, 2_000, 1_000]
    assert batch == make_batch(2_000)
    assert batch != more[0]
    assert batch != make_batch(2_000, seed=1)


def test_a_fact_is_missing_in_the_wanted_share_of_the_cases() -> None:
    whole, parts = make_batch(20_000), make_batch(20_000, missing=0.05)
    assert not _missing(whole)
    assert 0.045 < len(_missing(parts)) / 20_000 < 0.055


def _missing(batch: pa.RecordBatch) -> set[int]:
    """The cases that leave out a fact: it is null, and is not said to be none."""
    return {
        row
        for row, case in enumerate(batch.to_pylist())
        if any(_leaves_out(group) for part in case.values() for group in (part if isinstance(part, list) else [part]))
    }


def _leaves_out(group: dict[str, object] | None) -> bool:
    return group is None or any(
        value is None and not group.get(f"{name}__none") for name, value in group.items() if not name.endswith("__none")
    )
