"""A rule before it is bound: the same shape for a rule of its own and for a row of a table with an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.rulesets.binding.located import Located
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.documents import Obligation
from engine.rulesets.findings import Path

__all__ = ["RuleDraft", "drafts_of_rules"]


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as written.

    Attributes:
        id: its id; `table/row` for a row.
        path: where it stands; for a row the table's `rows`.
        name: the text that names it, for findings about the rule as a whole.
        table: for a row the table's name, else empty.
        outcome: the text that names its outcome.
    """

    id: str
    path: Path
    name: Located
    premise: Located
    cites: tuple[str, ...]
    because: Located
    outcome: Located | None = None
    each: Located | None = None
    table: str = ""
    given: tuple[str, ...] = ()
    exception_to: tuple[str, ...] = ()
    defeats: tuple[str, ...] = ()
    results: Mapping[str, Located] = field(default_factory=dict)
    obliges: tuple[Obligation, ...] = ()


def drafts_of_rules(bench: Workbench) -> tuple[RuleDraft, ...]:
    """The rules that stand under `rules`, in their order."""
    drafts = []
    for id_, rule in bench.document.rules.items():
        path = ("rules", id_)
        drafts.append(
            RuleDraft(
                id=id_,
                path=path,
                name=Located.whole(bench.source, path),
                premise=bench.text((*path, "when"), "true"),
                cites=rule.cites.sections,
                because=bench.text((*path, "because")),
                outcome=None if rule.outcome is None else bench.text((*path, "outcome")),
                each=None if rule.each is None else bench.text((*path, "each")),
                given=rule.given,
                exception_to=rule.exception_to,
                defeats=rule.defeats,
                results={name: bench.text((*path, "results", name)) for name in rule.results},
                obliges=rule.obliges,
            )
        )
    return tuple(drafts)
