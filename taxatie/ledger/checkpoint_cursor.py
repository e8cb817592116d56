"""Following a file of checkpoints beside the log that it binds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint
from taxatie.ledger.head import read_head

HEAD_NAME: Final = "head of the log"


class Notes(Protocol):
    """Where checkpoints stand, one after another."""

    @property
    def name(self) -> str:
        """What it is called where something is wrong with it."""

    def read(self) -> Iterator[SignedCheckpoint]:
        """Return every checkpoint in its order."""


@dataclass(frozen=True, slots=True)
class HeadNote:
    """The head of a log as the one checkpoint that it is."""

    head: bytes | None
    name: str = HEAD_NAME

    def read(self) -> Iterator[SignedCheckpoint]:
        """Return the head, where there is one.

        Raises:
            BrokenCheckpointError: When it is none.
        """
        signed = read_head(self.head)
        if signed is not None:
            yield signed


class CheckpointCursor:
    """Stands at the next checkpoint of a file, while the log is read from its first line to its last."""

    def __init__(self, file: Notes) -> None:
        """Begin at the first checkpoint."""
        self.name = file.name
        self.bound = 0
        """Lines that a genuine checkpoint binds."""
        self._file = file
        self._notes = file.read()
        self._number = 0
        self._faults: list[str] = []
        self._differing = 0
        self._next = self._following()

    def _following(self) -> SignedCheckpoint | None:
        self._number += 1
        try:
            return next(self._notes, None)
        except BrokenCheckpointError as error:
            self._faults.append(f"`{self.name}`, {error}; the checkpoints after it cannot be read")
        except OSError as error:
            self._faults.append(f"`{self.name}` cannot be read: {error.strerror or error}")
        return None

    def is_due(self, size: int) -> bool:
        """Return whether the next checkpoint is one of the log's first *size* lines."""
        return self._next is not None and self._next.checkpoint.size <= size

    def at(self, size: int, root: bytes, by: tuple[str, tuple[str, ...]]) -> Iterator[str]:
        """Return what is wrong with the checkpoints of the log's first *size* lines; *by* is its origin and keys."""
        while self._next is not None and self._next.checkpoint.size <= size:
            yield from self._judged(self._next, (size, root), by)
            self._next = self._following()

    def _judged(
        self, signed: SignedCheckpoint, log: tuple[int, bytes], by: tuple[str, tuple[str, ...]]
    ) -> Iterator[str]:
        size, root = log
        origin, keys = by
        checkpoint = signed.checkpoint
        name = f"checkpoint {self._number} of `{self.name}` ({checkpoint.size} lines)"
        if checkpoint.size < size:
            yield f"{name} stands after a later one"
        elif checkpoint.origin != origin and origin:
            yield f"{name} is of another log: `{checkpoint.origin}`"
        elif keys and not any(map(signed.is_signed_by, keys)):
            yield f"{name} is not signed by the log's key"
        elif checkpoint.root != root:
            self._differing += 1
            if self._differing == 1:
                yield f"{name} binds other lines: one of lines {self.bound} to {size - 1} was changed, added or removed"
        elif keys and not signed.is_signed_within(keys):
            yield f"{name} is not signed by the log's key alone"
        elif not keys:
            yield f"{name} cannot be verified: the log does not say who signs for it"
        else:
            self.bound = size

    def look_again(self) -> None:
        """Go on where the file ended, if something was appended since."""
        if self._next is None and not self._faults:
            self._notes = islice(self._file.read(), self._number - 1, None)
            self._number -= 1
            self._next = self._following()

    def end(self, size: int, keys: Sequence[str], now: int) -> Iterator[str]:
        """Return what is wrong once *size* lines were read, of *now* that there are by then; *keys* sign then."""
        is_written_since = self._next is not None and size < self._next.checkpoint.size <= now
        if self._next is not None and not is_written_since:
            name, beyond = f"checkpoint {self._number} of `{self.name}`", self._next.checkpoint.size
            if keys and not any(map(self._next.is_signed_by, keys)):
                yield f"{name} ({beyond} lines, the log has {size}) is not signed by the log's key"
            else:
                yield f"{name} binds {beyond} lines, the log has {size}: it was cut off or rolled back"
        if self._differing > 1:
            yield f"{self._differing - 1} later checkpoints of `{self.name}` bind other lines, too"
        yield from self._faults
