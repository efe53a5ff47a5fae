"""Rows without a decision, as lines of JSON: where they stand, which case they are, why; never a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.rosters import Reject

__all__ = ["reject_line"]


def reject_line(reject: Reject, ids: Mapping[str, Any]) -> bytes:
    """The line for a row, with its line feed."""
    said = {
        "row": reject.row,
        "ids": ids,
        "reason": reject.reason,
        "message": reject.message,
        "violations": [
            {"path": place.path, "expected": place.expected, "message": place.message} for place in reject.violations
        ],
    }
    return msgspec.json.encode(said, enc_hook=str) + b"\n"
