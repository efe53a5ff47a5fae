"""Who is asked: a server, or the rulesets of a folder in this process; the commands cannot tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Unpack

import typer

from clients.cli.connection import connect
from clients.cli.folders import find_rulesets

if TYPE_CHECKING:
    from rollbook import Case, Decision, Explanation, Facts, How, Mode, Ruleset, RulesetView

__all__ = ["Rulebook", "asked"]


class Rulebook(Protocol):
    """What answers: `rollbook.Client`, or `clients.cli.local.Local`. Both raise `rollbook.RollbookError`."""

    def decide_together(
        self, rulesets: Sequence[str], case: Case | Facts, *, as_of: date, mode: Mode, **how: Unpack[How]
    ) -> tuple[Decision, ...]:
        """The decisions of 1 to 20 rulesets about one case, in their order."""
        ...

    def explain(self, ruleset: str, case: Case | Facts, *, as_of: date, **how: Unpack[How]) -> Explanation:
        """Why the ruleset decides the case as it does."""
        ...

    def list_rulesets(self, *, view: RulesetView = ...) -> Iterator[Ruleset]:
        """Every ruleset, by name."""
        ...

    def get_ruleset(self, name: str, *, as_of: date | None = None, view: RulesetView = ...) -> Ruleset:
        """One ruleset, as it is in force on `as_of` (today, unless given)."""
        ...


@contextmanager
def asked(server: str | None, folder: Path | None, only: Sequence[str] | None = None) -> Iterator[Rulebook]:
    """The server at `server`, or the rulesets in `folder` (looked for where None); of them `only` these where given.

    Raises:
        FailureError: when there is no such folder.
    """
    if server is not None and folder is not None:
        message = "--server and --rulesets exclude each other: the server has its own rulesets."
        raise typer.BadParameter(message)
    if server is None:
        from clients.cli.local import Local

        with Local(find_rulesets(folder), only) as local:
            yield local
        return
    with connect(server) as client:
        yield client
