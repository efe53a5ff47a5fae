"""`rollbook serve`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from server.serving import Server

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
    rulesets: Annotated[
        Path | None,
        typer.Option("--rulesets", metavar="DIR", help="The folder of rulesets.", show_default="rulesets"),
    ] = None,
) -> None:
    """Run the server until it is told to stop (Ctrl-C or SIGTERM); then it finishes the calls in flight.

    What is said here wins over the environment (ROLLBOOK_PORT …), and that over the configuration file.
    """
    from server.config import SettingsError, load_settings
    from server.serving import serve as run

    try:
        settings = load_settings(
            config,
            address=address,
            port=port,
            port_file=port_file,
            metrics_port=metrics_port,
            rulesets=rulesets,
        )

        def say_ready(server: Server) -> None:
            count = len(server.catalogue.snapshot().served)
            print(
                f"Rollbook serves {count} {'ruleset' if count == 1 else 'rulesets'} of {settings.rulesets} "
                f"on {settings.address}:{server.port}. Ctrl-C stops it.",
                flush=True,
            )

        code = run(settings, say_ready)
    except SettingsError as error:
        raise FailureError(str(error)) from None
    raise typer.Exit(code)
