"""Documents that are sent to do harm: each with the problems that may be found in it, of which one must be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.server.running import MARKS

__all__ = ["DOCUMENTS", "EXPLODING", "PATTERNS", "RUNAWAY", "SCENARIOS", "with_rule"]


def with_rule(when: str, *, values: str = "") -> str:
    """The ruleset with a rule more, and with values."""
    more = f"  attack:\n    cites: I.F\n    when: {when}\n    outcome: withhold\n    because: Why.\n"
    return MARKS + more + (f"values:\n{values}" if values else "")


def _values(count: int) -> str:
    return "".join(f"  v{place}: {f'v{place - 1} + v{place - 1}' if place else '1'}\n" for place in range(count))


_LAUGHS: Final = "".join(
    f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9) if level else 'lol'}]\n" for level in range(9)
)

DOCUMENTS: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    # YAML
    "nothing": ("", frozenset({"not-a-mapping"})),
    "aliases that multiply": (_LAUGHS, frozenset({"yaml-alias"})),
    "a merge of itself": ("a: &a {<<: *a}\n", frozenset({"yaml-alias"})),
    "a tag that makes objects": ("a: !!python/object/apply:os.system [id]\n", frozenset({"yaml-tag"})),
    "lists within lists, closed": ("a: " + "[" * 9_000 + "]" * 9_000, frozenset({"too-deep"})),
    "mappings within mappings": ("\n".join(" " * level + "a:" for level in range(1_000)), frozenset({"too-deep"})),
    "keys that are lists": ("? " * 9_000, frozenset({"yaml-key"})),
    "a line without end": ("a: " + "x" * 900_000, frozenset({"too-large"})),
    "very many keys": ("\n".join(f"k{number}: 1" for number in range(90_000)), frozenset({"too-large"})),
    "very many items": ("case:\n" + "- a\n" * 240_000, frozenset({"too-large"})),
    "a comment without end": ("#" * 1_000_000, frozenset({"too-large"})),
    "half a character": ('title: "\\ud800"\n' + MARKS, frozenset({"yaml"})),
    "a character of code 0": (MARKS.replace("Marks", "Ma\0rks"), frozenset({"yaml"})),
    "two documents": (MARKS + "---\n" * 50_000, frozenset({"yaml-documents"})),
    "directives": ("%YAML 99.99\n%TAG ! tag:x,2000:\n---\na: 1\n", frozenset({"yaml"})),
    # numbers and names
    "an integer of many digits": (
        MARKS.replace("at_least: 0", "at_least: " + "9" * 5_000),
        frozenset({"not-a-number"}),
    ),
    "a decimal with too many places": (MARKS.replace("places: 2", "places: 999999999"), frozenset({"out-of-range"})),
    "a name that is a path": (MARKS.replace("demo/marks", "../../etc/passwd"), frozenset({"bad-name"})),
    "a name with a character of code 0": (MARKS.replace("demo/marks", '"demo/ma\\0rks"'), frozenset({"bad-name"})),
    "a name in another script": (MARKS.replace("demo/marks", "d\u0435mo/marks"), frozenset({"bad-name"})),
    "a name without end": (MARKS.replace("demo/marks", "demo/" + "a" * 300), frozenset({"bad-name"})),
    "rules of a ruleset that is a path": (
        with_rule("true").replace("    when: true\n", "    given: [../../../etc/passwd#rule]\n"),
        frozenset({"bad-name"}),
    ),
    "rules of a ruleset that is not there": (
        with_rule("true").replace("    when: true\n", "    given: [etc/passwd#root]\n"),
        frozenset({"unknown-ruleset"}),
    ),
    "a rule that builds on itself": (
        with_rule("true").replace("    when: true\n", "    given: [attack]\n"),
        frozenset({"circle"}),
    ),
    "a time zone that is a path": (
        MARKS.replace("America/Los_Angeles", "../../../../etc/passwd"),
        frozenset({"unknown-time-zone"}),
    ),
    "a fact that is code": (
        MARKS.replace("instructional_days: {type", "__class__: {type: integer}\n    instructional_days: {type"),
        frozenset({"bad-name"}),
    ),
    # expressions
    "brackets within brackets": (with_rule("(" * 9_000 + "1" + ")" * 9_000), frozenset({"too-deep"})),
    "negations": (with_rule("'" + "-" * 19_000 + "1'"), frozenset({"too-deep"})),
    "loops within loops": (with_rule("'" + "for a in [1] return " * 900 + "1'"), frozenset({"too-deep"})),
    "an expression that is Python": (with_rule('__import__("os").system("id")'), frozenset({"not-in-rulesets"})),
    "a function of Java": (
        with_rule('\'function(x) external {java: {class: "java.lang.Runtime", method signature: "exit(int)"}}\''),
        frozenset({"not-in-rulesets"}),
    ),
    "a number of very many digits": (with_rule("1" * 19_000 + " > 1"), frozenset({"syntax"})),
}
"""What is wrong is found, and told as problems."""

EXPLODING: Final[Mapping[str, str]] = {
    "nested repeats": r"^(a+)+$",
    "nested stars": r"^((a*)*)*$",
    "alternatives that overlap": r"^(a|a|aa)+$",
    "words that overlap": r"^(\\w+\\s?)+$",
    "many optional ones": "^" + "a?" * 60 + "a" * 60 + "$",
}
"""Patterns on which regular expressions that go back take longer than the universe is old."""

PATTERNS: Final = (
    MARKS.partition("facts:")[0].replace("demo/marks", "demo/patterns")
    + "facts:\n  student: {said: {type: string}}\noutcomes: [withhold, assign]\n"
    + "default: {outcome: assign, because: Nothing matches.}\nrules:\n"
    + "".join(
        f"  r{number}: {{cites: I.F, when: 'matches(student.said, \"{pattern}\")', outcome: withhold, because: So.}}\n"
        for number, pattern in enumerate(EXPLODING.values())
    )
)
"""A ruleset that asks all of them of one fact."""

RUNAWAY: Final[Mapping[str, str]] = {
    "loops over loops": with_rule("count(for a in 1..10000, b in 1..10000, c in 1..10000 return a + b + c) > 1"),
    "texts that double": with_rule(
        "string length(v40) > 1",
        values="  v0: '\"" + "x" * 1_000 + "\"'\n" + "".join(f"  v{n}: v{n - 1} + v{n - 1}\n" for n in range(1, 41)),
    ),
    "lists that double": with_rule(
        "count(v40) > 1",
        values="  v0: '[1, 2, 3]'\n" + "".join(f"  v{n}: concatenate(v{n - 1}, v{n - 1})\n" for n in range(1, 41)),
    ),
    "powers of powers": with_rule("9 ** 9 ** 9 ** 9 > 1"),
    "a pattern with many repeats": with_rule('matches(mark.score, "((a{1,100}){1,100}){1,100}")'),
    "a long pattern": with_rule('matches(mark.score, "' + "(a|b)?" * 1_600 + '")'),
    "a replacement that grows": with_rule(
        'string length(replace(v0, "x", v0)) > 1', values="  v0: '\"" + "x" * 9_000 + "\"'\n"
    ),
    "a range of very many numbers": with_rule("count(for i in 1..999999999999 return i) > 1"),
    "very many days": with_rule('count(for d in date("0001-01-01")..date("9999-12-31") return d) > 1'),
    "a function that calls itself": with_rule("'{f: function(g: Any) g(g), x: f(f)}.x = 1'"),
    "a very deep chain of conditions": with_rule(" and ".join(["student.foster_youth"] * 600)),
}
"""Rulesets that may be right, or not: checking and running them ends in time, and with a clear word."""

_SCENARIO: Final = "  a: {cites: I.F, facts: %s, expect: {outcome: assign}}\n"
_HEAD: Final = "ruleset: demo/marks\nusual: {as_of: 2018-09-14}\nscenarios:\n"

SCENARIOS: Final[Mapping[str, str]] = {
    "another ruleset": "ruleset: ../../etc/passwd\nscenarios: {}\n",
    "facts that are deep": _HEAD + _SCENARIO % ("{a: " * 1_000 + "1" + "}" * 1_000),
    "facts that are aliases": _HEAD + _SCENARIO % "&a {b: *a}",
    "a number that is huge": _HEAD + _SCENARIO % ("{enrollment: {instructional_days: " + "9" * 10_000 + "}}"),
    "very many scenarios": _HEAD
    + "".join((_SCENARIO % "{enrollment: {instructional_days: 3}}").replace(" a:", f" a{n}:") for n in range(9_000)),
    "very many facts": _HEAD + _SCENARIO % ("{notices: [" + ", ".join(["{area: x}"] * 1_500) + "]}"),
    "a path of facts that is deep": _HEAD
    + "  a: {cites: I.F, without: ["
    + "a." * 9_000
    + "b], expect: {outcome: assign}}\n",
}
"""Scenarios of the ruleset."""
