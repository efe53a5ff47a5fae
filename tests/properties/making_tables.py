"""Random decision tables, as values and as rules, of either hit policy."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from tests.properties.making_scopes import Scope, Variable

__all__ = ["make_rule_table", "make_value_table"]

_DISJOINT: Final[dict[str, tuple[str, ...]]] = {
    "number": ("< 2", "[2..3]", "4, 5", "> 14", "(5..14)"),
    "date": ('< @"2019-01-15"', '[@"2019-01-15"..@"2019-02-01"]', '> date("2019-03-01")'),
    "boolean": ("true", "false"),
}
_ANY_NUMBER: Final = ("-", "< 3", ">= 2", "[0..4]", "not(2)", "1, 2, 3", "15")
_OUTPUTS: Final[dict[str, tuple[str, ...]]] = {
    "integer": ("0", "1", "2", "5"),
    "string": ("math", "ela", '"a b"'),
    "boolean": ("true", "false"),
    "date": ("2019-01-15", "2019-03-01"),
    "decimal": ("0.5", "2", "1.25"),
}
_FEEL_TYPES: Final = {"integer": "number", "decimal": "number"}


def make_value_table(random: Random, scope: Scope, name: str) -> tuple[dict[str, Any] | None, list[Variable]]:
    """A table that is a value, and what can be named of it; None when there is nothing to ask."""
    columns = _inputs(random, scope)
    if not columns:
        return None, []
    hit = random.choice(("unique", "first"))
    types = random.sample(sorted(_OUTPUTS), random.choice((1, 1, 2)))
    outputs = {f"out_{place}": type_ for place, type_ in enumerate(types)}
    cells = _cells(random, columns, hit)
    lines = [" | ".join([*columns, *outputs])]
    lines += [" | ".join([*row, *(random.choice(_OUTPUTS[type_]) for type_ in types)]) for row in cells]
    table = {
        "hit": hit,
        "inputs": {label: variable.text for label, variable in columns.items()},
        "outputs": outputs,
        "rows": "\n".join(lines) + "\n",
    }
    variables = [Variable(f"{name}.{output}", _FEEL_TYPES.get(type_, type_)) for output, type_ in outputs.items()]
    return table, variables


def make_rule_table(random: Random, scope: Scope, outcomes: list[str]) -> tuple[dict[str, Any] | None, list[str]]:
    """A table whose rows are rules, and their ids; None when there is nothing to ask."""
    columns = _inputs(random, scope)
    if not columns:
        return None, []
    hit = random.choice(("unique", "first"))
    cells = _cells(random, columns, hit)
    ids = [f"row-{place}" for place in range(len(cells))]
    lines = [" | ".join(["id", *columns, "outcome"])]
    lines += [" | ".join([id_, *row, random.choice(outcomes)]) for id_, row in zip(ids, cells, strict=True)]
    table = {
        "cites": "II.A",
        "hit": hit,
        "inputs": {label: variable.text for label, variable in columns.items()},
        "outputs": {"outcome": "outcome"},
        "because": "The table says so.",
        "rows": "\n".join(lines) + "\n",
    }
    return table, ids


def _inputs(random: Random, scope: Scope) -> dict[str, Variable]:
    """One or two columns; the first is of a type that can be divided among rows."""
    first = [one for one in scope.variables if not one.optional and (one.type in _DISJOINT or one.choices)]
    if not first:
        return {}
    columns = {"asked": random.choice(first)}
    second = [one for one in scope.variables if not one.optional and (one.type == "number" or one.choices)]
    if second and random.random() < 0.5:
        columns["asked_too"] = random.choice(second)
    return columns


def _cells(random: Random, columns: dict[str, Variable], hit: str) -> list[list[str]]:
    """Rows of input cells; for `unique` no two fit the same case."""
    variables = list(columns.values())
    first = _choice_cells(variables[0]) if variables[0].choices else list(_DISJOINT[variables[0].type])
    random.shuffle(first)
    kept = first[: random.randint(1, len(first))]
    if hit == "first" and random.random() < 0.7:
        kept.append("-")
    rows = [[cell] for cell in kept]
    for variable in variables[1:]:
        for row in rows:
            row.append(random.choice(_choice_cells(variable) if variable.choices else list(_ANY_NUMBER)))
    return rows


def _choice_cells(variable: Variable) -> list[str]:
    """Each choice is in one of the cells."""
    choices = [f'"{choice}"' for choice in variable.choices]
    return [", ".join(choices[:2]), *choices[2:]]
