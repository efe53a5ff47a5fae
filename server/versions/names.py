"""Names of versions, and of what they are versions of."""

from __future__ import annotations

import re
from typing import Final

from engine.errors import Violation
from server.requests import invalid
from server.store.lifecycle_rows import Kind, VersionKey

__all__ = ["parent_key", "pattern", "resource", "version_key"]

_ID: Final = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_PARENT: Final = rf"rulesets/(?P<ruleset>{_ID}/{_ID})|calendars/(?P<calendar>{_ID})"
_PARENT_NAME: Final = re.compile(_PARENT)
_VERSION_NAME: Final = re.compile(rf"(?:{_PARENT})/versions/(?P<version>[0-9a-f]{{64}})")
_MOST_CHARACTERS: Final = 300
_MOST_OF_ID: Final = 200

_PARENT_EXPECTED: Final = "rulesets/{district}/{ruleset} or calendars/{calendar}"


def parent_key(name: str, field: str) -> tuple[Kind, str]:
    """Of what: the kind, and the name without it.

    Raises:
        RefusalError: REQUEST_INVALID when it is no such name.
    """
    found = _PARENT_NAME.fullmatch(name) if len(name) <= _MOST_CHARACTERS else None
    if found is None or len(found["ruleset"] or found["calendar"]) > _MOST_OF_ID:
        invalid((Violation(field, _PARENT_EXPECTED, "This is no name of a ruleset or calendar."),))
    return ("ruleset", found["ruleset"]) if found["ruleset"] else ("calendar", found["calendar"])


def version_key(name: str) -> VersionKey:
    """Which version.

    Raises:
        RefusalError: REQUEST_INVALID when it is no such name.
    """
    found = _VERSION_NAME.fullmatch(name) if len(name) <= _MOST_CHARACTERS else None
    if found is None:
        expected = f"{_PARENT_EXPECTED}, with /versions/{{version}}: 64 hexadecimal digits"
        invalid((Violation("name", expected, "This is no name of a version."),))
    if found["ruleset"]:
        return VersionKey("ruleset", found["ruleset"], found["version"])
    return VersionKey("calendar", found["calendar"], found["version"])


def resource(kind: Kind, name: str, version: str = "") -> str:
    """The resource name: `rulesets/lausd/grade-marking`, with its version where one is given."""
    return f"{kind}s/{name}/versions/{version}" if version else f"{kind}s/{name}"


def pattern(kind: Kind, name: str) -> str:
    """What the patterns of roles are held against: `lausd/grade-marking`, `calendars/westlake`."""
    return name if kind == "ruleset" else resource(kind, name)
