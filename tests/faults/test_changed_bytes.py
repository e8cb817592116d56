"""After each change of a single byte a log reads back as it was, or verifying names what is wrong; never a crash."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from taxatie.ledger.entry import EntryKind
from tests.faults.changed_bytes import Change, Outcome, place_in, tried
from tests.faults.extent import IS_FULL, SEED
from tests.ledger.building import a_draft, a_place, a_small_log, opened, told

CLOSED = ("log/log.sqlite", "log/keys.sqlite", "log/checkpoints", "elsewhere/checkpoints")
"""The files of a log whose service was stopped."""
LEFT = (*CLOSED, "log/log.sqlite-wal", "log/log.sqlite-shm", "log/keys.sqlite-wal", "log/keys.sqlite-shm")
"""The files that a killed service leaves."""
SAMPLE = 40
"""Bytes of each file that are changed with every test run."""
PER_TASK = 60
"""Changes that one task of a process tries: enough to outweigh its start."""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a log whose service was stopped."""
    folder = tmp_path_factory.mktemp("closed")
    a_small_log(a_place(folder))
    assert told(place_in(folder)) == []
    return folder


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a log whose service was killed: much of it stands in the write-ahead logs only."""
    folder = tmp_path_factory.mktemp("left")
    place = a_place(folder)
    a_small_log(place)
    process = get_context("fork").Process(target=write_and_die, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert all((folder / file).stat().st_size for file in LEFT)
    return folder


def write_and_die(folder: Path) -> None:
    """Write some lines, and be killed."""
    with opened(a_place(folder)) as log:
        log.append([a_draft(request="r-9"), a_draft(reference="c-9")])
        log.append([a_draft(kind=EntryKind.OUTCOME, reference="c-9")])
        os.kill(os.getpid(), signal.SIGKILL)


def changes(folder: Path, files: tuple[str, ...]) -> Iterator[Change]:
    """Return the changes to try: a sample of each file, or every byte of it, each by its own mask."""
    dice = random.Random(SEED)
    for file in files:
        size = (folder / file).stat().st_size
        positions = range(size) if IS_FULL else sorted(dice.sample(range(size), min(size, SAMPLE)))
        yield from (Change(file, position, dice.randint(1, 255)) for position in positions)


def outcomes(folder: Path, files: tuple[str, ...]) -> Iterator[Outcome]:
    """Return what comes of each change; a process that crashes or goes in circles breaks the pool."""
    wanted = list(changes(folder, files))
    tasks = [wanted[start : start + PER_TASK] for start in range(0, len(wanted), PER_TASK)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for task in [pool.submit(tried, str(folder), task) for task in tasks]:
            yield from task.result()


@pytest.mark.parametrize(("state", "files"), [("closed", CLOSED), ("left", LEFT)])
def test_each_changed_byte_is_named_or_was_unused(
    state: str, files: tuple[str, ...], request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """Also of the files that SQLite leaves where the service was killed."""
    folder: Path = request.getfixturevalue(state)
    unnoticed, named = [], Counter[tuple[str, bool]]()

    for outcome in outcomes(folder, files):
        named[outcome.change.file, bool(outcome.faults)] += 1
        if not outcome.is_same:
            unnoticed.append(outcome)

    rows = [f"{file:24} {named[file, True]:8} {named[file, False]:8}" for file in files]
    record_property("table", "\n".join((f"{'changed bytes of':24} {'named':>8} {'unused':>8}", *rows)))
    assert unnoticed == []
    # Every byte of a checkpoint counts, and so does every byte of what the tree holds.
    assert all(named[file, False] == 0 for file in files if file.endswith("checkpoints"))
