"""The facts of a case, from JSON or plain values to checked records: decoded by msgspec, then settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from engine.cases.checking import is_whole, violations
from engine.cases.records import record_of
from engine.cases.settling import settling
from engine.errors import FactsError, Violation
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["FactsDecoder", "declared", "plain"]


_TEXTS: Final = (bytes, str)


class FactsDecoder:
    """Reads the facts that one ruleset declares."""

    def __init__(self, facts: FactGroup, time_zone: str | None = None) -> None:
        record = record_of(facts)
        self._facts = facts
        self._struct = record.struct
        self._decoder = msgspec.json.Decoder(record.struct, float_hook=Decimal)
        self._settle_as_given = settling(record, absent_is_none=False, time_zone=time_zone)
        self._settle_absent_as_none = settling(record, absent_is_none=True, time_zone=time_zone)

    def decode(self, facts: bytes | str | Mapping[str, Any], as_of: date, *, absent_is_none: bool = False) -> Any:
        """The records of one case; see `read`."""
        return self.read(facts, as_of, absent_is_none=absent_is_none)[0]

    def read(
        self, facts: bytes | str | Mapping[str, Any], as_of: date, *, absent_is_none: bool = False
    ) -> tuple[Any, bool]:
        """The records of one case (JSON text, or a mapping of plain values), and whether no fact of it is unknown.

        Raises:
            FactsError: with everything that is not as declared, by path.
        """
        try:
            root = self._decoder.decode(facts) if isinstance(facts, _TEXTS) else msgspec.convert(facts, self._struct)
        except (msgspec.MsgspecError, ValueError, RecursionError, InvalidOperation):
            root = self._slowly(plain(facts))
        settle = self._settle_absent_as_none if absent_is_none else self._settle_as_given
        try:
            return root, settle(root, as_of)
        except FactsError:
            if found := violations(self._facts, plain(facts)):
                raise FactsError(found) from None
            raise

    def _slowly(self, facts: Any) -> Any:
        """What fast decoding refused: the errors by path, or the records when only 3 was written as 3.0."""
        if found := violations(self._facts, facts):
            raise FactsError(found)
        try:
            return msgspec.convert(_whole(self._facts, facts), self._struct)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise FactsError((Violation("", "the declared facts", "The facts cannot be read."),)) from None


def plain(facts: bytes | str | Mapping[str, Any]) -> Any:
    """The facts as plain values, numbers exact.

    Raises:
        FactsError: when they are no JSON, or nested too deeply.
    """
    if not isinstance(facts, bytes | str):
        return facts
    try:
        return msgspec.json.Decoder(float_hook=Decimal).decode(facts)
    except msgspec.DecodeError as error:
        reason = str(error)
    except (RecursionError, UnicodeError):
        reason = "it is nested too deeply, or is not UTF-8"
    except InvalidOperation:
        reason = "the exponent of a number is too large"
    raise FactsError((Violation("", "a JSON object", f"The facts are not JSON: {reason}."),))


def declared(node: FactNode, value: Any) -> Any:
    """The part of `value` that `node` declares."""
    match node:
        case FactGroup() if isinstance(value, Mapping):
            return {name: declared(node.entries[name], entry) for name, entry in value.items() if name in node.entries}
        case FactList() if isinstance(value, list | tuple):
            return [declared(node.element, item) for item in value]
        case Fact() | FactGroup() | FactList():
            return value


def _whole(node: FactNode, value: Any) -> Any:
    """The same value with whole numbers as integers where integers are declared."""
    match node:
        case FactGroup() if isinstance(value, Mapping):
            return {name: _whole(node.entries[name], entry) for name, entry in value.items()}
        case FactList() if isinstance(value, list | tuple):
            return [_whole(node.element, item) for item in value]
        case Fact(kind="integer") if is_whole(value):
            return int(value)
    return value
