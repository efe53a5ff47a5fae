"""What an explanation says of a rule of another ruleset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Final

from engine.explanations.model import Part, PartState, RuleStatus
from engine.explanations.standing import Standing
from engine.rulesets.checked import CheckedRule, CheckedRuleset

__all__ = ["BorrowedRule"]

_PREMISE: Final = 300
"""Characters of a borrowed rule's premise that are told."""

_VALUES: Final = 8
"""Facts and names in it of which the values are told."""

_VALUE: Final = 60
"""Characters of a value in it beyond which it is not told."""


@dataclass(frozen=True, slots=True)
class BorrowedRule:
    """A rule of another ruleset that rules of this one build on, and how it stands there."""

    name: str
    ruleset: CheckedRuleset
    rule: CheckedRule
    standing: Standing
    premise: Part | None

    @property
    def status(self) -> RuleStatus:
        """How it stands there."""
        return self.standing.status

    @property
    def text(self) -> str:
        """Whether it holds and why, with what it comes from."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        named = f"{self.name}{self._cited()}"
        if self.status is RuleStatus.HOLDS:
            # The facts and values of a message are no part of what is borrowed.
            message = self.rule.because.parts
            told = "".join(part for part in message if isinstance(part, str))
            yield f"{named} holds: {told}" if len(message) == 1 and told else f"{named} holds."
        else:
            yield f"{named} {'may hold' if self.status is RuleStatus.UNKNOWN else 'does not hold'}."
            if self.status is not RuleStatus.NOT_TRUE or self.premise is None:
                yield self.standing.text
        if self.premise is not None:
            known = self.premise.value if self.premise.state is PartState.KNOWN else "not known"
            values = list(dict.fromkeys(_values_read(self.premise)))[:_VALUES]
            after = f" ({', '.join(values)})" if values else ""
            yield f"Its premise is {known}: {shorten(self.premise.text, _PREMISE, placeholder=' …')}{after}."

    def _cited(self) -> str:
        authority = self.ruleset.document.authority
        cites = ", ".join(self.rule.cites)
        if authority is None or not cites:
            return f" ({cites})" if cites else ""
        return f" ({authority.document}: {cites})"


def _values_read(part: Part) -> Iterator[str]:
    """The known values of what an expression is made of in the end."""
    for inner in part.parts:
        if inner.parts:
            yield from _values_read(inner)
        elif inner.state is PartState.KNOWN and inner.kind == "other" and len(inner.value) <= _VALUE:
            yield f"{inner.text}: {inner.value}"
