"""The names in a client certificate, as gRPC tells them of a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["certificate_names"]

_ALTERNATIVE: Final = "x509_subject_alternative_name"
_COMMON: Final = "x509_common_name"


def certificate_names(known: Mapping[str, Any]) -> tuple[str, ...]:
    """The alternative names of the subject, and only where there are none its common name, as RFC 6125 has it.

    `known` has lists of bytes, whatever the types of gRPC say.
    """
    for kind in (_ALTERNATIVE, _COMMON):
        if found := tuple(name.decode("utf-8", "replace") for name in known.get(kind, ())):
            return found
    return ()
