"""Messages that are almost right: made by their descriptors, with values that mean something, then spoilt.

Each is made from its number alone, so whoever knows the number has the message.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from tests.server.rosters.asking import CASES, ipc
from tests.server.running import FACTS, MARKS, NAME

__all__ = ["Maker", "metadata_of"]

_NASTY: Final = (
    *(
        "",
        "\0",
        "%",
        "_",
        "'",
        '"',
        "\\",
        "../../etc/passwd",
        "/etc/passwd",
        "' OR 1=1 --",
        "'; DROP TABLE decisions;--",
    ),
    *(
        "a" * 300,
        "a" * 70_000,
        "é",
        "\u202e",
        "\ufeff",
        "\U0001f600",
        "\r\nevent: forged",
        "{}",
        "$(id)",
        "-1",
        "*",
        "x/y",
    ),
    *("rulesets/../..", "rulesets/demo/marks/versions/" + "0" * 64, "calendars/../x", "NaN", "1e999999", "[" * 5_000),
)
_FACTS: Final = (
    *("{}", "", "null", "[]", "1", '"x"', json.dumps(FACTS), '{"enrollment": {"instructional_days": 3}}'),
    *(
        '{"enrollment": {"instructional_days": 1e99999999}}',
        '{"mark": {"share": 1e-99999999}}',
        '{"mark": {"share": NaN}}',
    ),
    *(
        '{"notices": [' + ",".join(['{"area": "x"}'] * 2_000) + "]}",
        '{"a": ' * 3_000,
        "[" * 100_000,
        '{"student": {"": 1}}',
    ),
    *(
        '{"mark": {"score": "\\ud800"}}',
        '{"enrollment": {}, "enrollment": {}}',
        '{"enrollment": {"instructional_days": ' + "9" * 5_000 + "}}",
    ),
)
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "rulesets": (NAME,),
    "ruleset": (NAME,),
    "name": (NAME,),
    "calendar": ("", "", "calendars/x"),
    "page_token": ("",),
    "id_columns": ("student",),
    "facts_json": _FACTS,
    "ruleset_yaml": (MARKS, MARKS[:700], "a: &a [*a]", "a: " + "[" * 1_000),
    "service": ("rollbook.v1.DecisionService",),
    "file_containing_symbol": ("rollbook.v1.DecisionService", "google.type.Date"),
}
_PLAIN: Final = ("", "x", "s-7", "r-1")
_BYTES: Final = (b"", ipc(CASES), ipc(CASES)[:200], b"\xff\xff\xff\xff\x10\x00\x00\x00", b'{"enrollment": 1}\n' * 50)
_NUMBERS: Final = (0, 1, -1, 2, 3, 9, 14, 50, 501, 2018, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63))
_USUAL: Final = {"year": 2018, "month": 9, "day": 14, "page_size": 5, "sequence": 0, "first_row": 0}
_SET: Final = (0.6, 0.95, 1.0, 1.0)
"""How likely the fields of a message are set."""
_USUALLY: Final = (0.8, 0.97, 1.0, 1.0)
"""How likely the values of a message are such as mean something."""
_DEEPEST: Final = 6
_STRANGE: Final = 0.15
"""How likely a call has metadata that clients do not send."""
_KEYS: Final = (
    "authorization",
    "rollbook-tenant",
    "traceparent",
    "x-any",
    "x-any-bin",
    "grpc-timeout-bin",
    "user-agent",
)
_TOKENS: Final = (
    *("", "Bearer", "Bearer ", "Basic YTpi", "Bearer rbk_0000000000000000_" + "0" * 64, "Bearer rbk_x", "bearer a.b.c"),
    *("Bearer eyJhbGciOiBbXX0.e30.AAAA", "Bearer " + "a" * 3_000, "Bearer rbk_" + "9" * 3_000, "Bearer \0", "Token x"),
)

_Spoil = Callable[[bytes, Random], bytes]


class Maker:
    """Makes messages from one source of chance.

    Args:
        random: the chance.
        ids: ids of decisions that there are.
    """

    def __init__(self, random: Random, ids: tuple[str, ...] = ()) -> None:
        self._random = random
        self._ids = ids
        self._usually = self._set_fields = 1.0

    def messages(self, descriptor: Descriptor, *, several: bool) -> list[bytes]:
        """What one call sends: usually one message."""
        count = (
            self._random.choice((0, 1, 1, 2, 3, 5)) if several else self._random.choice((1, 1, 1, 1, 1, 1, 1, 1, 0, 2))
        )
        return [self.message(descriptor, begins=several and not number) for number in range(count)]

    def message(self, descriptor: Descriptor, *, begins: bool = False) -> bytes:
        """The bytes of a message, or of something like it; `begins`: of one that a stream begins with."""
        chance = self._random.random()
        if chance < 0.1:
            return self._random.randbytes(self._random.choice((1, 2, 7, 64, 5_000)))
        self._usually, self._set_fields = self._random.choice(_USUALLY), self._random.choice(_SET)
        raw = self._made(descriptor, 0, begins=begins).SerializeToString()
        if chance < 0.6:
            return raw
        for _ in range(self._random.choice((1, 1, 2, 5))):
            raw = self._random.choice(_SPOILING)(raw, self._random)
        return raw

    def _made(self, descriptor: Descriptor, depth: int, *, begins: bool = False) -> Message:
        message = GetMessageClass(descriptor)()
        of: dict[Any, FieldDescriptor] = {}
        for field in descriptor.fields:
            if field.containing_oneof is not None:
                kinds = list(field.containing_oneof.fields)
                of[field.containing_oneof.name] = kinds[0] if begins else self._random.choice(kinds)
        for field in descriptor.fields:
            chosen = field.containing_oneof is None or of[field.containing_oneof.name] is field
            if chosen and self._random.random() < self._set_fields and depth < _DEEPEST:
                self._set(message, field, depth)
        return message

    def _set(self, message: Message, field: FieldDescriptor, depth: int) -> None:
        values: Any = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            for _ in range(self._random.choice((0, 1, 2))):
                entry = self._made(field.message_type, depth + 1)
                if field.message_type.fields_by_name["value"].message_type is not None:
                    values[entry.key].CopyFrom(entry.value)  # type: ignore[attr-defined]  # the fields of a map's entry
                else:
                    values[entry.key] = entry.value  # type: ignore[attr-defined]  # likewise
        elif field.is_repeated:
            for _ in range(self._random.choice((1, 1, 1, 1, 1, 1, 0, 2, 30))):
                values.append(self._value(field, depth))
        elif field.message_type is not None:
            values.CopyFrom(self._made(field.message_type, depth + 1))
        else:
            setattr(message, field.name, self._value(field, depth))

    def _value(self, field: FieldDescriptor, depth: int) -> Any:
        chance = self._random
        means = chance.random() < self._usually
        kind = field.cpp_type
        if kind == FieldDescriptor.CPPTYPE_MESSAGE:
            assert field.message_type is not None
            return self._made(field.message_type, depth + 1)
        if kind == FieldDescriptor.CPPTYPE_ENUM:
            assert field.enum_type is not None
            values = field.enum_type.values
            return chance.choice(values[1:] or values).number if means else chance.choice(_NUMBERS[:10])
        if field.type == FieldDescriptor.TYPE_BYTES:
            return chance.choice(_BYTES)
        if kind == FieldDescriptor.CPPTYPE_STRING:
            words = self._ids if field.name in {"decision_id", "after"} else _WORDS.get(field.name, _PLAIN)
            return chance.choice(words) if means and words else chance.choice(_NASTY)
        if kind == FieldDescriptor.CPPTYPE_BOOL:
            return chance.random() < 0.5
        if kind in {FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT}:
            return chance.choice((0.0, 3.0, -1.5, 1e308, float("nan"), float("inf")))
        number = _USUAL.get(field.name) if means else None
        if number is None:
            number = chance.choice(_NUMBERS)
        if kind in {FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64}:
            number = abs(number)
        bits = 32 if kind in {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_UINT32} else 64
        return number if -(1 << (bits - 1)) <= number < (1 << (bits - 1)) else 7


def metadata_of(random: Random, token: str) -> list[tuple[str, str | bytes]]:
    """What a call says of itself: usually the token, and sometimes what is none."""
    said: list[tuple[str, str | bytes]] = [("authorization", f"Bearer {token}")] if token else []
    if random.random() < _STRANGE:
        for _ in range(random.choice((1, 1, 3))):
            name = random.choice(_KEYS)
            nasty = random.choice(_TOKENS) if name == "authorization" else random.choice(_NASTY)
            value = "".join(letter for letter in nasty if " " <= letter <= "~")[:4_000]
            said.append((name, value.encode() if name.endswith("-bin") else value))
        random.shuffle(said)
    return said


def _cut(raw: bytes, random: Random) -> bytes:
    return raw[: random.randrange(len(raw) + 1)]


def _flip(raw: bytes, random: Random) -> bytes:
    if not raw:
        return raw
    at = random.randrange(len(raw))
    return raw[:at] + bytes((raw[at] ^ 1 << random.randrange(8),)) + raw[at + 1 :]


def _insert(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw) + 1)
    return raw[:at] + random.randbytes(random.choice((1, 2, 10))) + raw[at:]


def _repeat(raw: bytes, random: Random) -> bytes:
    return raw * random.choice((2, 3, 50)) if len(raw) < 20_000 else raw + raw


def _too_long_a_number(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw) + 1)
    return raw[:at] + b"\xff" * 11 + b"\x01" + raw[at:]


def _unknown_fields(raw: bytes, random: Random) -> bytes:
    return raw + b"\xa2\xbc\x06\x03abc" * random.choice((1, 1_000))


def _groups(raw: bytes, random: Random) -> bytes:
    return raw + b"\x0b" * random.choice((1, 50, 5_000))


def _lengths(raw: bytes, random: Random) -> bytes:
    return raw + bytes((random.choice((0x0A, 0x12, 0x3A)),)) + b"\xff\xff\xff\xff\x07"


_SPOILING: Final[tuple[_Spoil, ...]] = (
    *(_cut, _cut, _flip, _flip, _insert, _repeat, _too_long_a_number, _unknown_fields, _groups, _lengths),
)
