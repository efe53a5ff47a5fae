"""`make fuzz`: the fuzz of the wire for as long as one likes, against a server of its own."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path
from time import monotonic

from rollbook.v1 import decision_pb2
from tests.server.attacks.attacked import MEGABYTE
from tests.server.attacks.fuzzing import Fuzz, asking, table
from tests.server.running import FACTS

_ROUND_SECONDS = 60.0


def main() -> int:
    """Fuzzes in rounds of a minute, each with a seed of its own; 1 when an input was answered as it may not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600.0, help="how long")
    parser.add_argument("--seed", type=int, help="the seed of the first round; a fresh one when left out")
    parser.add_argument("--only", metavar="SEED/THREAD/NUMBER", help="send one input again")
    told = parser.parse_args()
    seed = secrets.randbelow(10**9) if told.seed is None else told.seed
    with tempfile.TemporaryDirectory() as place, asking(Path(place)) as (attacked, token):
        ids = tuple(attacked.decide(FACTS, mode=decision_pb2.MODE_RECORD).decision_id for _ in range(5))
        if told.only:
            fuzz = Fuzz(attacked.target, 0, ids, token)
            fuzz.only(told.only)
            print(table(fuzz), *fuzz.faults, sep="\n")
            return 1 if fuzz.faults else 0
        until = monotonic() + told.seconds
        while (left := until - monotonic()) > 0:
            fuzz = Fuzz(attacked.target, seed, ids, token)
            fuzz.run(min(left, _ROUND_SECONDS))
            grown = (attacked.most["server"] - attacked.usual) // MEGABYTE
            inputs = sum(fuzz.statuses.values())
            print(f"seed {seed}: {inputs} inputs, {len(fuzz.faults)} faults, {grown} MiB more at most", flush=True)
            if fuzz.faults:
                print(*fuzz.faults, sep="\n")
                return 1
            attacked.unharmed()
            seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
