"""Random expressions of pieces: plain ones, and ones of no type at all."""

from __future__ import annotations

from random import Random
from typing import Final

_PLAIN: Final = (
    *("notified", "mark.late", 'mark.area = "math"', 'mark.area in ("math", "music")', 'mark.area != "science"'),
    *("mark.entries > 2", "mark.entries < 3", "mark.entries in [1..3]", "mark.entries != 2", "mark.entries <= 0.5"),
    *("minimum = 1", "minimum between 1 and 2.5", "minimum > 2.5", 'student.grade > "K"', 'student.grade <= "2"'),
    *("first_day = null", "first_day != null", 'as_of < @"2024-08-01"', 'as_of >= date("2024-08-01")', "true", "false"),
)


def plain(random: Random, depth: int = 3) -> str:
    """A condition on few facts, so that it is often true of all values or of none."""
    if depth == 0:
        return random.choice(_PLAIN)
    one, two, three = (plain(random, depth - 1) for _ in range(3))
    forms = (one, f"not({one})", f"({one} and {two})", f"({one} or {two})", f"(if {one} then {two} else {three})")
    return random.choice(forms)


_PIECES: Final = (
    *(
        "mark",
        "mark.area",
        "warning_notices",
        "student.grade",
        "seats",
        "days",
        "first_day",
        "period.opens",
        "notified",
    ),
    *("item", "x", "a", "?", "area", "partial", "nothing", "count", "today()", "null", "true", '@"P1Y"', '@"x"'),
    *("1", "-2.5", "1e300", '"math"', '""', "[]", "{}", '@"2024-08-01"', '@"14:30:00"', "function() 1"),
)


_FORMS: Final = (
    *("(# + #)", "(# - #)", "(# * #)", "(# / #)", "(# ** #)", "-(#)", "(# = #)", "(# != #)", "(# < #)", "(# >= #)"),
    *("(# and #)", "(# or #)", "not(#)", "(if # then # else #)", "(# between # and #)", "(# in #)", "(# in (< #, #))"),
    *(
        "[#, #]",
        "{a: #, b: #}",
        "{a: #, a: #}",
        "(#)[#]",
        "(#)[item = #]",
        "(#)[area = #]",
        "[#..#]",
        "(> #)",
        "(#)(1, #)",
    ),
    *("(for x in # return #)", "(for x in #..# return #)", "(some x in # satisfies #)", "(every a in # satisfies #)"),
    *("(for i in # return partial)", "(for x in #, y in x return #)", "count(#, #)", "min(#, #)", "or else(#, #)"),
    *("sort(#, function(a, b) #)", "(function(x) #)(#)", "list replace(#, function(a, b) true, #)", "date(#)"),
    *("concatenate(#, #)", "list contains(#, #)", "date(#, #)", "string join(#, #)", "get value(#, #)", "sum(#)"),
    *("substring(string: #, start position: #)", "sum(list: #, x: #)", "upper case(#)", "duration(#)", "now(#)"),
    *("(#).a", "(#).year", "(#).start", "(#).area", "(#)[1]", "(#) instance of list<number>", "(#) instance of foo"),
)


def shapeless(random: Random, depth: int = 4) -> str:
    """Any expression: names, literals and constructs put together without regard to types."""
    if depth == 0 or random.random() < 0.25:
        return random.choice(_PIECES)
    first, *rest = random.choice(_FORMS).split("#")
    return first + "".join(shapeless(random, depth - 1) + part for part in rest)
