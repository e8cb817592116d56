"""`taxatie log search`: decisions by date, release, level, region, mode, rule or case; ids and codes only."""

import json
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.log_options import (
    FromOption,
    PurposeOption,
    RoleOption,
    UntilOption,
    days_of,
    look_of,
    reference_of,
    writing,
)
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

if TYPE_CHECKING:
    from taxatie.service.log_look import Row

NAME = "search"
EXAMPLES = examples(
    "taxatie log search --purpose audit --role auditor --from 2026-03-01 --until 2026-03-31 --level acute",
    "taxatie log search --purpose quality --role policy-owner --rule AD-03 --region amsterdam",
    "printf '%s' $REFERENCE | taxatie log search --purpose complaint --role auditor --case -",
)
_HEAD = ("id", "line", "at", "release", "level", "mode", "region", "")


class SearchFormat(StrEnum):
    """How decisions are printed."""

    TEXT = "text"
    JSON = "json"


ReleaseOption = Annotated[str | None, typer.Option(metavar="ID", help="The release, by its name or digest.")]
LevelOption = Annotated[str | None, typer.Option(metavar="LEVEL", help="The level that came out.")]
RegionOption = Annotated[str | None, typer.Option(metavar="REGION", help="The region.")]
ModeOption = Annotated[str | None, typer.Option(metavar="MODE", help="`report` or `advice`.")]
RuleOption = Annotated[str | None, typer.Option(metavar="RULE", help="A rule that fired.")]
CaseOption = Annotated[
    str | None, typer.Option(metavar="REFERENCE", help="The reference of a case; `-` reads it from standard input.")
]
FormatOption = Annotated[SearchFormat, typer.Option("--format", help="How to print.")]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    purpose: PurposeOption,
    role: RoleOption,
    first: FromOption = None,
    until: UntilOption = None,
    release: ReleaseOption = None,
    level: LevelOption = None,
    region: RegionOption = None,
    mode: ModeOption = None,
    rule: RuleOption = None,
    case: CaseOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    search_format: FormatOption = SearchFormat.TEXT,
) -> None:
    """Search the log for decisions, and print their ids with what is coded.

    What you ask, in which role and why, is put on record first; of a case only that one was asked for, never its
    reference. Erased decisions are found by date and release alone.
    """
    from taxatie.service.log_look import Sought, search

    place = Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    span, look = days_of(first, until), look_of(purpose, role)
    sought = Sought(
        since=span.since,
        before=span.before,
        release=release,
        level=level,
        region=region,
        mode=mode,
        rule=rule,
        reference=None if case is None else reference_of(case),
    )
    with writing(place, look.moment) as log:
        watch = partial(with_progress, what="Lines", total=log.store.tree().size if case is None else None)
        rows = list(search(log, sought, look, watch))
    if search_format is SearchFormat.JSON:
        for row in rows:
            say(json.dumps(_plain(row), ensure_ascii=False))
    else:
        _say_table(rows)
    say(f"{len(rows)} decisions", is_aside=True)


def _plain(row: "Row") -> dict[str, object]:
    return {
        "id": row.id,
        "place": row.place,
        "at": row.at,
        "release": row.release,
        "level": row.level,
        "mode": row.mode,
        "region": row.region,
        "is_erased": row.is_erased,
    }


def _say_table(rows: "list[Row]") -> None:
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(_HEAD))]
    for line in cells if rows else ():
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cells(row: "Row") -> tuple[str, ...]:
    known = (row.release, row.level, row.mode, row.region)
    return (row.id, str(row.place), row.at, *(each or "-" for each in known), "erased" if row.is_erased else "")
