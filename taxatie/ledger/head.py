"""The head of a log: its last checkpoint, written in one transaction with the lines that it covers.

Lines and signature are there together or not at all, so no crash leaves a line that the head does not cover. Where one
lies behind it, somebody put it there who has no key, and nothing is signed on top of it: see `setting_aside.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from taxatie.ledger.checkpoint import (
    BrokenCheckpointError,
    Checkpoint,
    SignedCheckpoint,
    read_checkpoint,
    sign_checkpoint,
)
from taxatie.ledger.merkle import EMPTY_ROOT, GrowingTree
from taxatie.ledger.store import LedgerUnavailableError, Stood

_LOOK: Final = "look with `taxatie log verify`, then set them aside: `taxatie log set-aside`"
_PUT_BACK: Final = "put it back; never go on with it"


@dataclass(slots=True)
class SigningTurn:
    """The turn of one who holds the key: looks that all that lies there is signed, and signs what follows."""

    origin: str
    public: str
    """The key that must have signed last."""
    keys: Sequence[bytes]
    """The private keys that sign what is written now."""
    last: SignedCheckpoint | None
    """The last checkpoint of the file beside the log, which covers a log from before there was a head."""
    bound: int = 0
    """Lines that there must be, as far as the log knows."""
    known: str = ""
    """A head that this key is known to have signed; it is not verified again."""
    after: GrowingTree | None = None
    """What is signed of the log, where lines behind it are being set aside."""
    _covering: SignedCheckpoint | None = field(default=None, init=False)

    def check(self, stood: Stood) -> None:
        """Refuse to write behind what is not the log that was signed."""
        refuse_rollback(stood.tree if self.after is None else self.after, self.last, self.bound)
        if self.after is None:
            self._covering = signature_over(stood, self)
        else:
            refuse_rollback(self.after, own_head(stood, self.origin, self.public))

    def sign(self, tree: GrowingTree) -> bytes:
        """Return the head of the log as it stands now."""
        covering = self._covering
        if covering is None or covering.checkpoint.size != tree.size:
            covering = sign_checkpoint(Checkpoint(self.origin, tree.size, tree.root), self.keys)
        return covering.note.encode("utf-8")

    def is_signed(self, signed: SignedCheckpoint) -> bool:
        """Return whether the key signed a checkpoint last: where it changes, the old one signs first."""
        return signed.note == self.known or signed.is_signed_last_by(self.public)


def read_head(head: bytes | None) -> SignedCheckpoint | None:
    """Return the checkpoint that is the head; None in a log from before there was one.

    Raises:
        BrokenCheckpointError: When it is none.
    """
    if head is None:
        return None
    try:
        return read_checkpoint(head.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenCheckpointError("it is no text") from error


def own_head(stood: Stood, origin: str, public: str) -> SignedCheckpoint | None:
    """Return the head where the log's own key signed it; None where it is missing, or anything else."""
    try:
        head = read_head(stood.head)
    except BrokenCheckpointError:
        return None
    is_own = head is not None and head.checkpoint.origin == origin and head.is_signed_last_by(public)
    return head if is_own else None


def refuse_rollback(tree: GrowingTree, last: SignedCheckpoint | None, bound: int = 0) -> None:
    """Refuse to go on with what is not the log that a checkpoint bound.

    Raises:
        LedgerUnavailableError: When it is not.
    """
    size, root = (0, EMPTY_ROOT) if last is None else (last.checkpoint.size, last.checkpoint.root)
    bound = max(bound, size)
    if tree.size < bound or (tree.size == size and tree.root != root):
        message = f"the log has {tree.size} lines, and not those that its checkpoints bind ({bound})"
        raise LedgerUnavailableError(f"{message}: it was cut off, rolled back or rewritten", hint=_PUT_BACK)


def signature_over(stood: Stood, turn: SigningTurn) -> SignedCheckpoint | None:
    """Return the log's signature over exactly what lies in it; None where nothing does.

    That of the head, or the last one beside the log: so a log goes on that was begun before there was a head, or into
    which an older program has written since.

    Raises:
        LedgerUnavailableError: When no signature covers it, or another's does.
    """
    try:
        head = read_head(stood.head)
    except BrokenCheckpointError as error:
        raise LedgerUnavailableError(f"the head of the log cannot be read: {error}", hint=_PUT_BACK) from error
    refuse_rollback(stood.tree, head)
    if (stood.first, stood.end, stood.tree.size) == (0, 0, 0):
        return None
    known = [each for each in (head, turn.last) if each is not None]
    covering = [each for each in known if _covers(each, stood)]
    for each in covering:
        if each.checkpoint.origin != turn.origin:
            raise LedgerUnavailableError(
                f"this is the log of `{each.checkpoint.origin}`, not of `{turn.origin}`",
                hint="give the origin with which it was begun, or another folder",
            )
        if turn.is_signed(each):
            return each
    if covering:
        raise another_key()
    raise _unsigned(stood, max((each.checkpoint.size for each in known if turn.is_signed(each)), default=0))


def another_key() -> LedgerUnavailableError:
    """Return that somebody else signs for this log."""
    return LedgerUnavailableError(
        "another key signs for this log", hint="give the key that signed last, or rotate: `taxatie log keys`"
    )


def _covers(signed: SignedCheckpoint, stood: Stood) -> bool:
    """Return whether a checkpoint is of all that lies in the log, and of nothing else."""
    is_at_end = stood.first == 0 and stood.end == stood.tree.size == signed.checkpoint.size
    return is_at_end and signed.checkpoint.root == stood.tree.root


def _unsigned(stood: Stood, size: int) -> LedgerUnavailableError:
    if stood.first == 0 and stood.end <= size:
        message = f"the log remembers {stood.tree.size} lines, and {stood.end} lie in it"
        return LedgerUnavailableError(f"{message}: it was cut off or rewritten", hint=_PUT_BACK)
    first = size if stood.first == 0 else stood.first
    return LedgerUnavailableError(
        f"lines {first} to {stood.end - 1} lie in the log, and the key did not sign them: somebody added them",
        hint=_LOOK,
    )
