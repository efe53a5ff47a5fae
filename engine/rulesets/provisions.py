"""Provision by provision: which rules of a ruleset encode each section of its authority."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.sections import is_section

__all__ = ["Provision", "provisions"]


@dataclass(frozen=True, slots=True)
class Provision:
    """A section of the authority, or one that is cited without being listed there.

    Attributes:
        section: the section.
        pages: its pages; empty when they are not given.
        rules: the rules that cite it or a part of it, rows of tables among them.
        beside: what else cites it: parameters, values, tables, deadlines, the default (`parameter minimum_days`).
        left: what of it the ruleset does not decide, and who does.
    """

    section: str
    pages: str
    rules: tuple[str, ...]
    beside: tuple[str, ...]
    left: tuple[str, ...]


def provisions(ruleset: CheckedRuleset) -> tuple[Provision, ...]:
    """Every section, in the order of the authority, then those that are cited only."""
    authority = ruleset.document.authority
    listed = {str(name): str(section.pages or "") for name, section in authority.sections.items()} if authority else {}
    rules = [(id_, rule.cites) for id_, rule in ruleset.rules.items()]
    beside = list(_beside(ruleset))
    left = [(f"{one.what} ({one.who})", one.cites.sections) for one in ruleset.document.not_decided]
    cited = dict.fromkeys(section for _, sections in (*rules, *beside, *left) for section in sections)
    names = [*listed, *(section for section in cited if not is_section(section, listed))]
    return tuple(
        Provision(
            name,
            listed.get(name, ""),
            *(
                tuple(what for what, sections in found if any(_is_of(section, name, names) for section in sections))
                for found in (rules, beside, left)
            ),
        )
        for name in names
    )


def _is_of(section: str, name: str, names: list[str]) -> bool:
    """Whether `section` is `name` or a part of it that is not a section of its own."""
    within = [other for other in names if is_section(section, (other,))]
    return bool(within) and max(within, key=len) == name


def _beside(ruleset: CheckedRuleset) -> Iterator[tuple[str, tuple[str, ...]]]:
    document = ruleset.document
    for kind, declared in (
        ("parameter", document.parameters),
        ("value", document.values),
        ("table", document.tables),
        ("list", document.reference),
        ("deadline", document.deadlines),
    ):
        for name, one in declared.items():
            yield f"{kind} {name}", one.cites.sections
    if document.default:
        yield "default", document.default.cites.sections
    if document.applies:
        yield "applies", document.applies.cites.sections
    for place, expectation in enumerate(document.expects):
        yield f"expectation {place + 1}", expectation.cites.sections
