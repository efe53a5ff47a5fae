"""What a built-in function is: its overloads as the type checker sees them, and the Python function that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from engine.feel.builtins.fitting import Accepts, fits
from engine.feel.types import ListType, Type

__all__ = ["Builtin", "NoResult", "Overload", "Param", "ResultType", "UnknownPolicy"]

UnknownPolicy: TypeAlias = Literal["deep", "shallow", "custom"]
NoResult: TypeAlias = Literal["never", "none", "unknown"]
_NO_END: Final = 1_000_000
ResultType: TypeAlias = Type | Callable[[tuple[Type, ...]], Type | None]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter.

    Attributes:
        name: its name as the standard has it, for arguments given by name.
        type: the type it takes, or a test of types where one type does not say it.
        optional: whether it may be left out.
        variadic: whether it takes any number of further arguments (always the last one).
        accepts_none: whether none (null) is an ordinary argument.
    """

    name: str
    type: Type | Accepts
    optional: bool = field(default=False, kw_only=True)
    variadic: bool = field(default=False, kw_only=True)
    accepts_none: bool = field(default=False, kw_only=True)

    def takes(self, actual: Type) -> bool:
        """Whether an argument of type `actual` fits, when it is not none."""
        return self.type(actual) if isinstance(self.type, Accepts) else fits(self.type, actual)


@dataclass(frozen=True, slots=True)
class Overload:
    """One way to call a built-in.

    Attributes:
        parameters: its parameters in their order; optional ones last.
        result: the type of the result, or a function from the types of the arguments (in the order of the parameters)
            to it, which gives None when the arguments do not go together.
        no_result: what a null result means: it never comes (`never`), it says that there is none (`none`: the type of
            the result is optional), or that there is no result for these arguments (`unknown`: unknown in rulesets).
        places: where `call` takes the parameters when they are given by name; None for their own order.
    """

    parameters: tuple[Param, ...]
    result: ResultType
    no_result: NoResult = "never"
    places: tuple[int, ...] | None = None

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """How many arguments there may be; None when there is no end."""
        variadic = bool(self.parameters) and self.parameters[-1].variadic
        return None if variadic else len(self.parameters)

    def parameter(self, place: int) -> Param:
        """The parameter that the argument at `place` (from 0) is for."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    def result_type(self, arguments: Sequence[Type]) -> Type | None:
        """The type of the result for arguments of these types (that none is tested for elsewhere).

        None when this overload does not take them: too few or too many, of a type that does not fit, or not together.
        """
        if len(arguments) < self.least or (self.most is not None and len(arguments) > self.most):
            return None
        if not all(self.parameter(place).takes(actual) for place, actual in enumerate(arguments)):
            return None
        return self.result if isinstance(self.result, Type) else self.result(tuple(arguments))


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function.

    Attributes:
        name: its name, with single spaces.
        overloads: the ways to call it.
        call: does it: takes the arguments in their order (the Run first when `needs_run`), gives null for bad ones.
        unknown: who deals with unknown arguments. `deep`: an argument that is unknown or has an unknown within makes
            the result unknown; `shallow`: only one that is itself unknown; `custom`: the function itself.
        needs_run: whether `call` takes the Run.
        strict: whether rulesets may use it.
    """

    name: str
    overloads: tuple[Overload, ...]
    call: Callable[..., Any]
    unknown: UnknownPolicy = "shallow"
    needs_run: bool = False
    strict: bool = True
    least: int = field(init=False)
    most: int = field(init=False)
    shapes: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        most = max(_NO_END if overload.most is None else overload.most for overload in self.overloads)
        farthest = max(1 + max(overload.places or (0,)) for overload in self.overloads)
        object.__setattr__(self, "least", min(overload.least for overload in self.overloads))
        object.__setattr__(self, "most", max(most, farthest) if most else 0)
        places = max(len(overload.parameters) for overload in self.overloads)
        object.__setattr__(self, "shapes", tuple(self._shape(place) for place in range(places)))

    def _shape(self, place: int) -> str:
        """Whether every overload wants a `list` at that place, none does (`single`), or it depends (empty)."""
        wanted = {
            _wants(overload.parameter(place).type)
            for overload in self.overloads
            if overload.most is None or place < overload.most
        }
        return wanted.pop() if len(wanted) == 1 else ""


def _wants(type_: Type | Accepts) -> str:
    if isinstance(type_, Accepts):
        return type_.shape
    return "list" if isinstance(type_, ListType) else "single"
