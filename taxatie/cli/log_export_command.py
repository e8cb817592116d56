"""`taxatie log export`: the log in forms that other programs read."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from taxatie.cli.log_options import (
    FromOption,
    OutputOption,
    PurposeOption,
    RoleOption,
    UntilOption,
    days_of,
    look_of,
    private_file,
    writing,
)
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say, stop, write_line
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

if TYPE_CHECKING:
    from taxatie.ledger.kept import Kept
    from taxatie.ledger.log import Log

NAME = "export"
EXAMPLES = examples(
    "taxatie log export --jsonl --purpose audit --role auditor -o records.jsonl",
    "taxatie log export --ldv --purpose audit --role privacy-officer --processing-activity "
    "https://register.example.nl/activities/14 -o logboek.jsonl",
    "taxatie log export --otlp --purpose audit --role privacy-officer --processing-activity "
    'https://register.example.nl/activities/14 | while read -r batch; do curl -d "$batch" '
    "-H 'Content-Type: application/json' http://collector:4318/v1/traces; done",
)
COPIES: Final = "what is exported is a copy that no erasure reaches: erasing it is your duty"
_CALLERS: Final = "urn:taxatie:caller:"


@dataclass(slots=True)
class _Counts:
    """What went out, and what could not."""

    given: int = 0
    erased: int = 0


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    purpose: PurposeOption,
    role: RoleOption,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Records of decisions, one a line: to replay.")] = False,  # noqa: FBT002
    ldv: Annotated[bool, typer.Option("--ldv", help="Logboek Dataverwerkingen 1.0, one line a person.")] = False,  # noqa: FBT002
    otlp: Annotated[bool, typer.Option("--otlp", help="The same as OTLP in JSON, for a collector.")] = False,  # noqa: FBT002
    processing_activity: Annotated[
        str, typer.Option(metavar="URI", help="The activity in your register of processing activities; for --ldv.")
    ] = "",
    callers: Annotated[
        str, typer.Option(metavar="URL", help="What stands before a caller's pseudonym to make it an address.")
    ] = _CALLERS,
    first: FromOption = None,
    until: UntilOption = None,
    output: OutputOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Export the log: records to replay elsewhere, or lines for the Logboek Dataverwerkingen.

    A line of the Logboek names nobody: persons stand in it under a pseudonym that is the same in all lines of their
    case. That you export, in which role and why, is put on record first. What is exported no erasure reaches.
    """
    forms = [name for name, is_wanted in (("jsonl", jsonl), ("ldv", ldv), ("otlp", otlp)) if is_wanted]
    if len(forms) != 1:
        stop("one form at a time", hint="--jsonl, --ldv or --otlp")
    if not jsonl and ":" not in processing_activity:
        stop("the Logboek names the processing activity", hint="give its URI with --processing-activity")
    from taxatie.service.log_export import Stretch, exported, note_export

    look, span = look_of(purpose, role), days_of(first, until)
    stretch, counts = Stretch(span.since, span.before), _Counts()
    with writing(Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy), look.moment) as log:
        size = note_export(log, forms[0], stretch, look)
        kept = exported(log, stretch, size, partial(with_progress, what="Lines", total=size))
        lines = _records(kept, counts) if jsonl else _logboek(log, kept, (processing_activity, callers), is_otlp=otlp)
        counts.given = _write(lines, output)
    say(f"{counts.given} lines" + (f", {counts.erased} decisions were erased" if counts.erased else ""), is_aside=True)
    say(COPIES, is_aside=True)


def _records(lines: "Iterable[Kept]", counts: _Counts) -> Iterator[str]:
    from taxatie.ledger.canonical import canonical_bytes
    from taxatie.ledger.entry import EntryKind

    for kept in lines:
        if kept.entry.kind is EntryKind.DECISION:
            if kept.payload is None:
                counts.erased += 1
            else:
                yield canonical_bytes(kept.payload).decode("utf-8")


def _logboek(log: "Log", lines: "Iterable[Kept]", register: tuple[str, str], *, is_otlp: bool) -> Iterator[str]:
    from taxatie import VERSION
    from taxatie.service.log_export import as_logboek
    from taxatie.wire.logboek import Register
    from taxatie.wire.logboek_otlp import otlp_requests

    found = as_logboek(log, lines, Register(*register))
    return map(_json, otlp_requests(found, VERSION) if is_otlp else found)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write(lines: Iterable[str], output: Path | None) -> int:
    """Write lines to a file or the standard output; return how many."""
    count = 0
    if output is None:
        for line in lines:
            write_line(line)
            count += 1
        return count
    with private_file(output) as target:
        for line in lines:
            target.write(line.encode("utf-8") + b"\n")
            count += 1
    return count
