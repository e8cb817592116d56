"""The files to which checkpoints are appended: one beside the log, and a copy at a second location.

Signed notes stand one after another, each followed by a blank line.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from io import BufferedReader
from pathlib import Path
from typing import Final

from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint, read_checkpoint

_MODE: Final = 0o640
_LINES_MAX: Final = 16
_LINE_BYTES_MAX: Final = 1_000
_BLANK: Final = b"\n"
_BLANKS_OF_A_NOTE: Final = 2


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file of checkpoints, which only grows."""

    path: Path

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Hold the file, so that checkpoints stand in the order of the log; yield its descriptor.

        Raises:
            OSError: When the file cannot be opened.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
        try:
            flock(descriptor, LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)  # which ends the turn, too

    def append(self, signed: SignedCheckpoint) -> None:
        """Write a checkpoint at the end, durably.

        Raises:
            OSError: When it could not be written whole.
        """
        with self.turn() as descriptor:
            append_note(descriptor, signed)

    def read(self) -> Iterator[SignedCheckpoint]:
        """Return every checkpoint, in the order of the file.

        Raises:
            BrokenCheckpointError: At the first that cannot be read; the message tells the line.
            OSError: When the file cannot be read.
        """
        with self.path.open("rb") as stream:
            number = 1
            while lines := _note_lines(stream):
                try:
                    yield _read(lines)
                except (BrokenCheckpointError, UnicodeDecodeError) as error:
                    raise BrokenCheckpointError(f"line {number}: {error}") from error
                number += len(lines)


def append_note(descriptor: int, signed: SignedCheckpoint) -> None:
    """Write a checkpoint at the end of an open file, durably; where it fails, nothing of it stays.

    Raises:
        OSError: When it could not be written whole.
    """
    data = signed.note.encode("utf-8") + _BLANK
    end = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        _write_all(descriptor, data)
        os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _note_lines(stream: BufferedReader) -> list[bytes]:
    """Return the lines up to the blank one that ends a note; none at the end of the file."""
    lines: list[bytes] = []
    while lines.count(_BLANK) < _BLANKS_OF_A_NOTE and len(lines) < _LINES_MAX:
        line = stream.readline(_LINE_BYTES_MAX)
        if not line:
            break
        lines.append(line)
    return lines


def _read(lines: list[bytes]) -> SignedCheckpoint:
    if lines[-1] != _BLANK:
        raise BrokenCheckpointError("it breaks off")
    return read_checkpoint(b"".join(lines[:-1]).decode("utf-8"))
