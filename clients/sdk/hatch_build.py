"""Build hook: stubs are generated when the SDK is built or installed, never committed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generate import generate


class StubsHook(BuildHookInterface):  # type: ignore[type-arg]  # of any configuration
    """Generates the stubs before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before every build, editable or not."""
        generate()
