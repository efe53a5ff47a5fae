"""Parts become one file, with the columns that are the same for the whole run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from clients.rosters.deciding import Asked
from clients.rosters.files import new_file, publish
from clients.rosters.formats import OutFormat
from clients.rosters.parts import Parts
from clients.rosters.writing import opened_writer

__all__ = ["constants", "merge", "rejects_path", "written_names"]

_VERSIONS = pa.map_(pa.string(), pa.string())


def rejects_path(out: Path) -> Path:
    """Where the rejected rows of the run that writes `out` are told."""
    return out.with_name(f"{out.name}.rejects.jsonl")


def constants(asked: Asked) -> list[tuple[pa.Field, pa.Scalar]]:
    """The columns that are the same in every row, last in the table."""
    values = [
        ("ruleset", pa.string(), asked.ruleset),
        ("version", pa.string(), asked.version),
        ("as_of", pa.date32(), asked.as_of),
        ("rules_as_of", pa.date32(), asked.rules_as_of),
        ("absent_is_none", pa.bool_(), asked.absent_is_none),
        ("calendars", _VERSIONS, list(asked.calendars.items())),
        ("builds_on", _VERSIONS, list(asked.builds_on.items())),
        ("engine_version", pa.string(), asked.engine),
    ]
    return [(pa.field(name, type_), pa.scalar(value, type_)) for name, type_, value in values]


def written_names(asked: Asked, decisions: pa.Schema) -> list[str]:
    """The names of all columns that are written besides the id columns."""
    return [*decisions.names, *(field.name for field, _ in constants(asked))]


def merge(
    parts: Parts, out: Path, form: OutFormat, asked: Asked, empty: pa.Schema, between: Callable[[], None]
) -> None:
    """Makes one file of the parts, and one of their rejects; they get their names when they are whole.

    Args:
        parts: the parts, all of them done.
        out: the file.
        form: how it is written.
        asked: what is the same in every row.
        empty: id columns and decisions of a roster without rows.
        between: called after every batch.
    """
    schema = _common(list(parts.schemas()) or [empty])
    same = constants(asked)
    whole = pa.schema([*schema, *(field for field, _ in same)])
    merged = parts.folder / "merged"
    with new_file(merged) as file, opened_writer(file, form, whole) as writer:
        for batch in parts.decisions():
            if not batch.num_rows:
                continue
            columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
            columns += [pa.repeat(value, batch.num_rows) for _, value in same]
            writer.write(pa.RecordBatch.from_arrays(columns, schema=whole))
            between()
    _merge_rejects(parts, list(parts.rejects()), rejects_path(out))
    publish(merged, out)
    parts.merged()


def _merge_rejects(parts: Parts, files: Sequence[Path], path: Path) -> None:
    """One file of rejects; none, also no older one, when no row was rejected."""
    if not files:
        path.unlink(missing_ok=True)
        return
    merged = parts.folder / "rejects"
    with new_file(merged) as whole:
        for part in files:
            with part.open("rb") as lines:
                shutil.copyfileobj(lines, whole, 1 << 20)
    publish(merged, path)


def _common(schemas: Iterable[pa.Schema]) -> pa.Schema:
    """The columns of all parts: id columns whose types differ become the wider type, or text."""
    first, *others = dict.fromkeys(schemas)
    if not others:
        return first
    fields = []
    for place, field in enumerate(first):
        types = [schema.field(place).type for schema in (first, *others)]
        fields.append(pa.field(field.name, _wider(types)))
    return pa.schema(fields)


def _wider(types: list[pa.DataType]) -> pa.DataType:
    try:
        same = [pa.schema([("id", type_)]) for type_ in types]
        return pa.unify_schemas(same, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.string()
