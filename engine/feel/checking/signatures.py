"""Which form of a built-in a call is, and the type of its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.feel.builtins import Builtin, Overload, Param
from engine.feel.builtins.fitting import Accepts
from engine.feel.checking.session import Checking
from engine.feel.checking.words import a, listed, quote
from engine.feel.errors import FeelError
from engine.feel.syntax import Call, Node
from engine.feel.types import NULL, AnyType, ListType, Type, may_be_none, never_none

__all__ = ["Argument", "result_of"]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument in its place: its type and node; no node for an optional one that is left out before others."""

    type: Type
    node: Node | None

    def fits(self, parameter: Param) -> bool:
        """Whether it fits, apart from being none."""
        if self.node is None:
            return parameter.optional
        return self.type == NULL or parameter.takes(never_none(self.type))


def result_of(check: Checking, node: Call, builtin: Builtin, arguments: Sequence[Argument]) -> Type:
    """The type of the result of the first form of `builtin` that takes the arguments.

    Raises:
        FeelError: `wrong-arguments` for their number, `type-mismatch` for one of them, `may-be-none`.
    """
    forms = [form for form in builtin.overloads if _takes_count(form, len(arguments))]
    if not forms:
        raise _wrong_count(check, node, builtin, len(arguments))
    for form in forms:
        if all(argument.fits(form.parameter(place)) for place, argument in enumerate(arguments)):
            _check_present(check, form, arguments)
            result = _result(form, arguments)
            if result is not None:
                return result
    raise _mismatch(check, node, builtin, forms, arguments)


def _takes_count(form: Overload, count: int) -> bool:
    return form.least <= count and (form.most is None or count <= form.most)


def _check_present(check: Checking, form: Overload, arguments: Sequence[Argument]) -> None:
    for place, argument in enumerate(arguments):
        if argument.node is not None and argument.type.optional and not form.parameter(place).accepts_none:
            raise check.may_be_none(argument.node, argument.type)


def _result(form: Overload, arguments: Sequence[Argument]) -> Type | None:
    if not isinstance(form.result, Type):  # it knows itself whether its result may be none
        return form.result(tuple(argument.type for argument in arguments))
    return may_be_none(form.result) if form.no_result == "none" else form.result


def _wrong_count(check: Checking, node: Call, builtin: Builtin, count: int) -> FeelError:
    message = f"`{builtin.name}` does not take {count} argument{'' if count == 1 else 's'}."
    return check.error("wrong-arguments", message, node, expected=forms_of(builtin))


def forms_of(builtin: Builtin) -> tuple[str, ...]:
    """How the built-in is called: `substring(string, start position, length?)`."""
    forms: list[str] = []
    for form in builtin.overloads:
        marks = ["…" if parameter.variadic else "?" if parameter.optional else "" for parameter in form.parameters]
        names = [f"{parameter.name}{mark}" for parameter, mark in zip(form.parameters, marks, strict=True)]
        forms.append(f"`{builtin.name}({', '.join(names)})`")
    return tuple(dict.fromkeys(forms))


def _mismatch(
    check: Checking, node: Call, builtin: Builtin, forms: Sequence[Overload], arguments: Sequence[Argument]
) -> FeelError:
    """The error at the argument that the form that goes furthest does not take."""
    reached = {form: _first_misfit(form, arguments) for form in forms}
    place = max(reached.values())
    if place == len(arguments):
        types = listed(a(argument.type) for argument in arguments)
        message = f"The arguments of `{builtin.name}` do not go together: {types}."
        return check.error("type-mismatch", message, node)
    wanted = [form.parameter(place) for form, reach in reached.items() if reach == place]
    argument = arguments[place]
    at = argument.node or node
    if any(_only_items_may_be_none(parameter, argument.type) for parameter in wanted):
        return check.items_may_be_none(at)
    phrases = listed(dict.fromkeys(_phrase(parameter) for parameter in wanted), "or")
    said = f"{quote(at, check.source)} is {a(argument.type)}"
    message = f"`{wanted[0].name}` of `{builtin.name}` must be {phrases}; {said}."
    return check.error("type-mismatch", message, at)


def _first_misfit(form: Overload, arguments: Sequence[Argument]) -> int:
    misfits = (place for place, argument in enumerate(arguments) if not argument.fits(form.parameter(place)))
    return next(misfits, len(arguments))


def _only_items_may_be_none(parameter: Param, type_: Type) -> bool:
    if not isinstance(type_, ListType) or not type_.element.optional or isinstance(type_.element, AnyType):
        return False
    return parameter.takes(ListType(never_none(type_.element)))


def _phrase(parameter: Param) -> str:
    if isinstance(parameter.type, Accepts):
        return parameter.type.description
    if isinstance(parameter.type, ListType) and isinstance(parameter.type.element, AnyType):
        return "a list"
    return a(parameter.type)
