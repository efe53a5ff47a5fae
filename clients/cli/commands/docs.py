"""`rollbook docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clients.cli.failures import Exit, FailureError

__all__ = ["docs"]


def docs(
    rulesets: Annotated[
        Path | None,
        typer.Option("--rulesets", metavar="DIR", help="The folder of rulesets.", show_default="the nearest rulesets/"),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="DIR",
            help="The folder that the pages are written to. Pages of rulesets that are gone are removed from it; other "
            "files stay.",
        ),
    ] = Path("docs/policies"),
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 when a page is missing, old or left over.")
    ] = False,
) -> None:
    """Write a page per ruleset for people who do not read YAML: the rules in words, with their citations.

    rollbook docs
    """
    from clients.cli.folders import find_rulesets
    from clients.cli.pages.policies import is_page, pages_of

    pages = {out / name: text for name, text in pages_of(find_rulesets(rulesets)).items()}
    written = {path for path in out.rglob("*.md") if is_page(path)}
    changed = [path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    left_over = sorted(written - pages.keys())
    if only_check:
        for path in (*changed, *left_over):
            typer.echo(f"{path}: {'of no ruleset' if path in left_over else 'not what the ruleset says now'}", err=True)
        if changed or left_over:
            typer.echo("Run `rollbook docs`.", err=True)
            raise typer.Exit(Exit.FAILED)
    else:
        for path in changed:
            if path.is_file() and not is_page(path):
                message = f"{path} is no page of rulesets, so it is not overwritten."
                raise FailureError(message, "Name another folder: `rollbook docs --out DIR`.")
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
        for path in left_over:
            path.unlink()
        typer.echo(f"{len(pages)} pages; {len(changed)} written, {len(left_over)} removed.")
