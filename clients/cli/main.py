"""The command `rollbook`: its commands, its help, and what happens when one of them fails."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from clients.cli.commands.backup import backup, restore
from clients.cli.commands.calendar import calendar
from clients.cli.commands.caller import caller
from clients.cli.commands.check import check
from clients.cli.commands.compare import compare
from clients.cli.commands.decide import decide
from clients.cli.commands.docs import docs
from clients.cli.commands.doctor import doctor
from clients.cli.commands.explain import explain
from clients.cli.commands.export import export
from clients.cli.commands.import_ import import_
from clients.cli.commands.log import log
from clients.cli.commands.lottery import lottery
from clients.cli.commands.migrate import migrate
from clients.cli.commands.protos import protos
from clients.cli.commands.roster import roster
from clients.cli.commands.rulesets import rulesets
from clients.cli.commands.scenarios import run_scenarios
from clients.cli.commands.schema import schema
from clients.cli.commands.serve import serve
from clients.cli.commands.show import show
from clients.cli.commands.spark import spark
from clients.cli.commands.token import token
from clients.cli.commands.version import version
from clients.cli.connection import asking_a_server
from clients.cli.failures import Exit, failure_of

__all__ = ["app"]

_SHOW_TRACEBACK = "show_traceback"


class _Commands(TyperGroup):
    """The commands; a command that raises ends with a message and an exit code, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.TyperException, typer.Exit, typer.Abort, BrokenPipeError):
            raise  # a wrong command line, an end that was meant, a reader that went away: Typer's business
        except Exception as error:
            if ctx.meta.get(_SHOW_TRACEBACK):
                raise
            for line in failure_of(error).lines():
                typer.echo(line, err=True)
            raise typer.Exit(Exit.FAILED) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 it worked; 1 something was refused or failed; 2 the command line is wrong; "
    "3 rows of a roster were rejected.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"rollbook {version('rollbook')}")
        raise typer.Exit


@app.callback()
def rollbook(
    ctx: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    traceback: Annotated[
        bool, typer.Option("--traceback", hidden=True, help="Show where a fault of Rollbook itself comes from.")
    ] = False,
) -> None:
    """School policy as decisions: the outcome, the rule, the citation, and what to do by when."""
    del version  # its callback has ended the command
    ctx.meta[_SHOW_TRACEBACK] = traceback


_CASES, _POLICY, _SERVICE = "Decide cases", "Write policy", "Run the service, build clients"

for name, command, panel in (
    ("decide", asking_a_server(decide), _CASES),
    ("explain", asking_a_server(explain), _CASES),
    ("lottery", lottery, _CASES),
    ("roster", asking_a_server(roster), _CASES),
    ("rulesets", asking_a_server(rulesets), _CASES),
    ("show", asking_a_server(show), _CASES),
    ("spark", spark, _CASES),
    ("check", check, _POLICY),
    ("test", run_scenarios, _POLICY),
    ("compare", asking_a_server(compare), _POLICY),
    ("docs", docs, _POLICY),
    ("schema", schema, _POLICY),
    ("import", asking_a_server(import_), _POLICY),
    ("export", asking_a_server(export), _POLICY),
    ("serve", serve, _SERVICE),
    ("migrate", migrate, _SERVICE),
    ("doctor", doctor, _SERVICE),
    ("backup", backup, _SERVICE),
    ("restore", restore, _SERVICE),
    ("protos", protos, _SERVICE),
):
    app.command(name, rich_help_panel=panel)(command)
app.add_typer(calendar, name="calendar", rich_help_panel=_POLICY)
app.add_typer(version, name="version", rich_help_panel=_POLICY)
app.add_typer(caller, name="caller", rich_help_panel=_SERVICE)
app.add_typer(token, name="token", rich_help_panel=_SERVICE)
app.add_typer(log, name="log", rich_help_panel=_SERVICE)
