"""`rollbook calendar`: calendars made from what districts export, and shown."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from clients.cli.failures import FailureError
from clients.cli.options import Form, Output, Rulesets, day_option

if TYPE_CHECKING:
    from engine.calendars.importing import Imported, Wanted

__all__ = ["calendar"]


_MOST_BYTES: Final = 16 << 20
"""Bytes that an export may have."""


class Export(StrEnum):
    """What a calendar is made from."""

    ICS = "ics"
    ED_FI = "ed-fi"


calendar = typer.Typer(
    no_args_is_help=True, help="Make the calendars that school days are counted in, and look at them."
)


@calendar.command("import")
def import_calendar(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The exported file.", show_default=False)],
    from_: Annotated[
        Export,
        typer.Option(
            "--from",
            help="ics: an iCalendar file, of which events of whole days are taken; ed-fi: CalendarDate rows, CSV with "
            "the columns Date and CalendarEvent.",
            show_default=False,
        ),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What cases name it by.", show_default=False)],
    title: Annotated[str, typer.Option("--title", help="What people call it.", show_default="its name")] = "",
    events: Annotated[
        list[str] | None,
        typer.Option(
            "--event",
            metavar="WORD=TYPE",
            help="What an event makes of its days: 'Holiday=holiday'. WORD is a category or summary in ics, a "
            "CalendarEvent in ed-fi; TYPE is an event type, or - to pass it over. Where two fall on a day, the one "
            "named first counts. Events of ics that are not named are passed over.",
            show_default=False,
        ),
    ] = None,
    school_days: Annotated[
        list[str] | None,
        typer.Option(
            "--school-day",
            metavar="TYPE",
            help="An event type of school days.",
            show_default="instructional-day",
        ),
    ] = None,
    business_days: Annotated[
        list[str] | None,
        typer.Option(
            "--business-day",
            metavar="TYPE",
            help="An event type of business days. Without any, the calendar does not say which days are business days.",
            show_default=False,
        ),
    ] = None,
    first: Annotated[date | None, day_option("--first", "The first day of which the file says everything.")] = None,
    last: Annotated[
        date | None,
        day_option(
            "--last",
            "The last such day, included. ics needs both; for ed-fi they are the earliest and the latest date unless "
            "given.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it.", show_default="standard output"),
    ] = None,
) -> None:
    """Make a calendar from an export: every day as it is written there, none guessed from its weekday.

    rollbook calendar import days.csv --from ed-fi --name oak-2018 --out rulesets/calendars/oak-2018.yaml
    """
    from clients.cli.console import note
    from clients.cli.pages.calendars import said_of
    from engine.calendars.documents import INSTRUCTIONAL
    from engine.calendars.importing import Wanted
    from engine.calendars.writing import as_yaml

    wanted = Wanted(
        name,
        title or name,
        types=dict(map(_event, events or ())),
        instructional=tuple(school_days or (INSTRUCTIONAL,)),
        business=tuple(business_days or ()),
        first=first,
        last=last,
    )
    _check(wanted, from_)
    imported = _imported(file, from_, wanted)
    text = as_yaml(imported.document)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
    for line in said_of(imported):
        note(line)


@calendar.command("show")
def show_calendar(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The calendar, by its name.", show_default=False)],
    rulesets: Rulesets = None,
    output: Output = Form.TEXT,
) -> None:
    """Show a calendar: from when through when it is known, what its days are, the school days of each month.

    rollbook calendar show example
    """
    from clients.cli.console import screen, write_json
    from clients.cli.folders import find_rulesets
    from clients.cli.pages.calendars import calendar_json, show
    from engine.calendars.loading import load_calendar
    from engine.documents import CALENDARS

    folder = find_rulesets(rulesets) / CALENDARS
    path = folder / f"{name}.yaml"
    if "/" in name or not path.is_file():
        names = ", ".join(sorted(found.stem for found in folder.glob("*.yaml"))) or "none"
        message = f"there is no calendar {name}."
        raise FailureError(message, f"Those of {folder}: {names}.")
    loaded = load_calendar(path)
    if output is Form.JSON:
        write_json(calendar_json(loaded))
    else:
        show(screen(), loaded)


def _event(text: str) -> tuple[str, str]:
    word, equals, type_ = text.rpartition("=")
    if not equals or not word.strip() or not type_.strip():
        message = f"{text!r} is not WORD=TYPE."
        raise typer.BadParameter(message, param_hint="--event")
    return word.strip(), type_.strip()


def _check(wanted: Wanted, from_: Export) -> None:
    """Ends the command where the options do not go together."""
    import re

    from engine.calendars.importing import LEFT_OUT
    from engine.rulesets.scalars import KEBAB

    given = {
        "--name": (wanted.name,),
        "--event": tuple(type_ for type_ in wanted.types.values() if type_ != LEFT_OUT),
        "--school-day": wanted.instructional,
        "--business-day": wanted.business,
    }
    for option, values in given.items():
        for value in values:
            if re.fullmatch(KEBAB, value) is None:
                message = f"{value!r} is not lower-case words joined by hyphens, such as instructional-day."
                raise typer.BadParameter(message, param_hint=option)
    if from_ is Export.ICS and (wanted.first is None or wanted.last is None):
        message = "An iCalendar file does not say from when through when it is complete: give --first and --last."
        raise typer.BadParameter(message, param_hint="--first")
    if from_ is Export.ICS and not wanted.types:
        message = "Say which events count: --event WORD=TYPE."
        raise typer.BadParameter(message, param_hint="--event")


def _imported(file: Path, from_: Export, wanted: Wanted) -> Imported:
    from engine.calendars.importing import import_ed_fi, import_icalendar

    read = import_icalendar if from_ is Export.ICS else import_ed_fi
    return read(_text(file), str(file), wanted)


def _text(file: Path) -> str:
    with file.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        message = f"{file} has more than {_MOST_BYTES:,} bytes."
        raise FailureError(message, "Export fewer years.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text."
        raise FailureError(message, "Export it as UTF-8.") from error
