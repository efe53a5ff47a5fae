"""Settings of the server, from a TOML file and the environment: all are documented, and checked at the start."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

__all__ = ["CONFIG_VARIABLE", "ENVIRONMENT_PREFIX", "Settings", "SettingsError", "load_settings", "unknown_variables"]

ENVIRONMENT_PREFIX = "ROLLBOOK_"
"""What the environment variable of every setting begins with: `port` is `ROLLBOOK_PORT`."""

CONFIG_VARIABLE = "ROLLBOOK_CONFIG"
"""The environment variable that names the configuration file, where the command line names none."""


class SettingsError(Exception):
    """Settings that cannot be used; the text says which, why, and how to mend them."""


class Settings(BaseSettings):
    """What the server can be told; what is said in code wins over the environment, and that over the file."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT_PREFIX, extra="forbid", frozen=True)

    address: str = Field(
        "127.0.0.1",
        description="The address to listen on for calls. `0.0.0.0` is every IPv4 address of the machine.",
    )
    port: int = Field(
        7420, ge=0, le=65535, description="The port for calls. 0 takes a free one; `port_file` tells which."
    )
    port_file: Path | None = Field(
        None,
        description="A file that the port is written to once the server listens, for whoever started it with port 0. "
        "It is removed when the server stops.",
    )
    metrics_address: str = Field("127.0.0.1", description="The address to listen on for the metrics page.")
    metrics_port: int = Field(
        7421, ge=0, le=65535, description="The port of the metrics page (Prometheus, HTTP). 0 takes a free one."
    )
    metrics: bool = Field(True, description="Whether the metrics page is served; decisions are counted anyhow.")
    rulesets: Path = Field(
        Path("rulesets"), description="The folder of rulesets: `<district>/<name>/ruleset.yaml` below it."
    )
    watch: bool = Field(
        True, description="Whether changes in the folder of rulesets are taken up while the server runs."
    )
    reload_settle_seconds: float = Field(
        1.0,
        gt=0,
        le=60,
        description="How long the folder of rulesets must be quiet after a change before the rulesets are read again.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="The database that decisions of MODE_RECORD are logged in: "
        "`sqlite:////var/lib/rollbook/rollbook.db` or `postgresql://user@host/database`; `rollbook migrate` prepares "
        "it. Without one MODE_RECORD is refused with NOT_SERVED. Keep a password out of it: PostgreSQL's own "
        "`PGPASSFILE` serves.",
    )
    log_seconds: float = Field(
        5.0,
        gt=0,
        le=60,
        description="How long a decision may wait to be on disk; then the call is answered LOG_UNAVAILABLE.",
    )
    threads: int = Field(
        64, ge=64, le=1024, description="Threads that decide, at most. They are started as they are needed."
    )
    max_concurrent_calls: int = Field(
        256,
        ge=1,
        le=100_000,
        description="Calls in flight, waiting ones too; one more is refused at once with OVERLOADED. Health checks and "
        "streams are not counted.",
    )
    stream_threads: int = Field(
        256,
        ge=1,
        le=10_000,
        description="Streams that may be open (watchers of the health, reflection); one more is refused with "
        "OVERLOADED. Each has a thread of its own, apart from those that decide.",
    )
    message_seconds: float = Field(
        10.0,
        gt=0,
        le=3600,
        description="How long a caller may take to send the message of a call that it has opened; then it is cut off. "
        "While half as many callers as there are threads are waited for, the patience is a quarter of a second.",
    )
    max_message_bytes: int = Field(
        4 * 1024 * 1024,
        ge=1024,
        le=256 * 1024 * 1024,
        description="Bytes of a request. A larger one is refused with TOO_LARGE. One of more than twice as many, "
        "and more than `roster_max_message_bytes`, is refused by the transport with RESOURCE_EXHAUSTED, before it is "
        "read.",
    )
    max_nesting: int = Field(32, ge=1, le=64, description="Levels of objects and lists within the facts of one case.")
    max_steps: int = Field(
        1_000_000,
        ge=1000,
        le=1_000_000_000,
        description="Steps that the expressions of a ruleset may take for one case; an item looked at in a loop is a "
        "step. A case that needs more is refused with LIMIT_EXCEEDED.",
    )
    max_batch_cases: int = Field(500, ge=1, le=500, description="Cases of one DecideBatch call.")
    sandboxes: int = Field(
        2,
        ge=1,
        le=64,
        description="Child processes that may check rulesets or run scenarios at the same time; further calls wait.",
    )
    sandbox_waiting: int = Field(
        8,
        ge=0,
        le=1000,
        description="Calls that may wait for such a child process; one more is refused with OVERLOADED.",
    )
    sandbox_seconds: float = Field(
        30.0, gt=0, le=3600, description="How long such a child process may take, of processor and of wall time."
    )
    sandbox_megabytes: int = Field(
        1024, ge=256, le=1024 * 1024, description="Address space of such a child process, in MiB."
    )
    rosters: int = Field(
        2,
        ge=1,
        le=64,
        description="Rosters that may be decided or compared at the same time, each in a child process of its own; one "
        "more is refused at once with OVERLOADED.",
    )
    roster_memory: str = Field(
        "1GB",
        pattern=r"^[1-9][0-9]{0,5} ?(MB|GB|MiB|GiB)$",
        description="What the queries of one roster may use of memory, such as `512MB` or `4GB`. What they need beyond "
        "it they put in the spill folder; without one they are refused with LIMIT_EXCEEDED.",
    )
    roster_threads: int = Field(
        1,
        ge=1,
        le=256,
        description="Threads that decide one roster. Child processes stay away from the core that the server is pinned "
        "to where there are others enough.",
    )
    roster_spill_folder: Path | None = Field(
        None,
        description="A folder for what the queries of rosters cannot keep in memory. Facts of cases stand there while "
        "a roster is decided, so it should be on an encrypted disk. Without one nothing is written to disk.",
    )
    roster_max_batch_cases: int = Field(
        20_000,
        ge=1,
        le=1_000_000,
        description="Cases of one batch of a roster; a larger one is refused with TOO_LARGE.",
    )
    roster_max_message_bytes: int = Field(
        16 * 1024 * 1024,
        ge=1024,
        le=512 * 1024 * 1024,
        description="Bytes of one message of a roster; a larger one is refused with TOO_LARGE. The transport takes "
        "every message up to this size, or to twice `max_message_bytes`, before it is looked at.",
    )
    roster_idle_seconds: float = Field(
        300.0,
        gt=0,
        le=86_400,
        description="How long the client of a roster may neither send a batch nor take an answer; then it is cut off, "
        "and can go on with a new call. A child process without work ends after the same time.",
    )
    pin_core: Literal["auto", "off"] | int = Field(
        "auto",
        description="The processor core that the server stays on: it is about twice as fast when its threads do not "
        "hop between cores. `auto` takes the last one that it may use, a number that one, `off` none.",
    )
    batch_scheduling: bool = Field(
        False,
        description="Whether the threads of a server that stays on one core run as SCHED_BATCH: they do not interrupt "
        "each other then, which is worth a fifth more calls under load; but neither do they interrupt anything else on "
        "that core, so calls take milliseconds where the core is shared.",
    )
    drain_delay_seconds: float = Field(
        0.0,
        ge=0,
        le=600,
        description="When told to stop: how long it goes on taking calls while its health already says NOT_SERVING, so "
        "that load balancers notice.",
    )
    drain_grace_seconds: float = Field(
        30.0,
        ge=0,
        le=3600,
        description="When told to stop: how long calls in flight may take to finish before they are cancelled.",
    )
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How log lines are written: `json`, `text` for people, or `auto`: text on a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least grave log lines that are written."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        if self.max_concurrent_calls < self.threads:
            message = (
                f"max_concurrent_calls ({self.max_concurrent_calls}) must not be less than threads ({self.threads})"
            )
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
    known = {ENVIRONMENT_PREFIX + name.upper() for name in Settings.model_fields} | {CONFIG_VARIABLE}
    return tuple(sorted(name for name in names if name.upper().startswith(ENVIRONMENT_PREFIX) and name not in known))


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "together"
