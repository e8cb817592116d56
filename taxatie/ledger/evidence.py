"""Evidence that leaves the log: that a line is in it, or that it only grew, for who has nothing but the public key.

`docs/verify-evidence.md` tells how it is verified offline, without this program.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint
from taxatie.ledger.dsse import write_envelope
from taxatie.ledger.entry import Entry, EntryKind, read_entry
from taxatie.ledger.log import Log
from taxatie.ledger.merkle import GrowingTree, leaf_hash
from taxatie.ledger.proving import Span, SpanRoots, consistency_spans, inclusion_spans
from taxatie.ledger.sealing import BrokenSealError, Sealed, open_with_salt
from taxatie.ledger.store import LedgerUnavailableError, Stored
from taxatie.signing import public_key_of

LINE_KIND: Final = "application/vnd.taxatie.evidence.line+json"
GROWTH_KIND: Final = "application/vnd.taxatie.evidence.growth+json"
LINE_FORMAT: Final = "taxatie-evidence-line/1"
GROWTH_FORMAT: Final = "taxatie-evidence-growth/1"

HERE: Final = "here"
ERASED: Final = "erased"
LEFT_OUT: Final = "left-out"
NONE: Final = "none"
"""A line that never had a payload."""

Watch = Callable[[Iterable[Stored]], Iterable[Stored]]
_ROTATES: Final = b'"kind":"rotation"'
_VERIFY: Final = "run `taxatie log verify`"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What reading the lines that a checkpoint binds gave."""

    signed: SignedCheckpoint
    roots: tuple[bytes, ...]
    rotations: tuple[dict[str, object], ...]
    earlier_root: bytes


def prove_line(log: Log, stored: Stored, *, has_payload: bool, watch: Watch = iter) -> bytes:
    """Return the envelope that proves a line, under the last checkpoint.

    Args:
        log: The log, whose key signs.
        stored: The line.
        has_payload: Whether what it says of a case goes along, with the salt that proves it.
        watch: Is given the lines and passes them on, to show progress.

    Raises:
        LedgerUnavailableError: When the log is not what its checkpoint binds.
    """
    signed = _last_checkpoint(log)
    reading = _read(log, signed, inclusion_spans(stored.place, signed.checkpoint.size), watch=watch)
    salt, payload, payload_is = _payload(stored, read_entry(stored.leaf), has_payload=has_payload)
    statement = {
        "format": LINE_FORMAT,
        "key": public_key_of(log.signer),
        "checkpoint": signed.note,
        "rotations": list(reading.rotations),
        "place": stored.place,
        "leaf": stored.leaf.decode("utf-8"),
        "inclusion": [digest.hex() for digest in reading.roots],
        "payload_is": payload_is,
        "salt": salt,
        "payload": payload,
    }
    return write_envelope(LINE_KIND, canonical_bytes(statement), log.signer)


def prove_growth(log: Log, earlier: int, *, watch: Watch = iter) -> bytes:
    """Return the envelope that proves that the log grew from its first *earlier* lines, under the last checkpoint.

    Raises:
        TaxatieError: When the log never had that size.
        LedgerUnavailableError: When the log is not what its checkpoint binds.
    """
    signed = _last_checkpoint(log)
    size = signed.checkpoint.size
    if not 0 < earlier <= size:
        raise TaxatieError(f"the log has {size} lines, and never had {earlier}", hint=f"name a size from 1 to {size}")
    reading = _read(log, signed, consistency_spans(earlier, size), earlier=earlier, watch=watch)
    statement = {
        "format": GROWTH_FORMAT,
        "key": public_key_of(log.signer),
        "checkpoint": signed.note,
        "rotations": list(reading.rotations),
        "earlier_size": earlier,
        "earlier_root": reading.earlier_root.hex(),
        "consistency": [digest.hex() for digest in reading.roots],
    }
    return write_envelope(GROWTH_KIND, canonical_bytes(statement), log.signer)


def _last_checkpoint(log: Log) -> SignedCheckpoint:
    try:
        signed = log.checkpoints.last()
    except (OSError, BrokenCheckpointError) as error:
        raise LedgerUnavailableError(f"the last checkpoint cannot be read: {error}", hint=_VERIFY) from error
    if signed is None or not signed.is_signed_by(public_key_of(log.signer)):
        raise LedgerUnavailableError("the last checkpoint is not signed by the log's key", hint=_VERIFY)
    return signed


def _read(
    log: Log, signed: SignedCheckpoint, spans: Sequence[Span], *, earlier: int = 0, watch: Watch = iter
) -> _Reading:
    """Read all lines that the checkpoint binds, once."""
    tree, roots, earlier_root = GrowingTree(), SpanRoots(spans), GrowingTree().root
    rotations = []
    for stored in watch(islice(log.store.lines(), signed.checkpoint.size)):
        digest = leaf_hash(stored.leaf)
        tree.append(digest)
        roots.append(digest)
        if tree.size == earlier:
            earlier_root = tree.root
        if _ROTATES in stored.leaf:
            rotations += _rotation(stored.leaf)
    if (tree.size, tree.root) != (signed.checkpoint.size, signed.checkpoint.root):
        raise LedgerUnavailableError("the log is not what its checkpoint binds", hint=_VERIFY)
    return _Reading(signed, roots.roots, tuple(rotations), earlier_root)


def _rotation(leaf: bytes) -> list[dict[str, object]]:
    """Return what a line says of another key; nothing where it only looks like a rotation."""
    entry = read_entry(leaf)
    return [dict(entry.says)] if entry.kind is EntryKind.ROTATION else []


def _payload(stored: Stored, entry: Entry, *, has_payload: bool) -> tuple[str | None, str | None, str]:
    """Return salt and payload as texts, or why they are not there."""
    if entry.commitment is None:
        return None, None, NONE
    if stored.key is None or stored.data is None:
        return None, None, ERASED
    if not has_payload:
        return None, None, LEFT_OUT
    try:
        salt, payload = open_with_salt(Sealed(stored.key, stored.data, entry.commitment))
    except BrokenSealError as error:
        raise LedgerUnavailableError(f"line {stored.place} is not what was written: {error}", hint=_VERIFY) from error
    return salt.hex(), payload.decode("utf-8"), HERE
