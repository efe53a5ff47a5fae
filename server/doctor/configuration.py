"""The configuration: it can be read, names only settings that there are, and shows no secret to others."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from server.config import CONFIG_VARIABLE, ENVIRONMENT_PREFIX, Settings, unknown_variables
from server.doctor.findings import Finding, good, warning

__all__ = ["configuration"]

_SUBJECT: Final = "configuration"


def configuration(settings: Settings, file: Path | None) -> Iterator[Finding]:
    """What was read, and what in it deserves a look."""
    if file is None and os.environ.get(CONFIG_VARIABLE):
        file = Path(os.environ[CONFIG_VARIABLE])
    said = sorted(settings.model_fields_set)
    where = f"{file}" if file is not None else "no file"
    yield good(_SUBJECT, f"{where}; {len(said)} settings are set" + (f": {', '.join(said)}" if said else ""))
    for name in unknown_variables(os.environ):
        remedy = f"Settings are {ENVIRONMENT_PREFIX}PORT and so on; docs/configuration.md has them all."
        yield warning(_SUBJECT, f"the environment variable {name} is no setting", remedy)
    if _has_password(settings):
        remedy = "Keep it in a file that PGPASSFILE names."
        yield warning(_SUBJECT, "`database_url` has a password in it", remedy)
        if file is not None and stat.S_IMODE(file.stat().st_mode) & stat.S_IRWXO:
            yield warning(_SUBJECT, f"every user of this machine may read {file}", f"`chmod 640 {file}`.")


def _has_password(settings: Settings) -> bool:
    if settings.database_url is None:
        return False
    try:
        return make_url(settings.database_url.get_secret_value()).password is not None
    except (ArgumentError, ValueError):
        return False
