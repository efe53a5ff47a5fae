"""Reads YAML 1.2 into plain data that remembers where every key and value stands.

A narrow YAML on purpose: no anchors, aliases or tags, so that a document is as large as it looks; limits on size, depth
and count; a key that comes twice is an error. `on`, `no` and the like are text. A plain `2018-08-03` is a day, and
numbers with decimals are exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.rulesets.findings import Findings, Path
from engine.rulesets.scalars import WrittenDecimal, WrittenInteger
from engine.rulesets.yaml_messages import plain_words
from engine.rulesets.yaml_positions import Lines, Position, Written

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_LINE", "MAX_NODES", "Source", "read_yaml"]

MAX_BYTES: Final = 1 << 20
"""Bytes (UTF-8) that a document may have."""
MAX_DEPTH: Final = 40
"""Lists and mappings that may stand within each other."""
MAX_NODES: Final = 100_000
"""Keys and values that a document may have."""
MAX_LINE: Final = 20_000
"""Characters that a line may have."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,34}")
_DECIMAL = re.compile(r"[-+]?(?=[0-9.]{1,35}$)(?:[0-9]+\.[0-9]*|\.[0-9]+)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_TOP: Final = Position(1, 1)


@dataclass(slots=True)
class Source:
    """A document as data, and where its parts stand.

    Attributes:
        file: its name, as it was given.
        document: what was read.
        data: dictionaries (keys are text), lists, text, `WrittenInteger`, `WrittenDecimal`, booleans, dates, None.
        keys: where the key of every entry of a mapping stands.
        starts: where every value begins.
        scalars: how every single value was written.
    """

    file: str
    document: str
    lines: Lines
    data: Any = None
    keys: dict[Path, Position] = field(default_factory=dict)
    starts: dict[Path, Position] = field(default_factory=dict)
    scalars: dict[Path, Written] = field(default_factory=dict)

    def key(self, path: Path) -> Position:
        """Where the key (or list item) at `path` stands, or that of the nearest part that there is."""
        while path:
            found = self.keys.get(path) or self.starts.get(path)
            if found is not None:
                return found
            path = path[:-1]
        return self.starts.get((), _TOP)

    def value(self, path: Path) -> Position:
        """Where the value at `path` begins, or that of the nearest part that there is."""
        while path and path not in self.starts:
            path = path[:-1]
        return self.starts.get(path, _TOP)

    def within(self, path: Path, offset: int) -> Position:
        """Where the character at `offset` of the text at `path` stands."""
        written = self.scalars.get(path)
        return self.value(path) if written is None else self.lines.position(written.index(offset))

    def text(self, path: Path) -> str | None:
        """The text of the single value at `path`, exactly; None when there is none."""
        written = self.scalars.get(path)
        return None if written is None else written.value


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """Reading stops here; the finding was added."""


def read_yaml(text: str, file: str, findings: Findings) -> Source | None:
    """The document that `text` is; None when it cannot be read at all. What is wrong goes to `findings`."""
    text = text.removeprefix("\ufeff")
    source = Source(file, text, Lines(text))
    if not _within_limits(text, findings):
        return None
    reader = _Reader(text, source, findings)
    try:
        reader.read()
    except _Refused:
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = min(mark.index if mark is not None else 0, len(text))
        message, remedy = plain_words(error.problem or "", text, index)
        findings.error(source.lines.position(index), (), "yaml", message, remedy)
        return None
    except (YAMLError, ValueError, OverflowError) as error:
        index = getattr(error, "position", 0)
        message = "This is not text that YAML can hold: a control character, or an escape that stands for no character."
        findings.error(source.lines.position(index if isinstance(index, int) else 0), (), "yaml", message)
        return None
    return source


def _within_limits(text: str, findings: Findings) -> bool:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        findings.error(_TOP, (), "too-large", f"The document is larger than {MAX_BYTES:,} bytes.", "Split it.")
        return False
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > MAX_LINE:
            message = f"The line has more than {MAX_LINE:,} characters."
            findings.error(Position(number, 1), (), "too-large", message, "Break it into several.")
            return False
    return True


class _Reader:
    """Turns the events of the YAML parser into data; depth is bounded before anything recurses."""

    def __init__(self, text: str, source: Source, findings: Findings) -> None:
        self._text = text
        self._source = source
        self._findings = findings
        self._events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
        self._nodes = 0

    def read(self) -> None:
        documents = 0
        for event in self._events:
            match event:
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        self._refuse(event, (), "yaml-documents", "A file holds one document.", "Remove the `---`.")
                case ScalarEvent() | SequenceStartEvent() | MappingStartEvent() | AliasEvent():
                    self._source.data = self._node(event, ())
                case _:
                    pass

    def _next(self) -> Event:
        return next(self._events)

    def _place(self, event: Event) -> Position:
        return self._source.lines.position(event.start_mark.index)

    def _refuse(self, event: Event, path: Path, code: str, message: str, remedy: str = "") -> NoReturn:
        self._findings.error(self._place(event), path, code, message, remedy)
        raise _Refused

    def _node(self, event: Event, path: Path) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, path, "too-large", f"The document has more than {MAX_NODES:,} keys and values.")
        if len(path) > MAX_DEPTH:
            self._refuse(event, path, "too-deep", f"More than {MAX_DEPTH} levels stand within each other here.")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            message = "Anchors (`&name`) and aliases (`*name`) are not read."
            remedy = "Write it out; a fact can say `like`. Text that begins with `&` or `*` needs quotes."
            self._refuse(event, path, "yaml-alias", message, remedy)
        if getattr(event, "tag", None) is not None:
            message = "Tags (`!name`) are not read."
            self._refuse(event, path, "yaml-tag", message, "Text that begins with `!` needs quotes.")
        self._source.starts[path] = self._place(event)
        match event:
            case MappingStartEvent():
                return self._mapping(path)
            case SequenceStartEvent():
                return self._sequence(path)
            case _:
                return self._scalar(event, path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._refuse(event, path, "yaml-key", "A key is a single word or text, not a list or mapping.")
            key = str(event.value)
            self._node(event, (*path, "<key>"))
            place = self._place(event)
            if key in entries:
                first = self._source.keys[*path, key].line
                message = f"`{key[:60]}` comes twice; the first stands in line {first}."
                self._findings.error(place, (*path, key), "duplicate-key", message, "Remove or rename one of them.")
                self._node(self._next(), (*path, "<twice>"))
                continue
            self._source.keys[*path, key] = place
            entries[key] = self._node(self._next(), (*path, key))
        return entries

    def _scalar(self, event: Any, path: Path) -> Any:
        value = str(event.value)
        style = event.style or ""
        written = Written(self._text, event.start_mark.index, event.end_mark.index, style, value)
        if _SURROGATE.search(value):
            self._refuse(event, path, "yaml", "An escape stands for half a character only.", "Write the character.")
        self._source.scalars[path] = written
        return _plain_value(value) if not style else value


def _plain_value(value: str) -> Any:
    """What an unquoted value means: YAML 1.2's core schema without exponents and hexadecimals, and with days."""
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.fullmatch(value):
        return WrittenInteger.of(value)
    if _DECIMAL.fullmatch(value):
        return WrittenDecimal.of(value)
    if _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
