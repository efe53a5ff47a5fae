"""`python -m tests.benchmarks`: measures, prints tables, and writes build/bench.json."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from tests.benchmarks.deciding import measure_deciding
from tests.benchmarks.filling import measure_filling
from tests.benchmarks.h2load import H2LOAD
from tests.benchmarks.machine import cores, said_of_this_machine
from tests.benchmarks.measures import Measure, write_json
from tests.benchmarks.rosters.measuring import measure_rosters
from tests.benchmarks.serving import measure_serving

_PARTS = ("deciding", "filling", "serving", "rosters")
_LONG_ROSTER = 10_000_000
_FILE = Path("build/bench.json")


def main() -> None:
    """Measures what is asked for, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds: two minutes in all, and coarse")
    parser.add_argument("--only", choices=_PARTS, help="measure this part alone")
    parser.add_argument(
        "--long-roster",
        type=int,
        metavar="CASES",
        help=f"cases of the roster that is larger than memory, 0 for none (default: {_LONG_ROSTER}; with --quick none)",
    )
    parser.add_argument("--out", type=Path, default=_FILE, metavar="FILE", help=f"where figures go (default: {_FILE})")
    arguments = parser.parse_args()
    parts = _PARTS if arguments.only is None else (arguments.only,)
    console = Console(width=None if Console().is_terminal else 120)
    console.print(f"Measured on: {said_of_this_machine()}", highlight=False)
    long = (0 if arguments.quick else _LONG_ROSTER) if arguments.long_roster is None else arguments.long_roster
    write_json(_measured(parts, console, quick=arguments.quick, long=long), arguments.out)
    console.print(f"The same figures, with the least and the greatest round, are in {arguments.out}.")


def _measured(parts: tuple[str, ...], console: Console, *, quick: bool, long: int) -> list[Measure]:
    measures: list[Measure] = []
    if "deciding" in parts:
        deciding = measure_deciding(5 if quick else 15)
        console.print(deciding.table())
        measures += deciding.measures()
    if "filling" in parts:
        filling = measure_filling(3 if quick else 9)
        console.print(filling.table())
        measures += filling.measures()
    if "serving" in parts:
        where = cores()
        if where.server == where.load:
            console.print("Only one core may be used: server and load share it, so these figures say little.")
        if H2LOAD is None:
            console.print("h2load is missing (Debian: apt-get install nghttp2-client): load comes from our SDK alone.")
        rounds, seconds = (2, 0.5) if quick else (7, 2.0)
        with console.status("") as status:
            serving = measure_serving(rounds, seconds, where, status.update)
        for table in serving.tables():
            console.print(table)
        measures += serving.measures()
    if "rosters" in parts:
        with console.status("") as status:
            rosters = measure_rosters(2 if quick else 5, quick=quick, long=long, tell=status.update)
        for table in rosters.tables():
            console.print(table)
        measures += rosters.measures()
    return measures


if __name__ == "__main__":
    main()
