"""`taxatie calendar`: write the general holidays of some years as a file that a release can name."""

import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from taxatie.cli.output import examples, stop

NAME = "calendar"
EXAMPLES = examples(
    "taxatie calendar --from 2020 --to 2035 --output rulesets/calendar/1.0.0.yaml",
    "taxatie calendar --from 2026 --to 2040 --version 1.1.0 > rulesets/calendar/1.1.0.yaml",
)

VERSION: Final = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
_MODELINE: Final = "# yaml-language-server: $schema=../../schemas/calendar.schema.json"
_TITLES: Final = {
    "New Year's Day": ("Nieuwjaarsdag", "New Year's Day"),
    "Good Friday": ("Goede Vrijdag", "Good Friday"),
    "Easter Sunday": ("Eerste paasdag", "Easter Sunday"),
    "Easter Monday": ("Tweede paasdag", "Easter Monday"),
    "King's Day": ("Koningsdag", "King's Day"),
    "Liberation Day": ("Bevrijdingsdag", "Liberation Day"),
    "Ascension Day": ("Hemelvaartsdag", "Ascension Day"),
    "Pentecost": ("Eerste pinksterdag", "Whit Sunday"),
    "Pentecost Monday": ("Tweede pinksterdag", "Whit Monday"),
    "Christmas Day": ("Eerste kerstdag", "Christmas Day"),
    "Second Day of Christmas": ("Tweede kerstdag", "Second Day of Christmas"),
}


def run(
    first_year: Annotated[int, typer.Option("--from", min=1990, max=2999, help="The first year.")] = 2020,
    last_year: Annotated[int, typer.Option("--to", min=1990, max=2999, help="The last year.")] = 2035,
    version: Annotated[str, typer.Option(help="The version of the file.")] = "1.0.0",
    output: Annotated[Path | None, typer.Option(help="Where to write; by default the standard output.")] = None,
) -> None:
    """Write the general holidays of some years.

    They are those of the Algemene termijnenwet, art. 3; a release names the file as its calendar.
    """
    if last_year < first_year:
        stop(f"the last year {last_year} lies before the first {first_year}", hint="swap them")
    if not re.fullmatch(VERSION, version):
        stop(f"`{version}` is no version", hint="write three numbers with points, as in `1.0.0`")
    text = calendar_text(version, first_year, last_year)
    if output is None:
        sys.stdout.write(text)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")


def calendar_text(version: str, first_year: int, last_year: int) -> str:
    """Return the text of a calendar file."""
    lines = [
        _MODELINE,
        "# General holidays: Algemene termijnenwet, art. 3 (Good Friday counts as one by its second paragraph).",
        "# Written by `taxatie calendar`.",
        f"calendar: {version}",
        f"first_year: {first_year}",
        f"last_year: {last_year}",
        "holidays:",
    ]
    for day, name in general_holidays(first_year, last_year):
        nl, en = _TITLES[name]
        lines.append(f'  - {{date: {day.isoformat()}, title: {{nl: {nl}, en: "{en}"}}}}')
    return "\n".join(lines) + "\n"


def general_holidays(first_year: int, last_year: int) -> list[tuple[date, str]]:
    """Return the general holidays with their English names, by date.

    `holidays` counts Good Friday and the Liberation Days between the lustra as optional; the
    Algemene termijnenwet, art. 3, counts both, so both of its categories are read.
    """
    from holidays import country_holidays  # heavy, so imported when needed

    years = range(first_year, last_year + 1)
    found = country_holidays("NL", years=years, categories=("public", "optional"), language="en_US")
    return sorted((day, name) for day in found for name in found.get_list(day) if name in _TITLES)
