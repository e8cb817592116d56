"""The log: lines appended durably, each batch bound by a signed checkpoint, before anybody is answered."""

import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from taxatie.ledger.checkpoint import BrokenCheckpointError, Checkpoint, SignedCheckpoint, sign_checkpoint
from taxatie.ledger.checkpoint_file import CheckpointFile, append_note, last_checkpoint
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.identity import RANDOM_BYTES, EntryId, entry_id
from taxatie.ledger.merkle import EMPTY_ROOT, GrowingTree
from taxatie.ledger.sealing import seal
from taxatie.ledger.store import LedgerUnavailableError, Prepared, Store, Written
from taxatie.signing import public_key_of, sign

TAG_SECRET: Final = "tag_secret"  # noqa: S105  # the name under which it is kept
SIGNER: Final = "signer"
ROTATION: Final = "rotation"
"""Names the line by which another key takes over, before that line is written: the line itself decides."""
GENESIS_REQUEST: Final = "genesis"
"""Stands for a request, so that of two that begin a log one only does."""

_SECRET_BYTES: Final = 32
_VERIFY: Final = "run `taxatie log verify`"


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
    on_copy_failure: Callable[[str], object] | None = None
    """Is told why the second location could not be written, or read."""
    copies_failed: int = field(default=0, init=False)
    """Checkpoints that could not be written at the second location; the next one covers them."""
    bound: int = field(default=0, init=False)
    """Lines that a checkpoint binds, as far as this log knows."""
    _secret: bytes = field(default=b"", init=False)

    def begin(self, moment: datetime) -> None:
        """Begin the log where there is none, or go on with the one that is there.

        Raises:
            LedgerUnavailableError: When it cannot be written, another key signs for it, or it is not the log that
                its checkpoints bind.
        """
        self._secret = self.store.keep_setting(TAG_SECRET, os.urandom(_SECRET_BYTES))
        public = public_key_of(self.signer)
        self.store.keep_setting(SIGNER, public.encode("ascii"))
        self._refuse_rollback(self._last_elsewhere())
        says = {"origin": self.origin, "key": public}
        draft = Draft(fresh_id(moment), EntryKind.GENESIS, utc_text(moment), request=GENESIS_REQUEST, says=says)
        (first,) = self.append([draft])
        if first.entry.says.get("origin") != self.origin:
            raise LedgerUnavailableError(
                f"this is the log of `{first.entry.says.get('origin')}`, not of `{self.origin}`",
                hint="give the origin with which it was begun, or another folder",
            )
        if self.store.setting(SIGNER) != public.encode("ascii"):
            self.store.replace_setting(SIGNER, public.encode("ascii"))  # a rotation was stopped half-way

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
                rotation = self._check(descriptor)
                batch = self.store.append(prepared)
                if self.store.setting(ROTATION) != rotation:
                    self._check_signer()  # another replica let another key take over, maybe before these lines
                # Also where nothing is new: a retry may find lines whose checkpoint could not be written.
                if batch.tree.size > self.bound:
                    self._bind(descriptor, batch.tree, keys)
        except OSError as error:
            raise LedgerUnavailableError(f"the checkpoint cannot be written: {error.strerror or error}") from error
        except BrokenCheckpointError as error:
            message = f"the checkpoints in `{self.checkpoints.path}` cannot be read: {error}"
            raise LedgerUnavailableError(message, hint=_VERIFY) from error
        return batch.written

    def rotate(self, new_signer: bytes, moment: datetime) -> Written:
        """Let another key sign from here on; the old one says so."""
        old, new = public_key_of(self.signer), public_key_of(new_signer)
        says = {"from": old, "to": new, "signature": sign(self.signer, rotation_message(self.origin, new))}
        draft = Draft(fresh_id(moment), EntryKind.ROTATION, utc_text(moment), says=says)
        self.store.replace_setting(ROTATION, f"{draft.id} {new}".encode("ascii"))
        (written,) = self.append_signed([draft], (self.signer, new_signer))
        self.store.replace_setting(SIGNER, new.encode("ascii"))
        self.signer = new_signer
        return written

    def _check(self, descriptor: int) -> bytes | None:
        """Refuse to sign what is not the log that was signed before, or for which another key signs now.

        Returns the rotation that is known by now. Two roots of one size under the log's own signature would be
        worth nothing to anybody.
        """
        last = last_checkpoint(descriptor)
        self._refuse_rollback(last)
        self.bound = 0 if last is None else last.checkpoint.size
        rotation = self.store.setting(ROTATION)
        self._check_signer()
        return rotation

    def _check_signer(self) -> None:
        if signer_of(self.store) not in {None, public_key_of(self.signer)}:
            raise LedgerUnavailableError(
                "another key signs for this log", hint="give the key that signed last, or rotate: `taxatie log keys`"
            )

    def _refuse_rollback(self, last: SignedCheckpoint | None) -> None:
        tree = self.store.tree()
        size, root = (0, EMPTY_ROOT) if last is None else (last.checkpoint.size, last.checkpoint.root)
        bound = max(self.bound, size)
        if tree.size < bound or (tree.size == size and tree.root != root):
            message = f"the log has {tree.size} lines, and not those that its checkpoints bind ({bound})"
            raise LedgerUnavailableError(
                f"{message}: it was cut off, rolled back or rewritten", hint="put it back; never go on with it"
            )

    def _last_elsewhere(self) -> SignedCheckpoint | None:
        """Return the last checkpoint at the second location; None where it cannot be read now."""
        try:
            return None if self.copy is None else self.copy.last()
        except (OSError, BrokenCheckpointError) as error:
            self._copy_failed(error)
            return None

    def _bind(self, descriptor: int, tree: GrowingTree, keys: Sequence[bytes]) -> None:
        """Sign the log as it stands now, here and at the second location."""
        signed = sign_checkpoint(Checkpoint(self.origin, tree.size, tree.root), keys)
        append_note(descriptor, signed)
        self.bound = tree.size
        if self.copy is not None:
            try:
                self.copy.append(signed)
            except (OSError, BrokenCheckpointError) as error:
                self._copy_failed(error)

    def _copy_failed(self, error: Exception) -> None:
        """Count it and tell it; the service goes on, since here the checkpoint stands."""
        self.copies_failed += 1
        if self.on_copy_failure is not None:
            self.on_copy_failure(str(error))

    def _prepared(self, draft: Draft) -> Prepared:
        tag = None if draft.case_reference is None else self.case_tag(draft.case_reference)
        return Prepared(draft, None if draft.payload is None else seal(draft.payload), tag)


def signer_of(store: Store) -> str | None:
    """Return the public key that signs for a log now, as the log remembers it."""
    name, _, following = (store.setting(ROTATION) or b"").decode("ascii", "replace").partition(" ")
    if name and store.find(EntryId(name)) is not None:
        return following
    signer = store.setting(SIGNER)
    return None if signer is None else signer.decode("ascii", "replace")


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
