"""Where a log lies, and opening it: to write, or only to read."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.checkpoint_file import CheckpointFile, keep_name
from taxatie.ledger.entry import read_entry
from taxatie.ledger.log import GENESIS_REQUEST, TAG_SECRET, Log
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
    database: str | None = None
    """The address of the PostgreSQL that holds the lines; without one they lie in the folder, too."""

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
        log = _log(place, origin)
        try:
            log.begin(moment)
        except BaseException:
            log.store.close()
            raise
    except OSError as error:
        raise LedgerUnavailableError(f"the log in `{place.folder}` cannot be opened: {error.strerror}") from error
    return log


def reopen_log(place: LogPlace, moment: datetime) -> Log:
    """Return the log that is at a place, to write more into it.

    Raises:
        TaxatieError: When there is none, or it cannot be written.
    """
    return open_log(place, _origin(place), moment)


def find_log(place: LogPlace) -> Log:
    """Return the log that is at a place, with which nobody goes on yet: not all that lies in it may be signed.

    Raises:
        TaxatieError: When there is none, or there is no key that signs for it.
    """
    return _log(place, _origin(place))


def _log(place: LogPlace, origin: str) -> Log:
    store = _store(place)
    try:
        signer = _signer(place.key_file, is_new=not _is_begun(place, store))
    except BaseException:
        store.close()
        raise
    files = place.checkpoint_files
    return Log(origin, store, signer, files[0], files[1] if len(files) > 1 else None)


def _origin(place: LogPlace) -> str:
    """Return the name with which a log was begun."""
    reading = read_store(place)
    try:
        first = reading.find_request(GENESIS_REQUEST)
    finally:
        reading.close()
    if first is None:
        raise TaxatieError(f"the log of `{place.folder}` was never begun", hint="serve once: that begins it")
    return str(read_entry(first.leaf).says["origin"])


def read_store(place: LogPlace) -> Store:
    """Return the lines of the log at a place, to read only.

    Raises:
        TaxatieError: When there is no log.
    """
    if place.database is None and not (place.folder / LOG_NAME).is_file():
        raise TaxatieError(f"there is no log in `{place.folder}`", hint="name its folder with --ledger-folder")
    store = _store(place, is_read_only=True)
    if place.database is not None:
        store.setting(TAG_SECRET)  # whoever opens a database that holds no log hears of it at once
    return store


def _store(place: LogPlace, *, is_read_only: bool = False) -> Store:
    if place.database is None:
        return SqliteStore(place.folder, is_read_only)
    try:
        from taxatie.ledger.postgresql_store import PostgresqlStore  # noqa: PLC0415  # few have it, so few load it
    except ImportError as error:
        message = "PostgreSQL needs a package that is not installed"
        raise TaxatieError(message, hint="install `taxatie[postgresql]`") from error
    return PostgresqlStore(place.database, is_read_only)


def _is_begun(place: LogPlace, store: Store) -> bool:
    """Return whether there is a log already, which another key than a fresh one signs for."""
    if place.database is None:
        return (place.folder / LOG_NAME).exists()
    return store.find_request(GENESIS_REQUEST) is not None


def _signer(file: Path, *, is_new: bool) -> bytes:
    """Return the private key that signs; a log that begins gets one, which only its owner can read."""
    if is_new and not file.exists():
        _make_key(file)
    if not file.is_file():
        raise TaxatieError(
            f"the key that signs for the log is gone: `{file}`",
            hint="put it back, or name it with --ledger-key; replicas share one",
        )
    private = file.read_bytes()
    try:
        public_key_of(private)
    except ValueError as error:
        raise TaxatieError(f"`{file}` holds no Ed25519 key", hint="name another with --ledger-key") from error
    return private


def _make_key(file: Path) -> None:
    """Put a new key into a file that is there whole or not at all; of two that begin a log at once, one does."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as target:
        target.write(new_private_key())
        target.flush()
        os.fsync(target.fileno())
    with suppress(FileExistsError):
        file.hardlink_to(draft)
    draft.unlink()
    keep_name(file.parent)
