"""The log: lines appended durably, each batch bound by a signed checkpoint, before anybody is answered."""

import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint
from taxatie.ledger.checkpoint_file import CheckpointFile, append_note, last_checkpoint
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.head import SigningTurn, another_key, read_head, refuse_rollback
from taxatie.ledger.identity import RANDOM_BYTES, EntryId, entry_id
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.sealing import seal
from taxatie.ledger.store import LedgerUnavailableError, Prepared, Stood, Store, Written
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
    _known: str = field(default="", init=False)
    """The head as this log wrote or found it last."""

    def begin(self, moment: datetime) -> None:
        """Begin the log where there is none, or go on with the one that is there.

        Raises:
            LedgerUnavailableError: When it cannot be written, another key signs for it, or it is not the log that
                its checkpoints bind.
        """
        self._secret = self.store.keep_setting(TAG_SECRET, os.urandom(_SECRET_BYTES))
        public = public_key_of(self.signer)
        self.store.keep_setting(SIGNER, public.encode("ascii"))
        # The copy first: other processes write meanwhile, and a log that is read after its checkpoint only holds more.
        elsewhere = self._last_elsewhere()
        refuse_rollback(self.store.tree(), elsewhere, self.bound)
        if signer_of(self.store) != public:
            raise another_key()
        says = {"origin": self.origin, "key": public}
        draft = Draft(fresh_id(moment), EntryKind.GENESIS, utc_text(moment), request=GENESIS_REQUEST, says=says)
        self.append([draft])
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

    def append_signed(
        self, drafts: Sequence[Draft], keys: Sequence[bytes], *, after: GrowingTree | None = None
    ) -> tuple[Written, ...]:
        """Write lines whose checkpoint is signed by several keys: by the old and the new one, where it changes.

        Args:
            drafts: What is to be written.
            keys: The private keys, the one that signs from here on as the last.
            after: What is signed of the log, where lines behind it are to go.
        """
        prepared = [self._prepared(draft) for draft in drafts]
        try:
            with self.checkpoints.turn() as descriptor:
                last = last_checkpoint(descriptor)
                batch = self.store.append(prepared, self._turn(last, keys, after), after=after)
                self._known = batch.head.decode("utf-8")
                self.bound = 0 if last is None else last.checkpoint.size
                # Also where nothing is new: a retry may find lines whose checkpoint could not be written.
                if batch.tree.size > self.bound:
                    self._bind(descriptor, batch.head)
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

    def refuse_unsigned(self, stood: Stood) -> None:
        """Refuse what stood in the log at one moment, unless all of it is signed.

        Raises:
            LedgerUnavailableError: When a line of it is not.
        """
        SigningTurn(self.origin, public_key_of(self.signer), (), None, known=self._known).check(stood)

    def _turn(self, last: SignedCheckpoint | None, keys: Sequence[bytes], after: GrowingTree | None) -> SigningTurn:
        """Return what refuses to sign what is not the log that was signed before.

        Two roots of one size under the log's own signature would be worth nothing to anybody.
        """
        return SigningTurn(self.origin, public_key_of(self.signer), keys, last, self.bound, self._known, after)

    def _last_elsewhere(self) -> SignedCheckpoint | None:
        """Return the last checkpoint at the second location; None where it cannot be read now."""
        try:
            return None if self.copy is None else self.copy.last()
        except (OSError, BrokenCheckpointError) as error:
            self._copy_failed(error)
            return None

    def _bind(self, descriptor: int, head: bytes) -> None:
        """Write the head beside the log, and at the second location."""
        signed = read_head(head)
        assert signed is not None, "it was written"
        append_note(descriptor, signed)
        self.bound = signed.checkpoint.size
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
