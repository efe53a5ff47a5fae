"""Looks at everything that a server needs, says what it found, and what to do about it; changes nothing."""

from server.doctor.examining import examine
from server.doctor.findings import Finding, State

__all__ = ["Finding", "State", "examine"]
