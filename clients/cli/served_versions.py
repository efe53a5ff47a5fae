"""The two versions when a server compares them: its own by id, and files of this machine as drafts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from clients.cli.console import note
from clients.cli.versions import find_document, out_of_force
from engine.errors import RulesetError
from engine.rulesets.problems import Problem
from engine.rulesets.reading import read_file
from rollbook import Client, ComparedRuleset, Severity

__all__ = ["Draft", "Served", "served_versions"]

_SERVED: Final = re.compile(r"(rulesets/)?([a-z0-9-]+/[a-z0-9-]+)(/versions/[0-9a-f]+)?")


@dataclass(frozen=True, slots=True)
class Served:
    """A version that the server has, as it is named."""

    name: str

    def asked(self, client: Client, rules_as_of: date | None, day: date) -> ComparedRuleset:
        """What is asked of the server; `day` is the date whose rules are used."""
        del client, day  # the server refuses one that is not in force
        return ComparedRuleset(self.name, rules_as_of=rules_as_of)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that the server is sent, from a file."""

    path: Path
    text: str

    def asked(self, client: Client, rules_as_of: date | None, day: date) -> ComparedRuleset:
        """What is asked of the server; says where the draft is not in force on `day`.

        Raises:
            RulesetError: when the draft has errors.
            RollbookError (of the SDK): when the server cannot be asked.
        """
        checked = client.validate(self.text)
        if checked.ruleset is None or not checked.valid:
            raise RulesetError(
                tuple(
                    Problem(
                        "error" if one.severity is Severity.ERROR else "warning",
                        str(self.path),
                        one.line,
                        one.column,
                        one.path,
                        one.code,
                        one.message,
                        one.remedy,
                    )
                    for one in checked.problems
                )
            )
        if told := out_of_force(self.path, checked.ruleset.effective_from, checked.ruleset.effective_until, day):
            note(told)
        return ComparedRuleset(ruleset_yaml=self.text, rules_as_of=rules_as_of)


def served_versions(before: str, after: str) -> tuple[Served | Draft, Served | Draft]:
    """Both versions: what looks like an id is one of the server's, anything else a path.

    Raises:
        FailureError, RollbookError: when there is nothing of that name here.
        RulesetError: when a file cannot be read.
    """
    return _version(before, after), _version(after, before)


def _version(given: str, other: str) -> Served | Draft:
    if _SERVED.fullmatch(given):
        return Served(given)
    known = _SERVED.fullmatch(other)
    path = find_document(given, known[2] if known else other, None).path
    return Draft(path, read_file(path))
