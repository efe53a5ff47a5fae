"""Deadlines as Python: their expressions compiled, the days counted by one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import deadlines
from engine.feel.checked import Checked
from engine.feel.python import Operand, Source
from engine.feel.run import Run
from engine.feel.unknown import Unknown
from engine.feel.values import entries
from engine.rulesets.checked import CheckedDeadline, CheckedLength, CheckedPause

__all__ = ["DeadlineWriter"]

Compile = Callable[[Checked, str, Mapping[str, Operand]], Operand]


class DeadlineWriter:
    """Writes what computes one deadline."""

    def __init__(self, source: Source, deadline: CheckedDeadline, compile_: Compile) -> None:
        """Begins.

        Args:
            source: where the statements go.
            deadline: the deadline.
            compile_: writes an expression that is a part of the deadline, with further names.
        """
        self._source = source
        self._deadline = deadline
        self._compile = compile_
        source.define("deadlines", deadlines)
        source.define("deadline_state", _state)
        source.define("deadline_element", _element)

    def write(self) -> Operand:
        """Writes it; gives its value: a context, or a list of one for each element."""
        each, source = self._deadline.each, self._source
        if each is None:
            return Operand(self._state({}), known=True)
        items = self._compile(each.list, "each", {})
        states = source.fresh("states")
        with source.block(f"if {items.code}.__class__ is U:"):
            source.line(f"{states} = {items.code}")
        with source.block("else:"):
            source.line(f"{states} = []")
            source.line(f"run.spend(len({items.code}))")
            item = source.fresh("x")
            with source.block(f"for {item} in {items.code}:"):
                state = self._state({each.name: Operand(item, known=items.items_known)})
                source.line(f"{states}.append(deadline_element({item}, {state}))")
        return Operand(states, items_known=items.items_known)

    def _state(self, local: Mapping[str, Operand]) -> str:
        deadline = self._deadline
        inputs = [f"starts={self._compile(deadline.starts, 'starts', local).code}"]
        for part in ("due", "waived", "met"):
            checked: Checked | None = getattr(deadline, part)
            if checked is not None:
                inputs.append(f"{part}={self._compile(checked, part, local).code}")
        for part, length in (("length", deadline.length), ("soon", deadline.soon)):
            if length is not None:
                inputs.append(f"{part}={self._length(length, part, local)}")
        if deadline.paused is not None:
            inputs.append(f"pauses={self._pauses(deadline.paused, local)}")
        return self._source.assign(f"deadline_state(run, deadlines.Inputs({', '.join(inputs)}))", "state")

    def _length(self, length: CheckedLength, part: str, local: Mapping[str, Operand]) -> str:
        count = self._compile(length.count, part, local)
        return f"deadlines.length({count.code}, {self._source.constant(length.days, 'DAYS')})"

    def _pauses(self, pause: CheckedPause, local: Mapping[str, Operand]) -> str:
        source = self._source
        if pause.each is None:
            from_ = self._compile(pause.from_, "paused.from", local)
            until = self._compile(pause.until, "paused.until", local)
            return f"deadlines.pauses([({from_.code}, {until.code})])"
        items = self._compile(pause.each.list, "paused.each", local)
        pauses = source.fresh("pauses")
        with source.block(f"if {items.code}.__class__ is U:"):
            source.line(f"{pauses} = {items.code}")
        with source.block("else:"):
            intervals = source.assign("[]", "intervals")
            source.line(f"run.spend(len({items.code}))")
            item = source.fresh("x")
            with source.block(f"for {item} in {items.code}:"):
                within = {**local, pause.each.name: Operand(item, known=items.items_known)}
                from_ = self._compile(pause.from_, "paused.from", within)
                until = self._compile(pause.until, "paused.until", within)
                source.line(f"{intervals}.append(({from_.code}, {until.code}))")
            source.line(f"{pauses} = deadlines.pauses({intervals})")
        return pauses


def _state(run: Run, inputs: deadlines.Inputs) -> dict[str, Any]:
    assert run.as_of is not None
    return deadlines.state(inputs, run.as_of, run.calendar)


def _element(item: Any, state: dict[str, Any]) -> Any:
    """An element of a deadline's list: the item's own entries, and the state."""
    return item if item.__class__ is Unknown else {**entries(item), **state}
