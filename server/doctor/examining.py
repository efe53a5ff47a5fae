"""Everything that is looked at, in the order in which a person would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from server.config import Settings, SettingsError, load_settings
from server.doctor.callers import callers
from server.doctor.certificates import certificates
from server.doctor.configuration import configuration
from server.doctor.databases import database
from server.doctor.findings import Finding, wrong
from server.doctor.folders import roster_folder, spill_folder
from server.doctor.machine import clock, cores, memory, open_files, release, time_zones
from server.doctor.ports import ports
from server.doctor.rulesets import rulesets

__all__ = ["examine"]

_LOOKS: Final[tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...]] = (
    ("callers", callers),
    ("certificates", certificates),
    ("ports", ports),
    ("database", database),
    ("folder of recorded rosters", roster_folder),
    ("spill folder of rosters", spill_folder),
    ("rulesets", rulesets),
    ("cores", cores),
    ("memory", memory),
    ("open files", open_files),
)


def examine(file: Path | None) -> Iterator[Finding]:
    """What is found, one after the other, while it is looked for; nothing is changed, and nothing raises.

    Args:
        file: the configuration file; that which ROLLBOOK_CONFIG names when None.
    """
    for look in (release, clock, time_zones):
        yield from _guarded(look.__name__.replace("_", " "), look)
    try:
        settings = load_settings(file)
    except SettingsError as error:
        remedy = "Nothing else can be looked at before it is mended; docs/configuration.md describes every setting."
        yield wrong("configuration", str(error), remedy)
        return
    yield from _guarded("configuration", partial(configuration, settings, file))
    for subject, of_settings in _LOOKS:
        yield from _guarded(subject, partial(of_settings, settings))


def _guarded(subject: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """One look that fails does not keep the others from being taken."""
    try:
        yield from look()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        yield wrong(subject, f"it cannot be looked at: {where}{error.strerror or type(error).__name__}", "")
    except Exception as error:  # noqa: BLE001 - by its type only: its text may quote a secret
        yield wrong(subject, f"it cannot be looked at: {type(error).__name__}", "")
