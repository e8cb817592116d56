"""Setting aside what lies in a log and was never signed: it goes into a file, and a line says so.

Nobody was answered from such lines, and no proof names them, so nothing that was promised goes with them. Somebody
added them who has no key; or a program from before the head was stopped between its lines and their checkpoint.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint
from taxatie.ledger.checkpoint_file import CheckpointFile, keep_name
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.head import own_head
from taxatie.ledger.log import Log, fresh_id, utc_text
from taxatie.ledger.merkle import EMPTY_ROOT, GrowingTree, leaf_hash
from taxatie.ledger.store import LedgerUnavailableError, Store, Stored, Written
from taxatie.limits import LOG_ERASED_AT_ONCE_MAX
from taxatie.signing import public_key_of

_PRIVATE: Final = 0o600
_LOWEST: Final = -(2**63)
"""The least number of a place that a database can hold; no line of ours is before 0."""
Watch = Callable[[Iterable[Stored]], Iterable[Stored]]


@dataclass(slots=True)
class Unsigned:
    """What of a log is signed, and the lines that lie there beside."""

    signed: GrowingTree
    places: list[int] = field(default_factory=list)


def last_signature(log: Log, files: Sequence[CheckpointFile]) -> SignedCheckpoint | None:
    """Return the log's own signature over most lines: its head, or the last checkpoint of a file.

    Raises:
        LedgerUnavailableError: When one of them cannot be read.
    """
    public = public_key_of(log.signer)
    try:
        lasts = [each for each in (file.last() for file in files) if each is not None]
    except (OSError, BrokenCheckpointError) as error:
        raise LedgerUnavailableError(f"a checkpoint cannot be read: {error}") from error
    own = [each for each in lasts if each.checkpoint.origin == log.origin and each.is_signed_last_by(public)]
    head = own_head(log.store.stood(), log.origin, public)
    return max(own if head is None else [head, *own], key=lambda each: each.checkpoint.size, default=None)


def keep_signature(log: Log, signed: SignedCheckpoint) -> None:
    """Put a signature that stood elsewhere beside the log, where it is looked for when the log is opened.

    Raises:
        LedgerUnavailableError: When it cannot be written.
    """
    try:
        last = log.checkpoints.last()
        if last is None or last.checkpoint.size < signed.checkpoint.size:
            log.checkpoints.append(signed)
    except (OSError, BrokenCheckpointError) as error:
        raise LedgerUnavailableError(f"the checkpoint cannot be written: {error}") from error


def find_unsigned(store: Store, signed: SignedCheckpoint | None, watch: Watch = iter) -> Unsigned:
    """Return the lines that a log's last signature does not cover, once it is certain that it covers the others.

    Raises:
        LedgerUnavailableError: When it does not.
    """
    size, root = (0, EMPTY_ROOT) if signed is None else (signed.checkpoint.size, signed.checkpoint.root)
    found = Unsigned(GrowingTree())
    for stored in watch(store.lines(_LOWEST)):
        if stored.place == found.signed.size < size:
            found.signed.append(leaf_hash(stored.leaf))
        else:
            found.places.append(stored.place)
    if (found.signed.size, found.signed.root) != (size, root):
        raise LedgerUnavailableError(
            f"the log is not what its last signature binds ({size} lines): it was cut off, rolled back or rewritten",
            hint="put it back; never go on with it",
        )
    return found


def set_aside(log: Log, found: Unsigned, file: Path, by: tuple[str, str], moment: datetime) -> Written:
    """Write the lines that were found to a file, take them out of the log, and put that on record.

    The file is whole before anything goes. Where this is stopped half-way, it is done again, into another file.

    Args:
        log: The log, whose key signs.
        found: What of it is signed, and what is not.
        file: Is made, and gets a line of JSON for each, with its payload and key: a copy that no erasure reaches.
        by: The roles of the two people who have it done.
        moment: Now.

    Raises:
        TaxatieError: When it could not be done.
    """
    digest = _write(file, _lines(log.store, found.places))
    for first in range(0, len(found.places), LOG_ERASED_AT_ONCE_MAX):
        log.store.erase(found.places[first : first + LOG_ERASED_AT_ONCE_MAX])
    says = {"lines": len(found.places), "digest": digest, "by": by[0], "second": by[1]}
    draft = Draft(fresh_id(moment), EntryKind.SET_ASIDE, utc_text(moment), says=says)
    (written,) = log.append_signed([draft], (log.signer,), after=found.signed)
    return written


def _write(file: Path, lines: Iterable[Stored]) -> str:
    """Write lines to a new file that only its owner can read, durably; return its digest."""
    digest = hashlib.sha256()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as target:
            for stored in lines:
                data = canonical_bytes(_plain(stored)) + b"\n"
                digest.update(data)
                target.write(data)
            target.flush()
            os.fsync(target.fileno())
        keep_name(file.parent)
    except OSError as error:
        raise TaxatieError(
            f"`{file}` cannot be written: {error.strerror}", hint="name a file that is not there"
        ) from error
    return digest.hexdigest()


def _lines(store: Store, places: Sequence[int]) -> Iterator[Stored]:
    wanted = iter(places)
    following = next(wanted, None)
    for stored in store.lines(places[0]):
        if stored.place == following:
            yield stored
            following = next(wanted, None)
        if following is None:
            return


def _plain(stored: Stored) -> dict[str, object]:
    """Return all that is stored of a line; what is bytes, in base64."""
    values = {name: getattr(stored, name) for name in Stored.__slots__}
    return {
        name: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value
        for name, value in values.items()
    }
