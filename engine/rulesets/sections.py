"""Which citations name a section of the authority."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["is_section"]


def is_section(section: str, known: Iterable[str]) -> bool:
    """Whether it is a section or, beginning with one, a part of it: `IX.A` of `IX`, `I.F (2)` of `I.F`."""
    return any(
        section.startswith(whole) and (len(section) == len(whole) or not section[len(whole)].isalnum())
        for whole in known
    )
