"""`rollbook lottery`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["lottery"]


def lottery(
    pool: Annotated[
        Path,
        typer.Argument(
            metavar="POOL",
            help="CSV with the columns id (each once), grade and list (sibling, lottery or late).",
            show_default=False,
        ),
    ],
    seed: Annotated[
        str,
        typer.Option(
            "--seed", metavar="TEXT", help="The public seed, made known at the draw; at least eight characters."
        ),
    ],
    places: Annotated[
        list[str],
        typer.Option(
            "--places",
            metavar="GRADE=N",
            help="Openings of a grade; give it once per grade. A grade that is not named has none.",
        ),
    ] = [],  # noqa: B006 - Typer copies it
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the draw to this CSV file.")] = None,
) -> None:
    """Draw an admission lottery: a random order per grade that anyone can recompute from the seed.

    rollbook lottery pool.csv --seed "12 07 33 41" --places K=18
    """
    from clients.cli.console import note
    from clients.cli.pages.draws import places_of, read_pool, show, write
    from engine.lottery import draw

    applications, openings = read_pool(pool), places_of(places)
    drawn = draw(seed, applications, openings)
    for grade in sorted(openings.keys() - {one.grade for one in applications}):
        note(f"--places {grade}={openings[grade]}: no application is for grade {grade}.")
    if out is not None:
        write(drawn, out)
    show(drawn)
