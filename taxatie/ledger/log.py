"""The log: lines appended durably, each batch bound by a signed checkpoint, before anybody is answered."""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from taxatie.ledger.checkpoint import Checkpoint, sign_checkpoint
from taxatie.ledger.checkpoint_file import CheckpointFile, append_note
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import RANDOM_BYTES, EntryId, entry_id
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.sealing import seal
from taxatie.ledger.store import LedgerUnavailableError, Prepared, Store, Written
from taxatie.signing import public_key_of, sign

TAG_SECRET: Final = "tag_secret"  # noqa: S105  # the name under which it is kept
SIGNER: Final = "signer"
GENESIS_REQUEST: Final = "genesis"
"""Stands for a request, so that of two that begin a log one only does."""

_SECRET_BYTES: Final = 32


@dataclass(slots=True)
class Log:
    """A log that can be written: its store, the key that signs for it, and where its checkpoints go."""

    origin: str
    store: Store
    signer: bytes
    """The private key, PEM."""
    checkpoints: CheckpointFile
    copy: CheckpointFile | None = None
    """A second location: what is lost or rolled back here still stands there."""
    copies_failed: int = field(default=0, init=False)
    """Checkpoints that could not be written at the second location; the next one covers them."""
    _secret: bytes = field(default=b"", init=False)

    def begin(self, moment: datetime) -> None:
        """Begin the log where there is none, or go on with the one that is there.

        Raises:
            LedgerUnavailableError: When it cannot be written, or another key signs for it.
        """
        self._secret = self.store.keep_setting(TAG_SECRET, os.urandom(_SECRET_BYTES))
        public = public_key_of(self.signer)
        says = {"origin": self.origin, "key": public}
        self.append([Draft(fresh_id(moment), EntryKind.GENESIS, utc_text(moment), request=GENESIS_REQUEST, says=says)])
        signer = self.store.keep_setting(SIGNER, public.encode("ascii")).decode("ascii")
        if signer != public:
            raise LedgerUnavailableError(
                "another key signs for this log", hint="give the key that signed last, or rotate: `taxatie log keys`"
            )

    def case_tag(self, reference: str) -> bytes:
        """Return the keyed digest by which all that concerns a case is found."""
        return tag_of(self._secret, reference)

    def append(self, drafts: Sequence[Draft]) -> tuple[Written, ...]:
        """Write lines; when this returns, they are durable and bound by a checkpoint.

        Raises:
            LedgerUnavailableError: When they are not, for certain; some may be there all the same.
        """
        return self.append_signed(drafts, (self.signer,))

    def append_signed(self, drafts: Sequence[Draft], keys: Sequence[bytes]) -> tuple[Written, ...]:
        """Write lines whose checkpoint is signed by several keys: by the old and the new one, where it changes."""
        prepared = [self._prepared(draft) for draft in drafts]
        try:
            with self.checkpoints.turn() as descriptor:
                batch = self.store.append(prepared)
                if any(each.is_new for each in batch.written):
                    self._bind(descriptor, batch.tree, keys)
        except OSError as error:
            raise LedgerUnavailableError(f"the checkpoint cannot be written: {error.strerror or error}") from error
        return batch.written

    def rotate(self, new_signer: bytes, moment: datetime) -> Written:
        """Let another key sign from here on; the old one says so."""
        old, new = public_key_of(self.signer), public_key_of(new_signer)
        says = {"from": old, "to": new, "signature": sign(self.signer, rotation_message(self.origin, new))}
        draft = Draft(fresh_id(moment), EntryKind.ROTATION, utc_text(moment), says=says)
        (written,) = self.append_signed([draft], (self.signer, new_signer))
        self.store.replace_setting(SIGNER, new.encode("ascii"))
        self.signer = new_signer
        return written

    def _bind(self, descriptor: int, tree: GrowingTree, keys: Sequence[bytes]) -> None:
        """Sign the log as it stands now, here and at the second location."""
        signed = sign_checkpoint(Checkpoint(self.origin, tree.size, tree.root), keys)
        append_note(descriptor, signed)
        if self.copy is not None:
            try:
                self.copy.append(signed)
            except OSError:
                # The service goes on: here the checkpoint stands. Whoever watches the count sees it.
                self.copies_failed += 1

    def _prepared(self, draft: Draft) -> Prepared:
        tag = None if draft.case_reference is None else self.case_tag(draft.case_reference)
        return Prepared(draft, None if draft.payload is None else seal(draft.payload), tag)


def tag_of(secret: bytes, reference: str) -> bytes:
    """Return the keyed digest of a case's reference."""
    return hmac.digest(secret, reference.encode("utf-8"), "sha256")


def rotation_message(origin: str, new: str) -> bytes:
    """Return what the old key signs when another follows it."""
    return f"taxatie log rotation 1\n{origin}\n{new}\n".encode()


def fresh_id(moment: datetime) -> EntryId:
    """Return a new id for a moment."""
    return entry_id(moment, os.urandom(RANDOM_BYTES))


def utc_text(moment: datetime) -> str:
    """Return a moment as the log writes it: RFC 3339 in UTC, to the second."""
    assert moment.utcoffset() is not None, moment
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
