"""`taxatie log verify`: whether the whole log is what was written, and everything that is wrong where it is not."""

import base64
import json
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taxatie.cli.log_options import reading
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption
from taxatie.cli.output import FAULTS, examples, say
from taxatie.cli.progress import with_progress
from taxatie.cli.recording import Place

if TYPE_CHECKING:
    from taxatie.ledger.verify import Verification

NAME = "verify"
EXAMPLES = examples(
    "taxatie log verify",
    "taxatie log verify --checkpoint /mnt/auditor/checkpoints --public-key Z0q0…=",
    "taxatie log verify --format json | jq .faults",
)


class VerifyFormat(StrEnum):
    """How what was found is printed."""

    TEXT = "text"
    JSON = "json"


def run(  # noqa: PLR0913, PLR0917  # a command line has its options
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="Checkpoints that were kept elsewhere; may be repeated."),
    ] = None,
    public_key: Annotated[
        str | None, typer.Option("--public-key", metavar="BASE64", help="The key that must have signed first.")
    ] = None,
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
    verify_format: Annotated[VerifyFormat, typer.Option("--format", help="How to print.")] = VerifyFormat.TEXT,
) -> None:
    """Verify the whole log: every line, payload, key and checkpoint.

    Each fault is named: a changed byte, a line removed, added, moved or swapped, a tail cut off, an erasure that is
    not on record. Only a checkpoint that was kept elsewhere shows a log that was rolled back as a whole, and only a
    key that you got elsewhere shows one that somebody else wrote. The exit code is 1 when the log is not whole.
    """
    from taxatie.ledger.checkpoint_file import CheckpointFile
    from taxatie.ledger.verify import verify_log

    place = Place(None, ledger_folder, ledger_database, None, checkpoint_copy)
    files = (*place.log.checkpoint_files, *map(CheckpointFile, checkpoint or ()))
    with reading(place) as store:
        watch = partial(with_progress, what="Lines", total=store.tree().size)
        found = verify_log(store, files, trusted_key=public_key, watch=watch)
    if verify_format is VerifyFormat.JSON:
        say(json.dumps(_plain(found), ensure_ascii=False))
    else:
        _say(found, is_trusted=public_key is not None)
    if not found.is_whole:
        raise typer.Exit(FAULTS)


def _plain(found: "Verification") -> dict[str, object]:
    return {
        "is_whole": found.is_whole,
        "size": found.size,
        "root": base64.b64encode(found.root).decode("ascii"),
        "origin": found.origin,
        "first_key": found.first_key,
        "kinds": {str(kind): count for kind, count in found.kinds.items()},
        "erased": found.erased,
        "faults": [{"place": fault.place, "message": fault.message} for fault in found.faults],
        "faults_untold": found.faults_untold,
    }


def _say(found: "Verification", *, is_trusted: bool) -> None:
    for fault in found.faults:
        say(str(fault))
    if found.faults_untold:
        say(f"and {found.faults_untold} faults more")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.kinds.items()))
    say(f"size       {found.size} lines ({kinds})")
    say(f"erased     {found.erased} payloads")
    say(f"root       {base64.b64encode(found.root).decode('ascii')}")
    say(f"origin     {found.origin}")
    say(f"first key  {found.first_key}")
    say("whole: no line was changed, added, removed or moved" if found.is_whole else "NOT WHOLE: see the faults above")
    if not is_trusted:
        say("compare the first key with the one that you got elsewhere, or give it with --public-key", is_aside=True)
