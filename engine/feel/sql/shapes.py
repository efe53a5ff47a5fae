"""What SQL values look like: the shape of what stands in a column, in a list, or in an entry of a structure.

Numbers are whole numbers that count units of a power of ten (`1.25` is 125 at scale 2), so that sums, products and
comparisons are exact; how large they can get is known beforehand, so that none overflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from engine.feel.sql.operand import Operand

__all__ = [
    "BOOLEAN",
    "DAY",
    "LONGEST_LIST",
    "MOST_BITS",
    "MOST_CROSS_BITS",
    "NOTHING",
    "TEXT",
    "Entry",
    "Items",
    "Nothing",
    "Number",
    "Quotient",
    "Record",
    "Scalar",
    "Shape",
    "Span",
    "Spread",
]

LONGEST_LIST: Final = 256
"""Items of a list up to which SQL looks at it; a case with a longer one is decided by the case engine."""

MOST_BITS: Final = 112
"""Binary digits of the largest number that SQL works with: less than the 34 decimal digits that FEEL keeps."""


MOST_CROSS_BITS: Final = 109
"""Binary digits of the largest product by which quotients are compared: less than 10^33."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts: `boolean`, `text` or `day`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number that counts units of 10 to the power of minus `scale`.

    Attributes:
        scale: how many decimals it has.
        bits: binary digits that its absolute value has at most.
    """

    scale: int
    bits: int

    @property
    def sql_type(self) -> str:
        """The SQL type that holds it."""
        return "BIGINT" if self.bits <= 62 else "HUGEINT"


@dataclass(frozen=True, slots=True)
class Quotient:
    """What a division gives, as a structure of two HUGEINT: `n`, the numerator, and `d`, the divisor, more than zero.

    FEEL rounds it to 34 digits. Two quotients `a/b` and `c/d` that differ are still told apart after that when `a*d`
    and `c*b` (at one scale) are less than 10^33: they are at least 1/(b*d) apart, and rounding moves each by less than
    half of 10^-33 of itself, both together by less than 10^-33 * max(a*d, c*b)/(b*d). So they compare exactly by `a*d`
    and `c*b`, which take `MOST_CROSS_BITS` at most; the same holds for one that is compared with a number (`d` = 1).

    Attributes:
        numerator: the shape of `n`, but for the type.
        bits: binary digits that `d` has at most.
    """

    numerator: Number
    bits: int


@dataclass(frozen=True, slots=True)
class Span:
    """A duration, a HUGEINT: of `kind` `days` in nanoseconds, of `months` in months.

    Attributes:
        kind: `days` or `months`.
        bits: binary digits that its absolute value has at most.
    """

    kind: str
    bits: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """The shape of `null`, and of the items of `[]`: any shape goes with it."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list.

    Attributes:
        element: what its items look like. They are stored as themselves; where one may be none, and may be unknown
            besides, as a structure of `v` (the value) and `u` (whether it is unknown).
        optional: whether an item may be none.
        known: whether no item can be unknown.
    """

    element: Shape
    optional: bool = False
    known: bool = True

    @property
    def paired(self) -> bool:
        """Whether items are stored as structures of the value and whether it is unknown."""
        return self.optional and not self.known


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a record: its shape, whether it may be none, whether it is always known.

    It is stored under its name; where it may be none, and may be unknown besides, whether it is unknown stands under
    its name with a question mark. An entry of facts is read otherwise, as `value` and `flag` say.

    Attributes:
        value: how it is read, `{}` standing for the record; empty for its name.
        flag: how it is read whether it is unknown (never NULL, also when the record is); empty for its name with `?`.
    """

    shape: Shape
    optional: bool = False
    known: bool = False
    value: str = ""
    flag: str = ""

    @property
    def paired(self) -> bool:
        """Whether it is stored in two places."""
        return self.optional and not self.known


@dataclass(frozen=True, slots=True)
class Record:
    """A structure with entries."""

    entries: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Spread:
    """A context that is no SQL value: each of its entries is an operand of its own."""

    entries: Mapping[str, Operand]


Shape: TypeAlias = Scalar | Number | Quotient | Span | Nothing | Items | Record | Spread

BOOLEAN: Final = Scalar("boolean")
TEXT: Final = Scalar("text")
DAY: Final = Scalar("day")
NOTHING: Final = Nothing()
