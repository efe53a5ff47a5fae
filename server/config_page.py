"""The page that documents every setting, written from the settings themselves: `python -m server.config_page`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from server.config import CONFIG_VARIABLE, ENVIRONMENT_PREFIX, Settings

__all__ = ["PAGE", "page"]

PAGE = Path("docs/configuration.md")
"""Where the page stands in the project."""

_HEAD = f"""# Configuration of the server

<!-- Written by `python -m server.config_page`; edit the descriptions in server/settings/. -->

`rollbook serve` reads its settings from a TOML file (`--config FILE`, or the file that `{CONFIG_VARIABLE}` names) and
from environment variables. What the command line says wins over the environment, and that over the file. A setting in
the file that is not in this table is an error, and so is a value out of its range; nothing starts then.

```toml
address = "127.0.0.1"
port = 7420
rulesets = "/srv/rollbook/rulesets"
```

| Setting | Environment variable | Default | What it does |
|---|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    description = " ".join(part for part in (field.description or "", _range(field)) if part)
    return f"| `{name}` | `{ENVIRONMENT_PREFIX}{name.upper()}` | {_default(field.default)} | {description} |\n"


def _default(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case str() | Path():
            return f'`"{value}"`'
        case _:
            return f"`{value}`"


def _range(field: FieldInfo) -> str:
    low = next((bound for item in field.metadata if (bound := getattr(item, "ge", None)) is not None), None)
    above = next((bound for item in field.metadata if (bound := getattr(item, "gt", None)) is not None), None)
    high = next((bound for item in field.metadata if (bound := getattr(item, "le", None)) is not None), None)
    if high is None:
        return ""
    return f"From {low} to {high}." if above is None else f"Above {above}, to {high}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
