"""Reads the columns of one batch, declared node by node: groups from structs or dotted names, lists, single facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from engine.cases.checking import expected, undeclared
from engine.cases.facts import plain
from engine.errors import FactsError, Violation
from engine.rosters.building import column_of
from engine.rosters.cells import cells_of, unwrapped
from engine.rosters.columns import column_type, fields_of, says_none
from engine.rosters.occurring import NONE_SUFFIX
from engine.rosters.places import Place, Troubles
from engine.rulesets.facts import Fact, FactGroup, FactList, FactNode

__all__ = ["Sources"]


class Sources:
    """Reads one batch.

    Attributes:
        troubles: the cells that cannot be read; they are null in the columns.
        unfit: the columns that cannot be read at all.
    """

    def __init__(self, *, empty_is_left_out: bool) -> None:
        self.troubles = Troubles()
        self.unfit: list[Violation] = []
        self._empty_is_left_out = empty_is_left_out

    def group(
        self, group: FactGroup, given: Mapping[str, pa.Array], length: int, place: Place, path: str
    ) -> list[pa.Array]:
        """The columns of a group, as `fields_of` has them.

        Args:
            group: what is declared.
            given: arrays by name; `inner.fact` is the entry `fact` of the group `inner`.
            length: of each array.
            place: where their positions stand.
            path: of the group, for columns that cannot be read; items of a list as `[]`.
        """
        rest = dict(given)
        columns: list[pa.Array] = []
        for name, node in group.entries.items():
            array = rest.pop(name, None)
            here, inner = place.entry(name), _below(path, name)
            if isinstance(node, FactGroup):
                dotted = {key: rest.pop(key) for key in [*rest] if key.startswith(f"{name}.")}
                columns.append(self._inner(node, array, dotted, length, here, inner))
                continue
            columns.append(self._missing(node, length) if array is None else self._read(node, array, here, inner))
            if says_none(node):
                said = rest.pop(name + NONE_SUFFIX, None)
                columns.append(self._none(columns[-1], said, here, inner))
        self.unfit += [_unknown(group, name, path) for name in rest]
        return columns

    @staticmethod
    def _missing(node: FactNode, length: int) -> pa.Array:
        return pa.nulls(length, column_type(node))

    def _read(self, node: FactNode, array: pa.Array, place: Place, path: str) -> pa.Array:
        array = unwrapped(array)
        match node:
            case Fact():
                return self._fact(node, array, place, path)
            case FactList():
                return self._list(node, array, place, path)
            case FactGroup():
                return self._inner(node, array, {}, len(array), place, path)

    def _fact(self, fact: Fact, array: pa.Array, place: Place, path: str) -> pa.Array:
        found = cells_of(fact, array, empty_is_left_out=self._empty_is_left_out)
        if found is None:
            return self._refuse(fact, array, path, expected(fact))
        column, bad = found
        for position in bad:
            self.troubles.refuse(fact, place, position)
        return column

    def _refuse(self, node: FactNode, array: pa.Array, path: str, expects: str) -> pa.Array:
        """A column of a type that can say no such fact."""
        self.unfit.append(Violation(path, expects, f"A column of type {array.type} cannot say this."[:300]))
        return self._missing(node, len(array))

    def _none(self, column: pa.Array, said: pa.Array | None, place: Place, path: str) -> pa.Array:
        """The column that says of a fact that it is none."""
        if said is None:
            return pa.nulls(len(column), pa.bool_())
        saying = Fact(path + NONE_SUFFIX, "boolean")
        parent = place.parent or place
        nones = self._fact(saying, unwrapped(said), parent.entry(place.name + NONE_SUFFIX), saying.path)
        both = pc.and_(pc.is_valid(column), nones)
        if pc.any(both).as_py():
            for position in pc.indices_nonzero(both).to_pylist():
                self.troubles.add(place, position, "a value or none", "The fact has a value and is said to be none.")
        return nones

    def _inner(
        self,
        group: FactGroup,
        array: pa.Array | None,
        dotted: Mapping[str, pa.Array],
        length: int,
        place: Place,
        path: str,
    ) -> pa.Array:
        """A group within another, or the items of a list: from a struct, JSON text, dotted columns."""
        given: dict[str, pa.Array] = {}
        if array is not None:
            array = unwrapped(array)
            if pa.types.is_string(array.type) and not dotted:
                return self._json(group, array, place)
            if pa.types.is_struct(array.type):
                given = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
            elif not pa.types.is_null(array.type):
                return self._refuse(group, array, path, "an object")
        for key, column in dotted.items():
            name = key.partition(".")[2]
            if name in given:
                self.unfit.append(Violation(_below(path, name), "one column", "The fact stands in two columns."))
            given[name] = column
        columns = self.group(group, given, length, place, path)
        if array is not None and array.type == column_type(group) and not dotted and _same(columns, given.values()):
            return array
        return pa.StructArray.from_arrays(columns, fields=fields_of(group))

    def _list(self, node: FactList, array: pa.Array, place: Place, path: str) -> pa.Array:
        if pa.types.is_string(array.type):
            return self._json(node, array, place)
        if pa.types.is_null(array.type):
            return self._missing(node, len(array))
        if pa.types.is_fixed_size_list(array.type):
            array = array.cast(pa.list_(array.type.value_type))
        if not (pa.types.is_list(array.type) or pa.types.is_large_list(array.type)):
            return self._refuse(node, array, path, "a list")
        flat = array.flatten()
        ends = pc.cumulative_sum(pc.fill_null(array.value_lengths(), 0)).to_pylist()
        starts = [0, *ends[:-1]] if ends else []
        items = self._read(node.element, flat, place.items(starts), f"{path}[]")
        if items is flat and array.type == column_type(node):
            return array
        offsets = pa.array([0, *ends], pa.int32())
        return pa.ListArray.from_arrays(offsets, items, type=column_type(node), mask=pc.is_null(array))

    def _json(self, node: FactList | FactGroup, array: pa.Array, place: Place) -> pa.Array:
        """Lists or groups that are written as JSON."""
        expects = "a list" if isinstance(node, FactList) else "an object"
        values: list[Any] = []
        for position, text in enumerate(array.to_pylist()):
            try:
                values.append(plain(text) if text is not None and text.strip() else None)
            except FactsError:
                values.append(None)
                self.troubles.add(place, position, f"{expects} as JSON", "The text is not JSON.")
        return column_of(node, values, place, self.troubles)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _same(columns: list[pa.Array], given: Iterable[pa.Array]) -> bool:
    """Whether no column had to be changed."""
    return all(column is before for column, before in zip(columns, given, strict=True))


def _unknown(group: FactGroup, column: str, path: str) -> Violation:
    """That a column is no declared fact."""
    name, _, _ = column.partition(".")
    whole = _below(path, column)
    fact = group.entries.get(name.removesuffix(NONE_SUFFIX))
    if name.endswith(NONE_SUFFIX) and fact is not None:
        return Violation(whole[:200], "a declared fact", "The fact does not declare what none means.")
    return undeclared(whole, name, group.entries)
