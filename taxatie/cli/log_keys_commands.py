"""`taxatie log keys`: which key signs for the log, and letting another one take over."""

import os
from pathlib import Path
from typing import Final

from taxatie.cli.log_options import now, reading, writing
from taxatie.cli.options import CheckpointCopyOption, LedgerDatabaseOption, LedgerFolderOption, LedgerKeyOption
from taxatie.cli.output import examples, say
from taxatie.cli.recording import Place

SHOW_EXAMPLES = examples("taxatie log keys show")
ROTATE_EXAMPLES = examples("taxatie log keys rotate")

_PRIVATE: Final = 0o600
_NEXT: Final = ".next"


def show(ledger_folder: LedgerFolderOption = None, ledger_database: LedgerDatabaseOption = None) -> None:
    """Show the public keys of the log: the one that signs now, those before it, and how they are written elsewhere.

    Hand the first one to everybody who may want to verify: on paper, on a website, in a contract.
    """
    from taxatie.ledger.keys import keys_of, verifier_key
    from taxatie.signing import key_id_of

    with reading(Place(None, ledger_folder, ledger_database)) as store:
        origin, keys = keys_of(store)
    say(f"origin  {origin}")
    for number, key in enumerate(keys):
        is_last = number == len(keys) - 1
        say(f"key     {key.public}")
        say(f"        {key_id_of(key.public)}, from line {key.place}" + (", signs now" if is_last else ""))
        say(f"        {verifier_key(origin, key.public)}")


def rotate(
    ledger_folder: LedgerFolderOption = None,
    ledger_database: LedgerDatabaseOption = None,
    ledger_key: LedgerKeyOption = None,
    checkpoint_copy: CheckpointCopyOption = None,
) -> None:
    """Let a new key sign from here on; the old one says so in the log, and is destroyed.

    Stop the service first, or start it again afterwards: with the old key it refuses to record, and so to answer.
    A rotation that was stopped half-way is finished by running this again.
    """
    from taxatie.ledger.log import signer_of
    from taxatie.signing import new_private_key, public_key_of

    place = Place(None, ledger_folder, ledger_database, ledger_key, checkpoint_copy)
    file = place.log.key_file
    following = file.with_name(file.name + _NEXT)
    if not following.exists():
        _write(following, new_private_key())
    private = following.read_bytes()
    new = public_key_of(private)
    with reading(place) as store:
        has_taken_over = signer_of(store) == new
    if not has_taken_over:
        moment = now()
        with writing(place, moment) as log:
            log.rotate(private, moment)
    following.replace(file)
    _keep_names(file.parent)
    say(f"key {new} signs from now on; its private part is in `{file}`")
    say("start the service again: with the old key it refuses", is_aside=True)


def _write(file: Path, private: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as target:
        target.write(private)
        target.flush()
        os.fsync(target.fileno())


def _keep_names(folder: Path) -> None:
    """Make the new name durable: a folder is a file of its own."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
