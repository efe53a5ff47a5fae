"""An admission lottery that anyone can recompute: a public seed, and a keyed hash of each application's id.

Within a grade the applications are ordered by HMAC-SHA256 of their ids under the seed. The same seed and the same pool
give the same order on any machine, in any language; nobody can choose the order without knowing the seed beforehand, so
the seed is made public at the draw (dice, a public random beacon) and the hash of the pool before it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.errors import Reason, RollbookError, Violation

__all__ = ["LISTS", "MOST_APPLICATIONS", "Application", "Draw", "Drawn", "draw", "pool_hash"]

LISTS: Final = ("sibling", "lottery", "late")
"""The lists in the order in which they are offered places: siblings of students, the lottery, what came after it."""

MOST_APPLICATIONS: Final = 1_000_000
"""Applications that a pool may have."""

_MOST_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Application:
    """One application for a place.

    Attributes:
        id: what it is called by in the pool; opaque, and unique in it.
        grade: the grade that a place is asked in.
        list: `sibling`, `lottery` or `late`.
    """

    id: str
    grade: str
    list: str = "lottery"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An application with its place.

    Attributes:
        application: the application.
        number: its number on the list of its grade, from 1; the list to be offered places by.
        key: the hash that put it there, lower-case hexadecimal: the lower the earlier, within its list.
        offered: whether there is a place for it.
    """

    application: Application
    number: int
    key: str
    offered: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw.

    Attributes:
        seed: what it was drawn with.
        pool: the hash of the pool.
        drawn: every application, by grade (in the order of their letters), then by number.
    """

    seed: str
    pool: str
    drawn: tuple[Drawn, ...]


def draw(seed: str, applications: Sequence[Application], places: Mapping[str, int]) -> Draw:
    """Draws: a random order in each grade and list, then offers by list and number as far as there are places.

    Args:
        seed: public, at least eight characters.
        applications: the pool; its order does not matter.
        places: the openings of each grade; a grade that is not named has none.

    Raises:
        RollbookError: REQUEST_INVALID with every application that cannot be drawn (no id, an id that comes twice, a
            list that there is not), a seed that is too short, or a number of places below 0.
    """
    _check(seed, applications, places)
    keyed = sorted(((_key(seed, one), one) for one in applications), key=_order)
    numbers: Counter[str] = Counter()
    drawn: list[Drawn] = []
    for key, one in keyed:
        numbers[one.grade] += 1
        number = numbers[one.grade]
        drawn.append(Drawn(one, number, key, offered=number <= places.get(one.grade, 0)))
    return Draw(seed, pool_hash(applications), tuple(drawn))


def pool_hash(applications: Iterable[Application]) -> str:
    """The SHA-256 of the pool, lower-case hexadecimal; the order of the applications does not matter."""
    lines = sorted(f"{one.grade}\t{one.list}\t{one.id}\n" for one in applications)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _key(seed: str, application: Application) -> str:
    return hmac.new(seed.encode(), application.id.encode(), hashlib.sha256).hexdigest()


def _order(keyed: tuple[str, Application]) -> tuple[str, int, str]:
    key, application = keyed
    return application.grade, LISTS.index(application.list), key


def _check(seed: str, applications: Sequence[Application], places: Mapping[str, int]) -> None:
    wrong: list[Violation] = []
    if len(seed.strip()) < 8:
        wrong.append(Violation("seed", "at least eight characters", "The seed can be guessed."))
    if len(applications) > MOST_APPLICATIONS:
        wrong.append(Violation("applications", f"at most {MOST_APPLICATIONS}", "The pool is too large."))
    seen: dict[str, int] = {}
    for place, one in enumerate(applications):
        path = f"applications[{place}]"
        if not one.id.strip() or len(one.id) > _MOST_LETTERS or not one.id.isprintable():
            wrong.append(Violation(f"{path}.id", f"an id of 1 to {_MOST_LETTERS} characters", "The id cannot be used."))
        elif one.id in seen:
            message = f"Item {seen[one.id]} has the same id: duplicates are taken out before the draw."
            wrong.append(Violation(f"{path}.id", "an id that comes once", message))
        if one.list not in LISTS:
            wrong.append(Violation(f"{path}.list", " or ".join(LISTS), "There is no such list."))
        if not one.grade.strip() or not one.grade.isprintable():
            wrong.append(Violation(f"{path}.grade", "a grade", "The grade is missing."))
        seen.setdefault(one.id, place)
    wrong += [
        Violation(f"places.{grade}", "0 or more", "There cannot be fewer places than none.")
        for grade, count in places.items()
        if count < 0
    ]
    if wrong:
        raise RollbookError(Reason.REQUEST_INVALID, "The pool cannot be drawn.", tuple(wrong[:100]))
