"""Settings of the server, from a TOML file and the environment: all are documented, and checked at the start."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from server.settings.calls import CallSettings
from server.settings.database import DatabaseSettings
from server.settings.identity import IdentitySettings
from server.settings.listening import ListeningSettings
from server.settings.process import ProcessSettings
from server.settings.rosters import RosterSettings
from server.settings.sandboxes import SandboxSettings
from server.settings.sources import SourceSettings
from server.settings.workers import WorkerSettings

__all__ = ["CONFIG_VARIABLE", "ENVIRONMENT_PREFIX", "Settings", "SettingsError", "load_settings", "unknown_variables"]

ENVIRONMENT_PREFIX = "ROLLBOOK_"
"""What the environment variable of every setting begins with: `port` is `ROLLBOOK_PORT`."""

CONFIG_VARIABLE = "ROLLBOOK_CONFIG"
"""The environment variable that names the configuration file, where the command line names none."""


CLIENT_VARIABLES = ("ROLLBOOK_TOKEN", "ROLLBOOK_TENANT", "ROLLBOOK_CA")
"""Environment variables of the commands that ask a server."""


class SettingsError(Exception):
    """Settings that cannot be used; the text says which, why, and how to mend them."""


class Settings(
    ProcessSettings,
    WorkerSettings,
    RosterSettings,
    SandboxSettings,
    CallSettings,
    DatabaseSettings,
    SourceSettings,
    IdentitySettings,
    ListeningSettings,
    BaseSettings,
):
    """What the server can be told; what is said in code wins over the environment, and that over the file."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.max_concurrent_calls < self.threads:
            message = (
                f"max_concurrent_calls ({self.max_concurrent_calls}) must not be less than threads ({self.threads})"
            )
            raise ValueError(message)
        if self.rulesets_source == "database" and self.database_url is None:
            message = "rulesets_source is database, but database_url names none"
            raise ValueError(message)
        if isinstance(self.pin_core, int) and self.pin_core < 0:
            message = "pin_core must be auto, off, or the number of a core, from 0"
            raise ValueError(message)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is said in code, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(file: Path | None = None, **said: Any) -> Settings:
    """The settings from `file` (TOML), the environment, and `said` (None values count as not said).

    Without `file` the one that ROLLBOOK_CONFIG names is read, if it names one.

    Raises:
        SettingsError: when the file cannot be read, or a setting is unknown or out of range.
    """
    said = {name: value for name, value in said.items() if value is not None}
    if file is None and os.environ.get(CONFIG_VARIABLE):
        file = Path(os.environ[CONFIG_VARIABLE])
    try:
        if file is None:
            return Settings(**said)
        if not file.is_file():
            message = f"The configuration file {file} does not exist."
            raise SettingsError(message)

        class FileSettings(Settings):
            model_config = SettingsConfigDict(toml_file=file)

        return FileSettings(**said)
    except ValidationError as error:
        lines = [f"  {_name(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        message = "The configuration has errors:\n" + "\n".join(lines)
        message += "\nThe settings are described in docs/configuration.md."
        raise SettingsError(message) from None
    except ValueError as error:  # tomllib's and pydantic-settings' own
        message = f"The configuration cannot be read: {error}"
        raise SettingsError(message) from None


def unknown_variables(names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that begin as our environment variables do but are none of them: likely a slip of the pen."""
    known = {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields} | {CONFIG_VARIABLE, *CLIENT_VARIABLES}
    return tuple(sorted(name for name in names if name.upper().startswith(ENVIRONMENT_PREFIX) and name not in known))


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "together"
