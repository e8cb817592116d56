"""Files of checkpoints only grow, and what broke off is never in the way of what follows."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxatie.ledger.checkpoint import BrokenCheckpointError, Checkpoint, SignedCheckpoint, sign_checkpoint
from taxatie.ledger.checkpoint_file import CheckpointFile, append_note
from taxatie.signing import new_private_key

KEYS = [new_private_key(), new_private_key()]
LONGEST = "o" * 100
"""The longest origin; with two keys its checkpoints are the longest there are."""


def signed(size: int, origin: str = "example/decisions", keys: int = 1) -> SignedCheckpoint:
    """Return a checkpoint."""
    return sign_checkpoint(Checkpoint(origin, size, bytes(32)), KEYS[:keys])


def sizes(file: CheckpointFile) -> list[int]:
    """Return the size of each checkpoint in a file."""
    return [each.checkpoint.size for each in file.read()]


def test_checkpoints_stand_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "checkpoints")

    for size in (1, 5, 9):
        file.append(signed(size))

    assert list(file.read()) == [signed(1), signed(5), signed(9)]
    assert file.last() == signed(9)


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "checkpoints")

    assert file.last() is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        list(file.read())


@pytest.mark.parametrize(("origin", "keys"), [("example/decisions", 1), (LONGEST, 2), ("x", 2)])
def test_what_broke_off_is_cut_away_by_whoever_appends_next(tmp_path: Path, origin: str, keys: int) -> None:
    """Wherever it broke: a checkpoint written behind a torn one could not be read, nor any after it."""
    whole = signed(5, origin, keys)
    data = whole.note.encode() + b"\n"
    edges = {1, 2, len(data) - 2, len(data) - 1, data.index(b"\n\n") + 1, data.index(b"\n\n") + 2}
    for kept in (0, 1, 3):
        for torn in sorted(edges | set(range(0, len(data), 29))):
            file = CheckpointFile(tmp_path / f"{kept}-{torn}")
            file.path.write_bytes(data * kept + data[:torn])

            assert file.last() == (whole if kept else None)
            file.append(signed(9, origin, keys))

            assert sizes(file) == [5] * kept + [9]


@given(st.binary(min_size=1_001, max_size=3_000).filter(lambda data: b"\xe2\x80\x94" not in data))
def test_a_file_of_something_else_is_never_cut(data: bytes) -> None:
    """What is longer than a checkpoint is not one that broke off; somebody must look."""
    with scratch(data) as file:
        with pytest.raises(BrokenCheckpointError, match="ends in something else"):
            file.append(signed(1))

        assert file.path.read_bytes() == data


@contextmanager
def scratch(data: bytes) -> Iterator[CheckpointFile]:
    """Give a file with these bytes; hypothesis wants no fixture of one call."""
    with TemporaryDirectory() as folder:
        file = CheckpointFile(Path(folder) / "checkpoints")
        file.path.write_bytes(data)
        yield file


def test_a_last_checkpoint_that_was_damaged_is_no_ground_to_go_on(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "checkpoints")
    file.append(signed(5))
    file.path.write_bytes(file.path.read_bytes().replace(b"\n5\n", b"\nfive\n"))

    with pytest.raises(BrokenCheckpointError, match="it is not origin"):
        file.append(signed(6))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-1], "line 7: it breaks off"),
        (lambda data: data[:-20], "line 7: it breaks off"),
        (lambda data: data.replace(b"\n2\n", b"\n\xff\n"), "line 7: it is no text"),
        (lambda data: data.replace(b"example", b"Example", 1), "line 1: it is not origin"),
        (lambda data: b"x" * 20_000 + data, "line 1: it breaks off"),
        (lambda data: data + b"\n", "line 13: it is not origin"),
        (lambda data: b"\n" * 4 + data, "line 1: it is not origin"),
    ],
    ids=["last byte", "signature", "no text", "first", "endless line", "blank line more", "blank lines before"],
)
def test_a_damaged_file_is_read_up_to_the_damage_and_the_line_is_told(
    tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    file = CheckpointFile(tmp_path / "checkpoints")
    for size in (1, 2):
        file.append(signed(size))
    file.path.write_bytes(damage(file.path.read_bytes()))

    with pytest.raises(BrokenCheckpointError) as caught:
        list(file.read())
    assert str(caught.value).startswith(words)


def test_what_could_not_be_made_durable_does_not_stay(tmp_path: Path) -> None:
    """A descriptor that may only be read stands for a disk that takes no more."""
    file = CheckpointFile(tmp_path / "checkpoints")
    file.append(signed(1))
    descriptor = os.open(file.path, os.O_RDONLY)

    with pytest.raises(OSError, match=r".+") as caught:
        append_note(descriptor, signed(2))
    os.close(descriptor)

    assert caught.value.errno in {errno.EBADF, errno.EINVAL}
    assert sizes(file) == [1]


def append_many(path: str, first: int) -> None:
    """Append checkpoints, as another process does."""
    for size in range(first, first + 20):
        CheckpointFile(Path(path)).append(signed(size))


def test_two_processes_never_write_into_one_another(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "checkpoints")
    context = get_context("fork")
    writers = [context.Process(target=append_many, args=(str(file.path), first)) for first in (100, 200)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(sizes(file)) == [*range(100, 120), *range(200, 220)]
