"""What other systems sent is read on a terminal, and never obeyed by it."""

from __future__ import annotations

import io

import pytest
from rich.table import Table
from rich.text import Text

from clients.cli.safe_console import SafeConsole, harmless

HOSTILE = "s-7\x1b[2J\x1b]0;forged\x07\r\u202eesrever\x9b31m\x00"


@pytest.mark.parametrize("as_a_terminal", [True, False])
def test_nothing_that_was_sent_is_obeyed(as_a_terminal: bool) -> None:
    out = io.StringIO()
    console = SafeConsole(file=out, width=100, force_terminal=as_a_terminal, markup=False, highlight=False)
    console.print(HOSTILE)
    console.print(Text(HOSTILE), soft_wrap=True)
    console.out(HOSTILE)
    table = Table("id")
    table.add_row(HOSTILE)
    console.print(table, style="bold")
    shown = out.getvalue()
    for what in ("\x1b[2J", "\x1b]", "\x07", "\r", "\u202e", "\x9b", "\x00"):
        assert what not in shown
    assert shown.count("s-7\ufffd[2J") == 4
    assert ("\x1b[1m" in shown) is as_a_terminal, "colours of our own stay"


def test_text_that_is_harmless_stays() -> None:
    assert harmless("Zoë\t\U0001f600\n一") == "Zoë\t\U0001f600\n一"
