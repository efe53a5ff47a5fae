"""Unknown values, and why they are."""

from __future__ import annotations

from typing import Any

from engine.feel.unknown import Cause, Unknown


def unknown(*paths: str) -> Unknown:
    return Unknown(frozenset(Cause("fact", path) for path in paths))


def causes(value: Any) -> set[str]:
    assert value.__class__ is Unknown
    return {cause.path for cause in value.causes}
