"""`rollbook serve`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from server.config import Settings

__all__ = ["serve"]


def serve(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            envvar="ROLLBOOK_CONFIG",
            help="The configuration file, TOML; docs/configuration.md describes every setting.",
            show_default=False,
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", help="The address to listen on.", show_default="127.0.0.1"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="The port for calls; 0 takes a free one.", show_default="7420"),
    ] = None,
    port_file: Annotated[
        Path | None,
        typer.Option("--port-file", metavar="FILE", help="Write the port to this file.", show_default=False),
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option("--metrics-port", help="The port for metrics; 0 takes a free one.", show_default="7421"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            metavar="N",
            help="Serve with N processes, each on a core of its own, which are replaced when they die.",
            show_default="0: this process alone",
        ),
    ] = None,
    rulesets: Annotated[
        Path | None,
        typer.Option("--rulesets", metavar="DIR", help="The folder of rulesets.", show_default="rulesets"),
    ] = None,
) -> None:
    """Run the server until it is told to stop (Ctrl-C or SIGTERM); then it finishes the calls in flight.

    What is said here wins over the environment (ROLLBOOK_PORT …), and that over the configuration file.
    """
    from server.config import SettingsError, load_settings

    def read() -> Settings:
        return load_settings(
            config,
            address=address,
            port=port,
            port_file=port_file,
            metrics_port=metrics_port,
            workers=workers,
            rulesets=rulesets,
        )

    try:
        settings = read()
        code = _with_workers(settings, read) if settings.workers else _alone(settings)
    except SettingsError as error:
        raise FailureError(str(error)) from None
    raise typer.Exit(code)


def _alone(settings: Settings) -> int:
    from server.serving import Server
    from server.serving import serve as run

    def say_ready(server: Server) -> None:
        print(_ready(settings, server.port, server.catalogue.count), flush=True)

    return run(settings, say_ready)


def _with_workers(settings: Settings, read: Callable[[], Settings]) -> int:
    from server.supervisor import Serving, supervise

    def say_ready(serving: Serving) -> None:
        print(_ready(settings, serving.port, serving.rulesets, serving.workers), flush=True)

    return supervise(settings, read, say_ready)


def _ready(settings: Settings, port: int, rulesets: int, workers: int = 0) -> str:
    """The line that says that the server is ready."""
    source = settings.rulesets if settings.rulesets_source == "folder" else "the database"
    what = f"{rulesets} {'ruleset' if rulesets == 1 else 'rulesets'} of {source}"
    by = "" if not workers else f" by {workers} {'worker' if workers == 1 else 'workers'}"
    asking = "" if settings.identity != "none" else " Everybody on this machine may call it, and nobody else."
    return f"Rollbook serves {what} on {settings.address}:{port}{by}.{asking} Ctrl-C stops it."
