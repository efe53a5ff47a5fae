"""Settings on their way to a worker: exactly those that the supervisor read, secrets too, never on a command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import SecretBytes, SecretStr
from pydantic_core import to_jsonable_python
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from server.config import Settings

__all__ = ["from_plain", "to_plain"]


class _Given(Settings):
    """Settings that are taken as they are given, whatever stands in the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given alone."""
        return (init_settings,)


def to_plain(settings: Settings) -> dict[str, Any]:
    """The settings as JSON has values, with secrets as they are."""
    plain: dict[str, Any] = to_jsonable_python(_revealed(settings.model_dump()))
    return plain


def from_plain(plain: Mapping[str, Any]) -> Settings:
    """The settings that `to_plain` wrote."""
    return _Given(**plain)


def _revealed(value: Any) -> Any:
    match value:
        case SecretStr() | SecretBytes():
            return value.get_secret_value()
        case dict():
            return {name: _revealed(item) for name, item in value.items()}
        case list() | tuple():
            return [_revealed(item) for item in value]
        case _:
            return value
