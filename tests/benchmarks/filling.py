"""Making a version ready: reading its document, and filling its inference tables with durable-rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter

from rich.table import Table

from engine.cases import CaseEngine
from engine.inference import FULL_TABLE_RULES, Inference, Links, Network, components, strata
from engine.rulesets.loading import load_ruleset
from tests.benchmarks.cases import RULESET
from tests.benchmarks.measures import Measure
from tests.benchmarks.peers import rulesets_folder
from tests.children import in_child

__all__ = ["Filling", "measure_filling"]

_MILLISECONDS = 1e3
_MICROSECONDS = 1e6


@dataclass(frozen=True)
class Filling:
    """What it took.

    Attributes:
        rules, patterns: of the ruleset: its rules, and the patterns of premises of all its components.
        large: the patterns of the one component that stands beside it for comparison.
        all: the figures.
    """

    rules: int
    patterns: int
    large: int
    all: tuple[Measure, ...]

    def measures(self) -> Iterable[Measure]:
        """Every figure."""
        return self.all

    def table(self) -> Table:
        """The figures for people."""
        read, network, filled, pattern, whole, large = self.all
        table = Table(title="Making a version ready: once, when it is loaded", title_justify="left")
        table.add_column("")
        table.add_column("median", justify="right")
        table.add_row("reading and checking the document", f"{read.text(0)} ms")
        table.add_row(f"building the durable-rules network of {self.rules} rules", f"{network.text()} ms")
        table.add_row(f"inferring its tables, {self.patterns} patterns", f"{filled.text()} ms")
        table.add_row("  one pattern", f"{pattern.text(0)} µs")
        table.add_row("the case engine as a whole: network, tables, compiled expressions", f"{whole.text(0)} ms")
        table.add_row(f"one pattern in a component of {FULL_TABLE_RULES} rules ({self.large:,})", f"{large.text(0)} µs")
        return table


def measure_filling(rounds: int) -> Filling:
    """Makes the ruleset ready `rounds` times, in a child process: every network that is dropped leaks memory."""
    return in_child(_measure, rounds)


def _measure(rounds: int) -> Filling:
    path = rulesets_folder() / RULESET / "ruleset.yaml"
    inference = Inference()
    values: list[tuple[float, ...]] = []
    rules = patterns = large = 0
    for _ in range(rounds):
        started = perf_counter()
        ruleset = load_ruleset(path)
        read = perf_counter() - started
        links = {id_: Links(rule.given, rule.exception_to, rule.defeats) for id_, rule in ruleset.rules.items()}
        rules = len(links)
        network, filled, patterns = _fill(links)
        started = perf_counter()
        CaseEngine.build(ruleset, inference)
        whole = perf_counter() - started
        _, filled_large, large = _fill(_chain(FULL_TABLE_RULES))
        values.append(
            (
                *(seconds * _MILLISECONDS for seconds in (read, network, filled)),
                filled / patterns * _MICROSECONDS,
                whole * _MILLISECONDS,
                filled_large / large * _MICROSECONDS,
            )
        )
    inference.close()
    names = (
        *(("version/read-and-check", "ms"), ("version/network", "ms"), ("version/tables", "ms")),
        *(("version/pattern", "us"), ("version/case-engine", "ms"), ("version/pattern-of-ten-rules", "us")),
    )
    columns = zip(*values, strict=True)
    measures = tuple(Measure(name, unit, column) for (name, unit), column in zip(names, columns, strict=True))
    return Filling(rules, patterns, large, measures)


def _fill(links: Mapping[str, Links]) -> tuple[float, float, int]:
    """Seconds to build the network, seconds to infer all patterns, and how many these are."""
    parts = [strata(component, links) for component in components(links)]
    started = perf_counter()
    network = Network(parts)
    built = perf_counter()
    patterns = 0
    for number, part in enumerate(parts):
        for pattern in range(1 << len(part)):
            network.holds(number, pattern)
            patterns += 1
    return built - started, perf_counter() - built, patterns


def _chain(length: int) -> dict[str, Links]:
    """Rules of one component: exceptions to each other, every third defeated by the next, every fourth given."""
    names = [f"rule-{number}" for number in range(length)]
    links = {names[0]: Links()}
    for number in range(1, length):
        before = (names[number - 1],)
        links[names[number]] = (
            Links(given=before) if number % 4 == 0 else Links(defeats=before) if number % 3 == 0 else Links((), before)
        )
    return links
