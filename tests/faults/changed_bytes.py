"""One byte of one file of a log changed, and what verifying then says; made to run in a process of its own."""

import shutil
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from taxatie.ledger.checkpoint import BrokenCheckpointError
from taxatie.ledger.kept import open_stored
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import verify_log

TRIAL_SECONDS_MAX = 120
"""A trial that takes longer goes in circles; its process is ended, which the pool reports."""


@dataclass(frozen=True, slots=True)
class Change:
    """A byte of a file, and by what it is changed."""

    file: str
    """Its path within the folder of the trial."""
    position: int
    mask: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change."""

    change: Change
    is_same: bool
    """Whether every record and checkpoint reads back as it was."""
    faults: tuple[str, ...]


def place_in(folder: Path) -> LogPlace:
    """Return where the log lies within the folder of a trial."""
    return LogPlace(folder / "log", copy=folder / "elsewhere" / "checkpoints")


def tried(source: str, changes: Sequence[Change]) -> list[Outcome]:
    """Return what comes of each change of a copy of the log in the folder *source*."""
    with TemporaryDirectory() as scratch:
        expected = read_back(_copied(source, Path(scratch) / "whole"))
        return [_tried(source, Path(scratch) / "trial", change, expected) for change in changes]


def read_back(folder: Path) -> object:
    """Return every record and every checkpoint of a log; None where one cannot be read."""
    place = place_in(folder)
    store = read_store(place)
    try:
        lines = tuple((stored, open_stored(stored)) for stored in store.lines())
        found = tuple(store.find(kept.entry.id) for _, kept in lines)
        requests = tuple(store.find_request(each.request) for each, _ in lines if each.request is not None)
        linked = tuple(tuple(store.linked(kept.entry.id)) for _, kept in lines)
        notes = tuple(tuple(file.read()) for file in place.checkpoint_files)
    finally:
        store.close()
    return lines, found, requests, linked, notes


def _tried(source: str, folder: Path, change: Change, expected: object) -> Outcome:
    signal.alarm(TRIAL_SECONDS_MAX)
    _copied(source, folder)
    path = folder / change.file
    data = bytearray(path.read_bytes())
    data[change.position] ^= change.mask
    path.write_bytes(data)
    faults = tuple(_faults(folder))
    # What is named need not be read; what is not must read back as it was.
    outcome = Outcome(change, bool(faults) or _is_same(folder, expected), faults)
    signal.alarm(0)
    return outcome


def _faults(folder: Path) -> Iterator[str]:
    place = place_in(folder)
    store = read_store(place)
    try:
        yield from map(str, verify_log(store, place.checkpoint_files).faults)
    finally:
        store.close()


def _is_same(folder: Path, expected: object) -> bool:
    try:
        return read_back(folder) == expected
    except BrokenCheckpointError:
        return False


def _copied(source: str, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    return folder
