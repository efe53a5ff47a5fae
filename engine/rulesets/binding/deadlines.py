"""Deadlines: their expressions bound, and the values that expressions read of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from engine.calendars.calendar import Days
from engine.deadlines import ENTRIES, STATUSES
from engine.feel.checked import Checked
from engine.feel.syntax import Literal, Negation, Node
from engine.feel.types import BOOLEAN, DATE, NUMBER, ContextType, ListType, ScalarType, Type, may_be_none
from engine.rulesets.binding.free_names import free_names
from engine.rulesets.binding.located import Located
from engine.rulesets.binding.workbench import NO_NAMES, Want, Workbench
from engine.rulesets.checked import CheckedDeadline, CheckedEach, CheckedLength, CheckedPause
from engine.rulesets.deadline_documents import Deadline, Pause
from engine.rulesets.findings import Path
from engine.rulesets.scalars import SNAKE

__all__ = ["EACH", "DeadlineBinder"]

EACH: Final = re.compile(rf"\s*({SNAKE})\s+in\s+(?=\S)")
"""How `each` begins: a name for the element, then the list."""

_LENGTH: Final = re.compile(r"\s*(?P<count>.*?\S)\s+(?P<days>calendar|school|business)\s+days?\s*", re.DOTALL)
_MAY_BE_NONE: Final = may_be_none(DATE)
_ENTRIES: Final[Mapping[str, Type]] = MappingProxyType(
    {
        "starts_on": _MAY_BE_NONE,
        "due": _MAY_BE_NONE,
        "status": ScalarType("string", choices=STATUSES),
        "met_on": _MAY_BE_NONE,
    }
)


class DeadlineBinder:
    """The deadlines of one document."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def reads(self, name: str) -> frozenset[str]:
        """The names that the expressions of a deadline read, as far as they parse."""
        deadline = self._bench.document.deadlines[name]
        names: set[str] = set()
        for text, bound in self._texts(("deadlines", name), deadline):
            node = self._bench.parse(text)
            names |= (frozenset() if node is None else free_names(node)) - bound
        return frozenset(names)

    def bind(self, name: str) -> CheckedDeadline | None:
        """The deadline, its value added to the scope; None when something is wrong with it."""
        deadline, path = self._bench.document.deadlines[name], ("deadlines", name)
        each, names = self._each(path, deadline.each)
        if deadline.each is not None and each is None:
            return None
        type_ = self._type(name, path, each)
        starts = self._optional(path, "starts", _MAY_BE_NONE, "A start", names)
        length = self._length(path, "length", deadline.length, names)
        soon = self._length(path, "soon", deadline.soon, names)
        due = self._optional(path, "due", _MAY_BE_NONE, "A due day", names)
        waived = self._optional(path, "waived", BOOLEAN, "A waiver", names)
        met = self._optional(path, "met", _MAY_BE_NONE, "The day on which it was met", names)
        paused = None if deadline.paused is None else self._pause((*path, "paused"), deadline.paused, names)
        if deadline.length is None and deadline.due is None:
            message = "A deadline needs a `length` or a `due`."
            self._bench.error(path, "no-length", message, "Write `length: 60 calendar days`.", key=True)
        if length is not None and length.back and deadline.paused is not None:
            message = "A count before the start cannot be paused."
            self._bench.error((*path, "paused"), "paused-backwards", message, "Leave `paused` out.", key=True)
        if starts is None or type_ is None or self._bench.findings.has_errors_at(path):
            return None
        self._bench.scope[name] = type_
        return CheckedDeadline(
            name, deadline.cites.sections, each, starts, length, paused, due, waived, met, soon, type_
        )

    def _texts(self, path: Path, deadline: Deadline) -> Iterator[tuple[Located, frozenset[str]]]:
        """Every expression of a deadline, with the names that it declares itself."""
        bound = self._bound(deadline.each)
        if deadline.each is not None:
            yield self._list(self._bench.text((*path, "each"))), frozenset()
        for key in ("starts", "due", "waived", "met"):
            if getattr(deadline, key) is not None:
                yield self._bench.text((*path, key)), bound
        for key in ("length", "soon"):
            if getattr(deadline, key) is not None and (text := self._count(self._bench.text((*path, key)))) is not None:
                yield text, bound
        if deadline.paused is not None:
            within = bound | self._bound(deadline.paused.each)
            if deadline.paused.each is not None:
                yield self._list(self._bench.text((*path, "paused", "each"))), bound
            for key in ("from", "until"):
                yield self._bench.text((*path, "paused", key)), within

    @staticmethod
    def _bound(each: str | None) -> frozenset[str]:
        found = EACH.match(each or "")
        return frozenset((found[1],)) if found else frozenset()

    @staticmethod
    def _list(text: Located) -> Located:
        found = EACH.match(text.text)
        return text.part(found.end()) if found else text

    @staticmethod
    def _count(text: Located) -> Located | None:
        found = _LENGTH.fullmatch(text.text)
        return None if found is None else text.part(found.start("count"), found.end("count"))

    def _each(
        self, path: Path, each: str | None, names: Mapping[str, Type] = NO_NAMES
    ) -> tuple[CheckedEach | None, Mapping[str, Type]]:
        """What a deadline or pause goes through, and the names that its expressions have besides."""
        if each is None:
            return None, names
        text = self._bench.text((*path, "each"))
        found = EACH.match(text.text)
        if found is None:
            message = "`each` gives a name to each item of a list."
            self._bench.error_at(text, 0, "bad-each", message, "Write `each: test in additional_tests`.")
            return None, names
        if found[1] in self._bench.scope or found[1] in names:
            message = f"`{found[1]}` is the name of something else."
            self._bench.error_at(text, found.start(1), "duplicate-name", message, "Choose another name for the item.")
            return None, names
        list_ = text.part(found.end())
        node = self._bench.parse(list_)
        checked = None if node is None else self._bench.check(list_, node, names=names)
        if checked is None:
            return None, names
        if not isinstance(checked.type, ListType) or not isinstance(checked.type.element, ContextType):
            message = f"`each` of a deadline goes through a list of groups; this is {checked.type}."
            self._bench.error_at(list_, 0, "not-a-list", message)
            return None, names
        return CheckedEach(found[1], checked), {**names, found[1]: checked.type.element}

    def _type(self, name: str, path: Path, each: CheckedEach | None) -> Type | None:
        """What expressions see of the deadline: one context, or one per element with the element's own entries."""
        if each is None:
            return ContextType(_ENTRIES, deadline=name)
        assert isinstance(each.list.type, ListType)
        element = each.list.type.element
        assert isinstance(element, ContextType)
        own = {entry: type_ for entry, type_ in element.entries.items() if not element.deadline or entry not in ENTRIES}
        if taken := sorted(own.keys() & set(ENTRIES)):
            message = f"Elements have an entry `{taken[0]}` of their own, which hides the deadline's."
            self._bench.error((*path, "each"), "duplicate-name", message, "Rename that fact.")
            return None
        return ListType(replace(element, entries=MappingProxyType({**own, **_ENTRIES}), deadline=name))

    def _optional(self, path: Path, key: str, type_: Type, what: str, names: Mapping[str, Type]) -> Checked | None:
        if (*path, key) not in self._bench.source.scalars:
            return None
        text = self._bench.text((*path, key))
        node = self._bench.parse(text)
        return None if node is None else self._bench.check(text, node, Want(type_, what), names=names)

    def _length(self, path: Path, key: str, written: str | None, names: Mapping[str, Type]) -> CheckedLength | None:
        if written is None:
            return None
        text = self._bench.text((*path, key))
        count = self._count(text)
        if count is None:
            message = "A length is a number of calendar, school or business days."
            self._bench.error_at(text, 0, "bad-length", message, "Write `60 calendar days` or `minimum school days`.")
            return None
        found = _LENGTH.fullmatch(text.text)
        node = self._bench.parse(count)
        if node is None or found is None:
            return None
        checked = self._bench.check(count, node, Want(NUMBER, "A number of days"), names=names)
        return None if checked is None else CheckedLength(checked, Days(found["days"]), _is_negative(node))

    def _pause(self, path: Path, pause: Pause, names: Mapping[str, Type]) -> CheckedPause | None:
        each, names = self._each(path, pause.each, names)
        if pause.each is not None and each is None:
            return None
        from_ = self._optional(path, "from", _MAY_BE_NONE, "The day from which the count stands still", names)
        until = self._optional(path, "until", _MAY_BE_NONE, "The last day taken off", names)
        return None if from_ is None or until is None else CheckedPause(pause.cites.sections, each, from_, until)


def _is_negative(node: Node) -> bool:
    return isinstance(node, Negation) or (
        isinstance(node, Literal)
        and not isinstance(node.value, str)
        and bool(node.value is not None and node.value < 0)
    )
