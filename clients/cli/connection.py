"""How commands reach a server: what every command that asks one is told of tokens and certificates."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_type_hints

import typer

from clients.cli.failures import FailureError

if TYPE_CHECKING:
    from rollbook import Client, Credentials

__all__ = ["TOKEN_VARIABLE", "asking_a_server", "connect", "credentials", "credentials_for"]

TOKEN_VARIABLE: Final = "ROLLBOOK_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable with the token, where no file of one is named."""

_PANEL: Final = "The server"
_File = Path | None


def _option(name: str, metavar: str, text: str, variable: str | None = None) -> Any:
    return typer.Option(name, metavar=metavar, help=text, envvar=variable, show_default=False, rich_help_panel=_PANEL)


_TokenFile = Annotated[
    _File, _option("--token-file", "FILE", f"The file with the token; else {TOKEN_VARIABLE} of the environment is it.")
]
_Tls = Annotated[
    bool,
    typer.Option(
        "--tls", help="Encrypt; the server's certificate is signed by a known authority.", rich_help_panel=_PANEL
    ),
]
_Ca = Annotated[
    _File, _option("--ca", "FILE", "Encrypt; the server's certificate is signed by these, PEM.", "ROLLBOOK_CA")
]
_Cert = Annotated[_File, _option("--cert", "FILE", "The client certificate, PEM.")]
_Key = Annotated[_File, _option("--key", "FILE", "Its private key, PEM.")]
_Tenant = Annotated[
    str, _option("--tenant", "NAME", "The district that this is for; needed by callers of several.", "ROLLBOOK_TENANT")
]
_OPTIONS: Final[dict[str, tuple[Any, Any]]] = {
    "token_file": (_TokenFile, None),
    "tls": (_Tls, False),
    "ca": (_Ca, None),
    "cert": (_Cert, None),
    "key": (_Key, None),
    "tenant": (_Tenant, ""),
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the command line says of the connection."""

    token_file: Path | None = None
    tls: bool = False
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    tenant: str = ""


_said: ContextVar[_Said] = ContextVar("said of the connection", default=_Said())  # noqa: B039 - it is frozen

_Command = TypeVar("_Command", bound=Callable[..., Any])


def asking_a_server(command: _Command) -> _Command:
    """The command with the options of the connection, which `connect` then follows."""
    own = inspect.signature(command)
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _OPTIONS.items()
    ]

    @functools.wraps(command)
    def with_options(*args: Any, **kwargs: Any) -> Any:
        before = _said.set(_Said(**{name: kwargs.pop(name, default) for name, (_, default) in _OPTIONS.items()}))
        try:
            return command(*args, **kwargs)
        finally:
            _said.reset(before)

    wrapper: Any = with_options
    hints = get_type_hints(command, include_extras=True)
    known = [parameter.replace(annotation=hints[name]) for name, parameter in own.parameters.items()]
    wrapper.__signature__ = own.replace(parameters=[*known, *added])
    wrapper.__annotations__ = hints | {name: annotation for name, (annotation, _) in _OPTIONS.items()}
    done: _Command = wrapper
    return done


def credentials() -> Credentials:
    """What the command line and the environment say of them.

    Raises:
        FailureError: when a file cannot be read.
    """
    from rollbook import Credentials

    said = _said.get()
    if (said.cert is None) is not (said.key is None):
        message = "--cert and --key are given together or not at all."
        raise typer.BadParameter(message)
    try:
        token = os.environ.get(TOKEN_VARIABLE, "")
        if said.token_file is not None:
            token = said.token_file.read_text(encoding="utf-8")
        roots, certificate, key = (
            None if file is None else file.read_bytes() for file in (said.ca, said.cert, said.key)
        )
    except (OSError, UnicodeError) as error:
        name = getattr(error, "filename", None) or said.token_file
        message = f"{name} cannot be read ({getattr(error, 'strerror', None) or 'no text'})."
        raise FailureError(message) from None
    return Credentials(
        token=token.strip() or None,
        tenant=said.tenant,
        tls=said.tls,
        root_certificates=roots,
        certificate=certificate,
        private_key=key,
    )


def credentials_for(server: str) -> Credentials:
    """What the command line and the environment say of them, for a connection to this server.

    Raises:
        FailureError: when a file cannot be read, or a token would travel in clear to another machine.
    """
    found = credentials()
    try:
        found.for_channel(server)
    except ValueError:
        message = f"The token is not sent to {server} over a connection that is not encrypted."
        raise FailureError(
            message, "Encrypt it with --tls, or with --ca FILE where the authority is your own."
        ) from None
    return found


def connect(server: str, timeout: float | None = None) -> Client:
    """A client of the server, connected as the command line says.

    Raises:
        FailureError: as `credentials_for`.
    """
    from rollbook import Client, Options

    options = Options(channels=1) if timeout is None else Options(channels=1, timeout=timeout)
    return Client(server, options=options, credentials=credentials_for(server))
