"""Citations: each names a section of the authority, or a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.rulesets.binding.drafts import RuleDraft
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.tables import TableBinder
from engine.rulesets.binding.workbench import Workbench
from engine.rulesets.findings import Path, did_you_mean
from engine.rulesets.scalars import Cites
from engine.rulesets.sections import is_section

__all__ = ["check_sections"]

_NAMED = ("parameters", "values", "tables", "reference", "deadlines", "rules")
_LISTED = ("expects", "not_decided")
_SINGLE = ("default", "applies")


def check_sections(bench: Workbench, tables: TableBinder, drafts: Iterable[RuleDraft]) -> None:
    """Says which cited sections there are not, and which rules cite nothing."""
    authority = bench.document.authority
    if authority is not None and authority.sections and ("authority",) not in {path[:1] for path in bench.broken}:
        known = tuple(str(section) for section in authority.sections)
        for text in _citations(bench, tables):
            for section in Cites(text.text).sections:
                if not is_section(section, known):
                    _unknown(bench, text, section, known)
    for draft in drafts:
        if not draft.cites:
            place = draft.name.position(bench.source, 0) if draft.table else bench.source.key(draft.path)
            message = f"`{draft.id}` cites nothing."
            bench.findings.warning(place, draft.path, "no-citation", message, "Say where the policy says so: `cites`.")


def _unknown(bench: Workbench, text: Located, section: str, known: tuple[str, ...]) -> None:
    words = r"\s+".join(re.escape(word) for word in section.split())
    found = re.search(rf"(?:^|[,;])\s*({words})(?=\s*(?:[,;]|$))", text.text)
    message = f"The authority has no section `{section[:60]}`."
    remedy = did_you_mean(section, known) or "List it under `authority.sections`."
    bench.error_at(text, found.start(1) if found else 0, "unknown-section", message, remedy)


def _citations(bench: Workbench, tables: TableBinder) -> Iterator[Located]:
    for path in _paths(bench):
        if path in bench.source.scalars:
            yield bench.text(path)
    for name, pipe in tables.pipes.items():
        for row in pipe.rows:
            cell = row.cells.get("cites")
            if cell is not None and cell.text not in {"", "-"}:
                yield Located.at(cell.text, ("tables", name, "rows"), cell.offset)


def _paths(bench: Workbench) -> Iterator[Path]:
    for section in _NAMED:
        for name in getattr(bench.document, section):
            yield (section, name, "cites")
    for section in _LISTED:
        for position in range(len(getattr(bench.document, section))):
            yield (section, position, "cites")
    for section in _SINGLE:
        yield (section, "cites")
