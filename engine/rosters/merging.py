"""The results of all rules that hold, merged case by case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa

from engine.rosters.results import results_text
from engine.rulesets.checked import CheckedRuleset

__all__ = ["merged_results"]

_decode: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_NONE: Final = "{}"


def merged_results(ruleset: CheckedRuleset, held: pa.Array) -> pa.Array:
    """For each case the JSON text of what its rules set together.

    Args:
        ruleset: says which results are united, and which are the one value that there is.
        held: for each case the rules that hold, with their own results as JSON text.
    """
    texts = held.flatten().field("results").dictionary_encode()
    known = texts.dictionary.to_pylist()
    codes = np.asarray(texts.indices)
    sets = codes != known.index(_NONE) if _NONE in known else np.ones(len(codes), dtype=bool)
    case_of = np.repeat(np.arange(len(held)), np.asarray(held.value_lengths()))[sets]
    merged: dict[tuple[int, ...], str] = {(): _NONE}
    found: dict[int, tuple[int, ...]] = {}
    for case, code in zip(case_of.tolist(), codes[sets].tolist(), strict=True):
        found[case] = (*found.get(case, ()), code)
    for key in set(found.values()):
        merged[key] = _merged(ruleset, [known[code] for code in key])
    keys = list(merged)
    place = {key: number for number, key in enumerate(keys)}
    places = np.zeros(len(held), np.int64)
    if found:
        places[list(found)] = [place[key] for key in found.values()]
    return pa.array([merged[key] for key in keys], pa.string()).take(pa.array(places))


def _merged(ruleset: CheckedRuleset, texts: list[str]) -> str:
    """United where the result says so, else the one value that there is."""
    results: dict[str, Any] = {}
    for text in texts:
        own: Mapping[str, Any] = _decode(text)
        for name, value in own.items():
            if ruleset.results[name].merge != "union":
                results.setdefault(name, value)
                continue
            united = results.setdefault(name, [])
            for item in value if isinstance(value, list) else [value]:
                if item not in united:
                    united.append(item)
    return results_text(results)
