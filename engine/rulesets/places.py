"""Where the expressions of a ruleset stand in its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from engine.feel.checked import Checked
from engine.rulesets.binding.located import Located
from engine.rulesets.findings import Findings, path_text
from engine.rulesets.yaml_positions import Position
from engine.rulesets.yaml_source import Source, read_yaml

__all__ = ["NO_PLACES", "Places"]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The places of one document, which is read again when one is asked for: few ever are, and all take much memory.

    Attributes:
        document: its text.
        texts: what each checked expression was parsed from.
    """

    document: str
    texts: Mapping[Checked, Located]

    def read(self) -> Source | None:
        """Where the parts of the document stand; None when there is no document."""
        return read_yaml(self.document, "", Findings("")) if self.document else None

    def within(self, source: Source | None, checked: Checked, offset: int) -> tuple[Position, str]:
        """Where the character at `offset` of an expression stands, and the path of what it belongs to.

        The beginning of the document, and no path, for an expression that is none of the document's.
        """
        text = self.texts.get(checked)
        if source is None or text is None:
            return _TOP, ""
        return text.position(source, offset), path_text(text.path)


_TOP: Final = Position(1, 1)

NO_PLACES: Final = Places("", MappingProxyType({}))
"""Those of a ruleset that was not read from a document."""
