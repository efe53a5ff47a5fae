"""Drafts of every ruleset and calendar of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clients.cli.failures import Failure, FailureError, failure_of
from clients.cli.folders import CALENDARS, RULESET_FILE, SCENARIOS_FILE
from clients.cli.lifecycle.connecting import LONG_SECONDS
from clients.cli.lifecycle.ordering import in_order
from engine.rulesets.reading import read_file

if TYPE_CHECKING:
    from rollbook import Client, Version

__all__ = ["Imported", "import_folder"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a document.

    Attributes:
        name: the ruleset or calendar, `rulesets/lausd/grade-marking`.
        became: a new draft; a draft whose scenarios were replaced; a version that was known before; refused.
        version: the version; None where it was refused.
        note: what is to be known besides; may be empty.
        failure: why it was refused; None where it was not.
    """

    name: str
    became: Literal["new", "changed", "known", "refused"]
    version: Version | None = None
    note: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    text: str
    scenarios: str


def import_folder(client: Client, folder: Path, comment: str) -> Iterator[Imported]:
    """Makes drafts of what is in the folder, in the order in which it needs each other; and says what became of each.

    Raises:
        FailureError: when there is nothing in the folder.
        RulesetError: when a file cannot be read.
    """
    documents = _documents(folder)
    if not documents:
        message = f"there are no rulesets or calendars in {folder}."
        raise FailureError(
            message, f"A ruleset is <district>/<name>/{RULESET_FILE}, a calendar {CALENDARS}/<name>.yaml."
        )
    before = {one.name: len(one.events) for one in client.list_versions(page_size=500)}
    for name in in_order({name: document.text for name, document in documents.items()}):
        yield _imported(client, name, documents[name], comment, before)


def _imported(client: Client, name: str, document: _Document, comment: str, before: dict[str, int]) -> Imported:
    from rollbook import ForbiddenError, InvalidRequestError, LimitExceededError, RulesetInvalidError

    try:
        made = client.create_version(
            name, document.text, document.scenarios, comment=comment, timeout=LONG_SECONDS
        ).version
    except (ForbiddenError, InvalidRequestError, LimitExceededError, RulesetInvalidError) as error:
        return Imported(name, "refused", failure=failure_of(error))
    if made.name not in before:
        return Imported(name, "new", made)
    if len(made.events) > before[made.name]:
        return Imported(name, "changed", made)
    known = client.get_version(made.name)
    if known.scenarios_yaml != document.scenarios:
        note = f"its scenarios are others, and stay as they are: it is {known.state}"
        return Imported(name, "known", made, note)
    return Imported(name, "known", made, "" if known.source_yaml == document.text else "only laid out otherwise")


def _documents(folder: Path) -> dict[str, _Document]:
    """Every document by resource name."""
    if not folder.is_dir():
        message = f"there is no folder {folder}."
        raise FailureError(message)
    found = {
        f"{CALENDARS}/{path.stem}": _Document(read_file(path), "")
        for path in sorted(folder.glob(f"{CALENDARS}/*.yaml"))
    }
    for path in sorted(folder.glob(f"*/*/{RULESET_FILE}")):
        scenarios = path.with_name(SCENARIOS_FILE)
        text = read_file(scenarios) if scenarios.is_file() else ""
        found[f"rulesets/{path.parent.parent.name}/{path.parent.name}"] = _Document(read_file(path), text)
    return found
