"""A console on which no text can do more than be read: what a terminal would obey is shown as a mark.

Ids, subjects and facts are whatever another system sent. A terminal obeys control characters in them: it could be made
to clear the screen, to show another text than is there, or to set its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

__all__ = ["SafeConsole", "harmless"]

_OBEYED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MARK: Final = "\ufffd"


def harmless(text: str) -> str:
    """The text with marks for control characters, but tabs and line ends, and for those that turn its direction."""
    return _OBEYED.sub(_MARK, text)


class SafeConsole(Console):
    """Prints harmless text; colours and cursor movements of our own stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is printed, piece by piece."""
        for segment in super().render(renderable, options):
            if segment.control is None and _OBEYED.search(segment.text):
                yield Segment(harmless(segment.text), segment.style)
            else:
                yield segment

    def out(self, *objects: Any, **how: Any) -> None:
        """Prints without any wrapping."""
        super().out(*(harmless(str(one)) for one in objects), **how)
