"""Which rules hold: the tables that durable-rules fills when a version is loaded, and what is read from them.

What holds depends only on the truth of the premises, and rules touch each other only through `given`, `exception_to`
and `defeats`. So rules fall into components, and for each component the durable-rules network infers, once, what holds
for every pattern of true premises. Deciding a case reads these tables; nothing in C runs then. A component of more than
ten rules is filled pattern by pattern as the patterns occur, in a bounded memory.

The network sees only facts of the form "the premise of rule 3 is true", compared for equality, asserted before and
retracted after, in one session and one thread: the subset of durable-rules that was measured to be right and not to
crash.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from durable.engine import Host

__all__ = ["FULL_TABLE_RULES", "Component", "Inference", "Links", "Tables", "strata"]

FULL_TABLE_RULES: Final = 10
"""A component of at most this many rules has a full table."""

REMEMBERED_PATTERNS: Final = 4096
"""Patterns that a larger component remembers; the one used longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class Links:
    """How one rule touches others of the same ruleset: ids of the rules that it names."""

    given: tuple[str, ...] = ()
    exception_to: tuple[str, ...] = ()
    defeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """One rule of a component, by place.

    Attributes:
        given: the rules that must hold; `bases`: those of which one must apply, if there are any.
        defeaters: those of which none may hold: they defeat this rule or are an exception to it.
        level: asked after every defeater has been decided.
    """

    given: tuple[int, ...]
    bases: tuple[int, ...]
    defeaters: tuple[int, ...]
    level: int


def components(rules: Mapping[str, Links]) -> list[tuple[str, ...]]:
    """The rules that touch each other, directly or through others, in the given order."""
    root = {rule: rule for rule in rules}

    def find(rule: str) -> str:
        while root[rule] != rule:
            root[rule] = root[root[rule]]
            rule = root[rule]
        return rule

    for rule, links in rules.items():
        for other in (*links.given, *links.exception_to, *links.defeats):
            root[find(rule)] = find(other)
    found: dict[str, list[str]] = {}
    for rule in rules:
        found.setdefault(find(rule), []).append(rule)
    return [tuple(members) for members in found.values()]


def strata(members: Sequence[str], rules: Mapping[str, Links]) -> tuple[Stratum, ...]:
    """The rules of one component by place, with the level at which each can be asked.

    Raises:
        ValueError: when rules apply or hold in a cycle (the checks of a ruleset refuse that earlier, by name).
    """
    place = {rule: index for index, rule in enumerate(members)}
    given = [tuple(place[other] for other in rules[rule].given) for rule in members]
    bases = [tuple(place[other] for other in rules[rule].exception_to) for rule in members]
    defeaters: list[list[int]] = [[] for _ in members]
    for rule in members:
        for other in dict.fromkeys((*rules[rule].defeats, *rules[rule].exception_to)):
            defeaters[place[other]].append(place[rule])
    levels: dict[tuple[str, int], int] = {}
    open_: set[tuple[str, int]] = set()

    def level(what: str, rule: int) -> int:
        key = (what, rule)
        if key in levels:
            return levels[key]
        if key in open_:
            raise ValueError(f"rule {members[rule]} depends on itself")
        open_.add(key)
        if what == "applies":
            found = max(
                [level("holds", g) for g in given[rule]] + [level("applies", b) for b in bases[rule]], default=0
            )
        else:
            found = max([level("applies", rule)] + [1 + level("holds", d) for d in defeaters[rule]])
        open_.discard(key)
        levels[key] = found
        return found

    return tuple(
        Stratum(given[rule], bases[rule], tuple(defeaters[rule]), level("holds", rule)) for rule in range(len(members))
    )


class _OneThreadHost(Host):  # type: ignore[misc] # durable-rules has no types
    """A host without the timer threads of durable-rules, which would call its C code beside ours."""

    def _run(self) -> None:
        """Starts nothing."""


class Network:
    """The durable-rules network of one version: every component is a part of it, asked one at a time.

    Not to be shared between threads. A network that is dropped leaks up to a megabyte in C.
    """

    def __init__(self, parts: Sequence[tuple[Stratum, ...]]) -> None:
        self._parts = parts
        self._concluded: set[str] = set()
        self._listening = False
        rules: dict[str, Any] = {}
        for number, part in enumerate(parts):
            for place, stratum in enumerate(part):
                for base in stratum.bases or (None,):
                    facts = [f"p{number}.{place}", *(f"h{number}.{g}" for g in stratum.given)]
                    facts += [f"a{number}.{base}"] if base is not None else []
                    self._rule(rules, facts, (), f"a{number}.{place}")
                none_of = [f"h{number}.{d}" for d in stratum.defeaters]
                self._rule(rules, [f"a{number}.{place}", f"l{stratum.level}"], none_of, f"h{number}.{place}")
        self._host = _OneThreadHost()
        self._host.register_rulesets({"rules": rules})

    def _rule(self, rules: dict[str, Any], all_of: Sequence[str], none_of: Sequence[str], then: str) -> None:
        patterns: list[dict[str, dict[str, str]]] = []
        for fact in all_of:
            patterns.append({f"m_{len(patterns)}": {"is": fact}})
        for fact in none_of:
            patterns.append({f"m_{len(patterns)}$not": {"is": fact}})

        def conclude(closure: Any) -> None:
            if self._listening and then not in self._concluded:
                self._concluded.add(then)
                closure.assert_fact({"is": then})

        rules[f"r_{len(rules)}"] = {"all": patterns, "run": conclude}

    def holds(self, number: int, pattern: int) -> int:
        """The rules of component `number` that hold (a bit each) when the premises in `pattern` are the true ones."""
        part = self._parts[number]
        asserted = [f"p{number}.{place}" for place in range(len(part)) if pattern >> place & 1]
        asserted += [f"l{level}" for level in range(1 + max(stratum.level for stratum in part))]
        self._concluded = set()
        self._listening = True
        for fact in asserted:
            self._host.assert_fact("rules", {"is": fact})
        self._listening = False
        concluded = self._concluded
        for fact in (*reversed(asserted), *concluded):
            self._host.retract_fact("rules", {"is": fact})
        return sum(1 << place for place in range(len(part)) if f"h{number}.{place}" in concluded)


class Inference:
    """The one thread in which durable-rules runs. Make one per process and share it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inference")

    def fill(self, rules: Mapping[str, Links]) -> Tables:
        """Builds the network of a version and infers the tables of its small components.

        Args:
            rules: every rule of the ruleset, in the document's order.
        """
        members = components(rules)
        parts = [strata(component, rules) for component in members]
        network = self._thread.submit(Network, parts).result()
        full = self._thread.submit(_fill, network, parts).result()
        return Tables(
            tuple(
                Component(component, part, table, _Asked(self._thread, network, number))
                for number, (component, part, table) in enumerate(zip(members, parts, full, strict=True))
            )
        )

    def close(self) -> None:
        """Ends the thread; tables that are full go on answering."""
        self._thread.shutdown()


def _fill(network: Network, parts: Iterable[tuple[Stratum, ...]]) -> list[tuple[int, ...] | None]:
    return [
        tuple(network.holds(number, pattern) for pattern in range(1 << len(part)))
        if len(part) <= FULL_TABLE_RULES
        else None
        for number, part in enumerate(parts)
    ]


class _Asked:
    """What the network answered about one large component, as far as it is remembered."""

    def __init__(self, thread: ThreadPoolExecutor, network: Network, number: int) -> None:
        self._thread = thread
        self._network = network
        self._number = number
        self._answers: OrderedDict[int, int] = OrderedDict()
        self._lock = Lock()

    def holds(self, pattern: int) -> int:
        with self._lock:
            if (answer := self._answers.get(pattern)) is not None:
                self._answers.move_to_end(pattern)
                return answer
        answer = self._thread.submit(self._network.holds, self._number, pattern).result()
        with self._lock:
            self._answers[pattern] = answer
            if len(self._answers) > REMEMBERED_PATTERNS:
                self._answers.popitem(last=False)
        return answer


@dataclass(frozen=True, slots=True)
class Component:
    """Rules that touch each other.

    Attributes:
        rules: their ids; a pattern has bit i for `rules[i]`.
        strata: how they touch each other, by place.
        table: for each pattern of true premises the pattern of rules that hold; None for a large component.
    """

    rules: tuple[str, ...]
    strata: tuple[Stratum, ...]
    table: tuple[int, ...] | None
    asked: _Asked

    def holds(self, pattern: int) -> int:
        """The rules that hold when the premises in `pattern` are true and the others false."""
        return self.table[pattern] if self.table is not None else self.asked.holds(pattern)


@dataclass(frozen=True, slots=True)
class Tables:
    """The inference tables of one version, a component each."""

    components: tuple[Component, ...]
