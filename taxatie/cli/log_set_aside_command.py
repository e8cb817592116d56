"""`taxatie log set-aside`: lines that nobody signed leave the log for a file, and that is on record."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.log_options import now
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say, stop
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place, tell_faults

if TYPE_CHECKING:
    from taxatie.ledger.log import Log
    from taxatie.ledger.setting_aside import Unsigned

NAME = "set-aside"
EXAMPLES = examples(
    "taxatie log set-aside --role operator --second-role auditor --dry-run",
    "taxatie log set-aside --role operator --second-role auditor --output evidence.jsonl",
)


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    role: Annotated[str, typer.Option(metavar="ROLE", help="The role that does this, as in `operator`.")],
    second_role: Annotated[str, typer.Option(metavar="ROLE", help="The role of the second person; another one.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where the lines go; a file not yet there.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="Checkpoints of another replica; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what lies there.")] = False,  # noqa: FBT002
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Set lines aside that lie in the log and were never signed, so that the service goes on.

    Somebody added them who has no key, or an older taxatie was stopped before it signed; nobody was answered from
    them. They go into a file, as evidence, and a line of the log says how many they were and who set them aside. Copy
    the log before you do this.
    """
    from taxatie.ledger.checkpoint_file import CheckpointFile
    from taxatie.ledger.opening import find_log
    from taxatie.ledger.setting_aside import find_unsigned, keep_signature, last_signature

    if (output is None) == (not dry_run):
        stop("name a file with --output, or look with --dry-run", hint="one of the two")
    by, place = _roles(role, second_role), Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy).log
    log = find_log(place)
    try:
        signed = last_signature(log, [*place.checkpoint_files, *map(CheckpointFile, checkpoint or ())])
        found = find_unsigned(log.store, signed, partial(with_progress, what="Lines"))
        say(f"{found.signed.size} lines are signed, {len(found.places)} lie there beside")
        if output is not None and signed is not None:
            keep_signature(log, signed)
        if output is not None and found.places:
            _set_aside(log, found, output, by)
    finally:
        log.store.close()


def _set_aside(log: "Log", found: "Unsigned", output: Path, by: tuple[str, str]) -> None:
    from taxatie.ledger.setting_aside import set_aside

    written = set_aside(log, found, output, by, now())
    say(f"{len(found.places)} lines set aside in `{output}`; line {written.entry.place} of the log says so")
    say("that file holds payloads and their keys: no erasure reaches it", is_aside=True)


def _roles(role: str, second_role: str) -> tuple[str, str]:
    from taxatie.errors.problem import RequestFaults
    from taxatie.service.log_erase import read_roles

    try:
        return read_roles(role, second_role)
    except RequestFaults as faults:
        tell_faults(faults)
