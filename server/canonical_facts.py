"""Facts in one form, however they were sent: what the decision log keeps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from engine.cases.facts import declared
from engine.rulesets.facts import FactGroup

__all__ = ["canonical_facts", "declared_facts", "plain_facts"]

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


def plain_facts(facts: str | Mapping[str, Any]) -> Any:
    """Facts that were accepted as plain values, numbers exact."""
    return _decode(facts) if isinstance(facts, str) else facts


def canonical_facts(facts: str | Mapping[str, Any]) -> str:
    """Facts that were accepted as JSON text: names sorted, no white space, numbers with the digits they have."""
    return _encode(plain_facts(facts)).decode()


def declared_facts(facts: Any, group: FactGroup) -> str:
    """The same, of those of the plain values that a ruleset declares; others are for rulesets asked with it."""
    return _encode(declared(group, facts)).decode()
