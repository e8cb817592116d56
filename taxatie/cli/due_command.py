"""`taxatie due`: what was promised and is not done, by region."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.due_rows import CsvRows, JsonRows, TableRows
from taxatie.cli.options import (
    CheckpointCopyOption,
    LedgerDatabaseOption,
    LedgerFolderOption,
    LedgerKeyOption,
    RulesetsOption,
)
from taxatie.cli.output import FAULTS, examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import HERE, Place, Titles, release_by_name, tell_faults
from taxatie.terms.text import Language

if TYPE_CHECKING:
    from taxatie.service.due import Followed

NAME = "due"
EXAMPLES = examples(
    "taxatie due",
    "taxatie due --until 2026-03-31 --language en",
    "taxatie due --format csv > overdue.csv",
    "taxatie due --format json --references --purpose quality --role team-lead | jq .reference",
)


class DueFormat(StrEnum):
    """How the list is printed."""

    HUMAN = "human"
    JSON = "json"
    CSV = "csv"


UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Also what is due up to and with this day, not late yet.")
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="MOMENT", help="The moment to judge by, as RFC 3339; by default now.")
]
ReferencesOption = Annotated[bool, typer.Option("--references", help="Show the reference of each case.")]
PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose", help="Why: audit, complaint, data_subject_request, incident or quality; with --references."
    ),
]
RoleOption = Annotated[
    str, typer.Option("--role", help="Your role, as in `team-lead`; never a name; with --references.")
]
FormatOption = Annotated[
    DueFormat, typer.Option("--format", help="Counts by region, or a row for each: JSON lines, or CSV.")
]
LanguageOption = Annotated[Language, typer.Option("--language", help="The language of titles and sentences.")]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    until: UntilOption = None,
    at: AtOption = None,
    references: ReferencesOption = False,  # noqa: FBT002  # an option that is given or not
    purpose: PurposeOption = None,
    role: RoleOption = "",
    rulesets: RulesetsOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    due_format: FormatOption = DueFormat.HUMAN,
    language: LanguageOption = Language.NL,
) -> None:
    """List what is overdue: actions without an outcome, and cases that were to be assessed anew.

    A later decision of a case re-assesses it, and takes nothing back: what the earlier one asked for stays until it is
    done, with the earlier moment where both ask for it. Decisions that were erased are counted, and not listed.

    No case is named. With --references each is, and a line in the log says who looked and why. The exit code is 1
    when something is late.
    """
    from taxatie.service.due import overdue
    from taxatie.wiring import SystemClock

    now = SystemClock().now()
    place = Place(rulesets, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    moment, last_day = now if at is None else _moment(at), None if until is None else _day(until)
    if references:
        note_access(place, purpose, role, now)
    followed = _followed(place, keeps_references=references)
    rows = overdue(followed, moment, last_day)
    titles = {row.release: Titles(release_by_name(rulesets, row.release), language) for row in rows}
    if due_format is DueFormat.JSON:
        JsonRows(titles, references).print(rows)
    elif due_format is DueFormat.CSV:
        CsvRows(titles, references).print(rows)
    else:
        TableRows(titles, language, last_day).print(rows)
    _say_erased(followed.erased, language)
    if any(row.is_late for row in rows):
        raise typer.Exit(FAULTS)


def note_access(place: Place, purpose: str | None, role: str, now: datetime) -> None:
    """Put on record who looks at the references of cases and why, before anything is shown."""
    from taxatie.errors.problem import RequestFaults
    from taxatie.ledger.opening import reopen_log
    from taxatie.service.access import Purpose, access_draft, read_looking

    known = None if purpose not in set(Purpose) else Purpose(purpose)
    try:
        looking = read_looking(known, role, HERE)
    except RequestFaults as faults:
        tell_faults(faults)
    log = reopen_log(place.log, now)
    try:
        log.append([access_draft(looking, {"due": "references of cases"}, now)])
    finally:
        log.store.close()


def _followed(place: Place, *, keeps_references: bool) -> "Followed":
    from taxatie.ledger.opening import read_store
    from taxatie.service.due import follow

    store = read_store(place.log)
    try:
        lines = with_progress(store.lines(), "Lines", store.tree().size)
        return follow(lines, keeps_references=keeps_references)
    finally:
        store.close()


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        stop(f"`{text}` is no moment", hint="with its offset, as in 2026-03-02T21:15:00+01:00")
    return moment


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        stop(f"`{text}` is no date", hint="as in 2026-03-31")


def _say_erased(erased: int, language: Language) -> None:
    if erased:
        dutch = f"{erased} gewiste besluiten staan hier niet bij"
        english = f"{erased} erased decisions are not among these"
        say(dutch if language is Language.NL else english, is_aside=True)
