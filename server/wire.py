"""Protocol-buffer messages written as bytes, from parts of which most are prepared once.

A reply to Decide is made of some twenty small messages. Building them as objects and serialising them takes three times
as long as joining their bytes, and the reply is the largest part of a call after the decision itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from google.protobuf.message import Message

__all__ = ["bytes_field", "constant", "text_field", "varint"]

_BYTES: Final = tuple(bytes((number,)) for number in range(128))
_DELIMITED: Final = 2


def varint(number: int) -> bytes:
    """A number from 0 on, seven bits a byte, the lowest first."""
    if number < 128:
        return _BYTES[number]
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def text_field(message: type[Message], field: str) -> Callable[[str], bytes]:
    """Writes the string field `field` of messages of this type."""
    tag = _tag(message, field)

    def write(text: str) -> bytes:
        raw = text.encode()
        size = len(raw)
        return tag + (_BYTES[size] if size < 128 else varint(size)) + raw

    return write


def bytes_field(message: type[Message], field: str) -> Callable[[bytes], bytes]:
    """Writes the field `field` (one entry where it is repeated), given a message, or text, as its bytes."""
    tag = _tag(message, field)

    def write(raw: bytes) -> bytes:
        size = len(raw)
        return tag + (_BYTES[size] if size < 128 else varint(size)) + raw

    return write


def constant(message: Message) -> bytes:
    """The fields of a message that never change: the bytes may stand anywhere among those of the same type."""
    return message.SerializeToString(deterministic=True)


def _tag(message: type[Message], field: str) -> bytes:
    return varint(message.DESCRIPTOR.fields_by_name[field].number << 3 | _DELIMITED)
