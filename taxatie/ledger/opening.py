"""Where a log lies, and opening it: to write, or only to read."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import read_entry
from taxatie.ledger.log import GENESIS_REQUEST, Log
from taxatie.ledger.sqlite_store import LOG_NAME, SqliteStore
from taxatie.ledger.store import LedgerUnavailableError, Store
from taxatie.signing import new_private_key, public_key_of

CHECKPOINTS_NAME: Final = "checkpoints"
KEY_NAME: Final = "signing.pem"
_PRIVATE: Final = 0o600
_FOLDER: Final = 0o750


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where the parts of a log lie."""

    folder: Path
    key: Path | None = None
    """The private key that signs; by default within the folder, and made when the log begins."""
    copy: Path | None = None
    """The file at a second location to which checkpoints are appended, too."""

    @property
    def key_file(self) -> Path:
        """The file of the private key that signs."""
        return self.folder / KEY_NAME if self.key is None else self.key

    @property
    def checkpoint_files(self) -> tuple[CheckpointFile, ...]:
        """Every file of checkpoints."""
        files = (self.folder / CHECKPOINTS_NAME, *(() if self.copy is None else (self.copy,)))
        return tuple(map(CheckpointFile, files))


def open_log(place: LogPlace, origin: str, moment: datetime) -> Log:
    """Return the log at a place, to write; where there is none, it begins.

    Raises:
        TaxatieError: When it cannot be written, or there is no key that signs for it.
    """
    try:
        place.folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        signer = _signer(place.key_file, is_new=not (place.folder / LOG_NAME).exists())
    except OSError as error:
        raise LedgerUnavailableError(f"the log in `{place.folder}` cannot be opened: {error.strerror}") from error
    files = place.checkpoint_files
    log = Log(origin, SqliteStore(place.folder), signer, files[0], files[1] if len(files) > 1 else None)
    log.begin(moment)
    return log


def reopen_log(place: LogPlace, moment: datetime) -> Log:
    """Return the log that is at a place, to write more into it.

    Raises:
        TaxatieError: When there is none, or it cannot be written.
    """
    reading = read_store(place)
    try:
        first = reading.find_request(GENESIS_REQUEST)
    finally:
        reading.close()
    if first is None:
        raise TaxatieError(f"the log in `{place.folder}` was never begun", hint="serve once: that begins it")
    return open_log(place, str(read_entry(first.leaf).says["origin"]), moment)


def read_store(place: LogPlace) -> Store:
    """Return the lines of the log at a place, to read only.

    Raises:
        TaxatieError: When there is no log.
    """
    if not (place.folder / LOG_NAME).is_file():
        raise TaxatieError(f"there is no log in `{place.folder}`", hint="name its folder with --ledger-folder")
    return SqliteStore(place.folder, is_read_only=True)


def _signer(file: Path, *, is_new: bool) -> bytes:
    """Return the private key that signs; a log that begins gets one, which only its owner can read."""
    if is_new and not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as target:
            target.write(new_private_key())
    if not file.is_file():
        raise TaxatieError(f"the key that signs for the log is gone: `{file}`", hint="put it back, or name it")
    private = file.read_bytes()
    try:
        public_key_of(private)
    except ValueError as error:
        raise TaxatieError(f"`{file}` holds no Ed25519 key", hint="name another with --ledger-key") from error
    return private
