"""Versions by what people call them: `lausd/grade-marking`, `calendars/westlake`, `lausd/grade-marking@1f3a9c`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from rollbook import Client, Version, VersionState

__all__ = ["choose", "choose_all", "shown_name"]


def choose(client: Client, name: str, states: Collection[VersionState] = ()) -> Version:
    """The version that is meant: of those in these states (any when there are none) the one of that name.

    A name is that of a ruleset or calendar, of which then only one such version may be there, or it goes on with `@`
    and the beginning of the version; resource names are taken too.

    Raises:
        FailureError: when there is none, or more than one.
    """
    wanted, _, start = name.replace("/versions/", "@").removeprefix("rulesets/").partition("@")
    found = [one for one in client.list_versions(wanted) if one.version.startswith(start)]
    fitting = [one for one in found if not states or one.state in states]
    if not start and not states:
        fitting = fitting[:1]  # the newest
    if len(fitting) == 1:
        return fitting[0]
    if len(found) == 1:
        return found[0]  # the server says what is wrong with its state, or that the step was taken already
    if fitting:
        several = ", ".join(f"{wanted}@{one.version[:12]}" for one in fitting)
        message = f"{name}: {len(fitting)} versions are meant: {several}."
        raise FailureError(message, "Name one of them.")
    what = " or ".join(states) + " " if states else ""
    message = f"{name}: there is no {what}version of that name."
    raise FailureError(message, f"`rollbook version list {wanted}` lists those that there are.")


def choose_all(client: Client, names: Sequence[str], states: Sequence[VersionState], *, everything: bool) -> list[str]:
    """The resource names of the versions to take a step with: those named, or every one in these states.

    Raises:
        FailureError: when a name means none, or more than one; or nothing is named.
    """
    if everything == bool(names):
        message = "Name versions, or say --all; not both."
        raise FailureError(message)
    if everything:
        return [one.name for one in client.list_versions(states=states)]
    return [choose(client, name, states).name for name in names]


def shown_name(name: str) -> str:
    """`lausd/grade-marking@1f3a9c0b77d2` of a resource name."""
    parent, _, version = name.removeprefix("rulesets/").partition("/versions/")
    return f"{parent}@{version[:12]}" if version else parent
