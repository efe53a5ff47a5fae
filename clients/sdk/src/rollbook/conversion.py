"""From messages of the contract to frozen dataclasses, by the dataclasses' own annotations.

A dataclass names its fields as its message does; what each becomes follows from the annotation: `datetime.date | None`
from a google.type.Date, a `Word` from an enum, a tuple from a repeated field, another such dataclass from a message. A
field with the metadata `FROM_JSON` holds the parsed text of the message's field of that name with `_json` added; the
metadata `name` names the message's field where it is another. The plan for a class is made once and kept.
"""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Callable
from dataclasses import Field, fields, is_dataclass
from decimal import Decimal
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from google.protobuf.message import Message

__all__ = ["FROM_JSON", "Word", "convert", "message_field"]

FROM_JSON: Final = {"json": True}
"""Metadata of a dataclass field: the parsed JSON of the message's field of that name with `_json` added."""

_PLAIN: Final = (str, int, bool, bytes)
"""Types of values that are the same in a message and here."""
_T = TypeVar("_T")
_Getter = Callable[[Any], Any]
_read_json = json.JSONDecoder(parse_float=Decimal).decode  # made once: json.loads would make one at each call
_PLANS: dict[type[Any], _Getter] = {}


class Word(enum.StrEnum):
    """An enum of the contract; members are spelled as in rulesets (`due-soon`).

    Each has a member UNSPECIFIED: not said, or a value that is newer than this client.
    """


def convert(cls: type[_T], message: Message) -> _T:
    """The dataclass `cls` filled from `message`.

    Raises:
        ValueError: when the message is not what the contract says, such as a date without a day.
    """
    return cast("_T", _plan(cls)(message))


def _plan(cls: type[Any]) -> _Getter:
    """How a message becomes a `cls`; made at its first use."""
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _new_plan(cls)
    return plan


def _new_plan(cls: type[Any]) -> _Getter:
    hints = get_type_hints(cls)
    getters = tuple(
        _getter(message_field(part), hints[part.name], parse="json" in part.metadata) for part in fields(cls)
    )

    def build(message: Any) -> Any:
        return cls(*[get(message) for get in getters])

    return build


def message_field(part: Field[Any]) -> str:
    """The name of the message's field that a dataclass field is filled from."""
    name: str = part.metadata.get("name", f"{part.name}_json" if "json" in part.metadata else part.name)
    return name


def _getter(name: str, hint: Any, *, parse: bool) -> _Getter:
    get = attrgetter(name)
    if parse:
        return _json(get)
    if hint in _PLAIN:
        return get
    if get_origin(hint) is tuple:
        each = _value(get_args(hint)[0])
        return (lambda message: tuple(get(message))) if each is None else _repeated(get, each)
    if get_origin(hint) is UnionType:
        (inner,) = (option for option in get_args(hint) if option is not NoneType)
        return _optional(name, get, _required_value(inner))
    each = _required_value(hint)
    return lambda message: each(get(message))


def _repeated(get: _Getter, each: _Getter) -> _Getter:
    return lambda message: tuple([each(item) for item in get(message)])


def _optional(name: str, get: _Getter, each: _Getter) -> _Getter:
    return lambda message: each(get(message)) if message.HasField(name) else None


def _required_value(hint: Any) -> _Getter:
    each = _value(hint)
    if each is None:
        message = f"{hint} needs no conversion"
        raise TypeError(message)
    return each


def _value(hint: Any) -> _Getter | None:
    """How one value becomes a `hint`; None where it already is one."""
    if hint in _PLAIN:
        return None
    if hint is datetime.date:
        return _date
    if hint is datetime.datetime:
        return _time
    if issubclass(hint, Word):
        return _word(hint)
    if is_dataclass(hint):
        return _late_plan(cast("type[Any]", hint))
    message = f"no conversion to {hint}"
    raise TypeError(message)


def _late_plan(cls: type[Any]) -> _Getter:
    """The plan of `cls`, made at its first use, since a class may contain itself."""

    def build(message: Any) -> Any:
        return _plan(cls)(message)

    return build


def _date(message: Any) -> datetime.date:
    return datetime.date(message.year, message.month, message.day)


def _time(message: Any) -> datetime.datetime:
    moment: datetime.datetime = message.ToDatetime(tzinfo=datetime.UTC)
    return moment


def _word(cls: type[Word]) -> _Getter:
    """From an enum's number. The members stand in the order of the contract's numbers, UNSPECIFIED first."""
    members = tuple(cls)

    def word(number: int) -> Word:
        return members[number] if 0 <= number < len(members) else members[0]

    return word


def _json(get: _Getter) -> _Getter:
    def parsed(message: Any) -> Any:
        text = get(message)
        return _read_json(text) if text not in ("", "{}") else {}

    return parsed
