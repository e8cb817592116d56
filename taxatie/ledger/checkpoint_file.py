"""The files to which checkpoints are appended: one beside the log, and a copy at a second location.

Signed notes stand one after another, each followed by a blank line.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from io import BufferedReader
from pathlib import Path
from typing import Final

from taxatie.ledger.checkpoint import BrokenCheckpointError, SignedCheckpoint, read_checkpoint

_MODE: Final = 0o640
_NOTE_BYTES_MAX: Final = 1_000
"""A checkpoint with the longest origin and two signatures is below this."""
_END: Final = re.compile(rb"\xe2\x80\x94 [^\n]+\n\n")
"""What ends a checkpoint: its last signature and a blank line."""
_LINES_MAX: Final = 16
_LINE_BYTES_MAX: Final = 1_000
_BLANK: Final = b"\n"
_BLANKS_OF_A_NOTE: Final = 2


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """A file of checkpoints, which only grows."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called where something is wrong with it."""
        return self.path.name

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Hold the file, so that checkpoints stand in the order of the log; yield its descriptor.

        Raises:
            OSError: When the file cannot be opened.
        """
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
        try:
            if is_new:
                keep_name(self.path.parent)
            flock(descriptor, LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)  # which ends the turn, too

    def last(self) -> SignedCheckpoint | None:
        """Return the last checkpoint, or None where there is none.

        Raises:
            OSError: When the file cannot be read.
            BrokenCheckpointError: When it ends in something else.
        """
        if not self.path.exists():
            return None
        with self.turn() as descriptor:
            return last_checkpoint(descriptor)

    def append(self, signed: SignedCheckpoint) -> None:
        """Write a checkpoint at the end, durably.

        Raises:
            OSError: When it could not be written whole.
            BrokenCheckpointError: When the file ends in something else than checkpoints.
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
                except BrokenCheckpointError as error:
                    raise BrokenCheckpointError(f"line {number}: {error}") from error
                number += len(lines)


def append_note(descriptor: int, signed: SignedCheckpoint) -> None:
    """Write a checkpoint at the end of an open file, durably; where it fails, nothing of it stays.

    What stays all the same, because the file cannot be cut either, is cut away by whoever appends next.

    Raises:
        OSError: When it could not be written whole.
        BrokenCheckpointError: When the file ends in something else than checkpoints.
    """
    last_checkpoint(descriptor)
    data = signed.note.encode("utf-8") + _BLANK
    end = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        _write_all(descriptor, data)
        os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, end)
        raise


def last_checkpoint(descriptor: int) -> SignedCheckpoint | None:
    """Return the last checkpoint of an open file, or None; one that broke off after it is cut away.

    A process that was killed, or a disk that was full, leaves a part of a checkpoint of which nobody was told. Were
    the next one written behind it, neither could be read.

    Raises:
        OSError: When the file cannot be read or cut.
        BrokenCheckpointError: When it ends in something else.
    """
    end = os.lseek(descriptor, 0, os.SEEK_END)
    start = max(0, end - 2 * _NOTE_BYTES_MAX)
    tail = os.pread(descriptor, end - start, start)
    ends = [match.end() for match in _END.finditer(tail)]
    whole = ends[-1] if ends else 0
    if len(tail) - whole > _NOTE_BYTES_MAX or (start and len(ends) == 1):
        raise BrokenCheckpointError("the file ends in something else than a checkpoint")
    if whole < len(tail):
        os.ftruncate(descriptor, start + whole)
    if not ends:
        return None
    return _read([tail[ends[-2] if len(ends) > 1 else 0 : whole - 1], _BLANK])


def keep_name(folder: Path) -> None:
    """Make a new file's name durable: its folder is a file of its own."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
    try:
        text = b"".join(lines[:-1]).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BrokenCheckpointError("it is no text") from error
    return read_checkpoint(text)
