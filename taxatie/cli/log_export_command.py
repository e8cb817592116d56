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
from taxatie.cli.options import (
    CheckpointCopyOption,
    LedgerDatabaseOption,
    LedgerFolderOption,
    LedgerKeyOption,
    RulesetsOption,
    rulesets_folder,
)
from taxatie.cli.output import examples, say, stop, write_line
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

if TYPE_CHECKING:
    from taxatie.ledger.kept import Kept
    from taxatie.ledger.log import Log
    from taxatie.replay.sources import Span

NAME = "export"
EXAMPLES = examples(
    "taxatie log export --jsonl --purpose audit --role auditor -o records.jsonl",
    "taxatie log export --ldv --purpose audit --role privacy-officer --processing-activity "
    "https://register.example.nl/activities/14 -o logboek.jsonl",
    "taxatie log export --parquet --purpose quality --role policy-owner -o decisions/",
    "taxatie log export --otlp --purpose audit --role privacy-officer --processing-activity "
    'https://register.example.nl/activities/14 | while read -r batch; do curl -d "$batch" '
    "-H 'Content-Type: application/json' http://collector:4318/v1/traces; done",
)
COPIES: Final = "what is exported is a copy that no erasure reaches: erasing it is your duty"
_CALLERS: Final = "urn:taxatie:caller:"


JsonlOption = Annotated[bool, typer.Option("--jsonl", help="Records of decisions, one a line: to replay.")]
LdvOption = Annotated[bool, typer.Option("--ldv", help="Logboek Dataverwerkingen 1.0, one line a person.")]
OtlpOption = Annotated[bool, typer.Option("--otlp", help="The same as OTLP in JSON, for a collector.")]
ParquetOption = Annotated[bool, typer.Option("--parquet", help="Columns for what-ifs, into the folder of --output.")]
ActivityOption = Annotated[
    str, typer.Option(metavar="URI", help="The activity in your register of processing activities; for --ldv.")
]
CallersOption = Annotated[
    str, typer.Option(metavar="URL", help="What stands before a caller's pseudonym to make it an address.")
]


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    purpose: PurposeOption,
    role: RoleOption,
    jsonl: JsonlOption = False,  # noqa: FBT002  # an option that is given or not
    ldv: LdvOption = False,  # noqa: FBT002
    otlp: OtlpOption = False,  # noqa: FBT002
    parquet: ParquetOption = False,  # noqa: FBT002
    processing_activity: ActivityOption = "",
    callers: CallersOption = _CALLERS,
    first: FromOption = None,
    until: UntilOption = None,
    output: OutputOption = None,
    rulesets: RulesetsOption = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Export the log: records to replay elsewhere, columns for what-ifs, or lines for the Logboek Dataverwerkingen.

    A line of the Logboek names nobody: persons stand in it under a pseudonym that is the same in all lines of their
    case. That you export, in which role and why, is put on record first. What is exported no erasure reaches.
    """
    wanted = {"jsonl": jsonl, "ldv": ldv, "otlp": otlp, "parquet": parquet}
    form = _form(wanted, processing_activity, output)
    from taxatie.service.log_export import Stretch, note_export

    look, span = look_of(purpose, role), days_of(first, until)
    place = Place(rulesets, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    with writing(place, look.moment) as log:
        export = _Export(log, span, note_export(log, form, Stretch(span.since, span.before), look), output)
        if form == "parquet":
            _parquet(export, rulesets)
        elif form == "jsonl":
            _jsonl(export)
        else:
            export.lines(_logboek(export, (processing_activity, callers), is_otlp=otlp))
    say(COPIES, is_aside=True)


@dataclass(frozen=True, slots=True)
class _Export:
    """A log that is being exported: which stretch, how many of its lines, and where to."""

    log: "Log"
    span: "Span"
    size: int
    output: Path | None

    def kept(self) -> "Iterator[Kept]":
        """Return the lines of the stretch."""
        from taxatie.service.log_export import Stretch, exported

        watch = partial(with_progress, what="Lines", total=self.size)
        return exported(self.log, Stretch(self.span.since, self.span.before), self.size, watch)

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines to a file or the standard output, and say how many."""
        say(f"{_write(lines, self.output)} lines", is_aside=True)


def _form(wanted: dict[str, bool], activity: str, output: Path | None) -> str:
    """Return the one form that was asked for, with what it needs."""
    forms = [name for name, is_wanted in wanted.items() if is_wanted]
    if len(forms) != 1:
        stop("one form at a time", hint="--jsonl, --ldv, --otlp or --parquet")
    if forms[0] in {"ldv", "otlp"} and ":" not in activity:
        stop("the Logboek names the processing activity", hint="give its URI with --processing-activity")
    if forms[0] == "parquet" and output is None:
        stop("Parquet goes into a folder", hint="name it with --output")
    if forms[0] == "parquet" and output is not None and output.exists() and any(output.glob("*.parquet")):
        stop(f"`{output}` holds Parquet already", hint="name another folder: files of two exports must not mix")
    return forms[0]


def _jsonl(export: _Export) -> None:
    erased: list[str] = []
    export.lines(_records(export.kept(), erased))
    if erased:
        say(f"{len(erased)} decisions were erased", is_aside=True)


def _parquet(export: _Export, rulesets: Path | None) -> None:
    from itertools import islice

    from taxatie.engine.evaluator import EngineName
    from taxatie.registry.folder import ReleaseFolder
    from taxatie.replay.releases_then import ReleasesThen
    from taxatie.replay.sources import decisions_of
    from taxatie.replay.to_parquet import write_parquet
    from taxatie.service.engines import build_engine

    assert export.output is not None, "the form was checked"
    lines = with_progress(islice(export.log.store.lines(), export.size), "Lines", export.size)
    folder = ReleaseFolder(rulesets_folder(rulesets))
    with ReleasesThen(folder, partial(build_engine, EngineName.LIVE)) as releases:
        exported = write_parquet(decisions_of(lines, export.span), releases, export.output)
    for path, rows in exported.rows_by_file.items():
        say(f"wrote {path}: {rows} decisions", is_aside=True)
    for why, count in sorted(exported.left_out.items()):
        say(f"left out {count}: {why}", is_aside=True)


def _records(lines: "Iterable[Kept]", erased: list[str]) -> Iterator[str]:
    from taxatie.ledger.canonical import canonical_bytes
    from taxatie.ledger.entry import EntryKind

    for kept in lines:
        if kept.entry.kind is EntryKind.DECISION:
            if kept.payload is None:
                erased.append(kept.entry.id)
            else:
                yield canonical_bytes(kept.payload).decode("utf-8")


def _logboek(export: _Export, register: tuple[str, str], *, is_otlp: bool) -> Iterator[str]:
    from taxatie import VERSION
    from taxatie.service.log_export import as_logboek
    from taxatie.wire.logboek import Register
    from taxatie.wire.logboek_otlp import otlp_requests

    found = as_logboek(export.log, export.kept(), Register(*register))
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
