"""Several processes over one log in SQLite, as workers of one service: writing at once, coming, going, killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.log import Log
from taxatie.ledger.merkle import GrowingTree
from taxatie.ledger.sqlite_store import SqliteStore
from tests.faults.unbound import assert_nothing_is_missing
from tests.ledger.building import NOW, ORIGIN, a_draft, a_place, lines_of, opened, told, verified

WRITERS = 3
REQUESTS = 40
WITHOUT_END = 100_000
TOLD_BEFORE_THE_KILL = 60

_CONTEXT = get_context("spawn")


def come_and_go(folder: Path) -> None:
    """Write one line, as a command does, and let go of the log."""
    with opened(a_place(folder)) as log:
        log.append([a_draft()])


def decide(folder: Path, number: int, requests: int, telling: Connection) -> None:
    """Write line after line, half of them for requests that all writers have, and tell each once it is durable."""
    with opened(a_place(folder)) as log:
        for count in range(requests):
            own, common = f"r-{number}-{count}", f"r-{count}"
            for request, written in zip(
                (own, common), log.append([a_draft(request=own), a_draft(request=common)]), strict=True
            ):
                telling.send((request, str(written.entry.id)))
    telling.close()


@contextmanager
def deciding(folder: Path, *requests: int) -> Iterator[tuple[list[BaseProcess], list[Connection]]]:
    """Let several processes write at once, each for so many requests."""
    pipes = [_CONTEXT.Pipe(duplex=False) for _ in requests]
    writers = [
        _CONTEXT.Process(target=decide, args=(folder, number, count, pipes[number][1]))
        for number, count in enumerate(requests)
    ]
    for writer in writers:
        writer.start()
    for _, theirs in pipes:
        theirs.close()
    yield list(writers), [ours for ours, _ in pipes]
    for writer in writers:
        writer.join()


def heard(pipe: Connection, at_most: int = 2 * WITHOUT_END) -> list[tuple[str, str]]:
    """Return what a writer told, until it has ended or told enough."""
    said: list[tuple[str, str]] = []
    try:
        while len(said) < at_most:
            said.append(pipe.recv())
    except EOFError:
        pass
    return said


def test_who_comes_and_goes_does_not_take_the_log_away_from_who_stays(tmp_path: Path) -> None:
    """Nor where the one who stays opens it once more, as the service does to erase: SQLite's locks must outlive that.

    Without them the one who goes takes itself for the last, and deletes the write-ahead log. What the other wrote
    from then on was in a file without a name, acknowledged and gone.
    """
    place = a_place(tmp_path)
    with opened(place) as staying:
        with opened(place) as again:
            again.append([a_draft()])
        other = _CONTEXT.Process(target=come_and_go, args=(tmp_path,))
        other.start()
        other.join()
        staying.append([a_draft()])

        assert [told(place), len(lines_of(place))] == [[], 4]
    assert [told(place), len(lines_of(place)), other.exitcode] == [[], 4, 0]


class _WrittenMeanwhile(SqliteStore):
    """The store of one who begins, while another process writes after each look at the tree."""

    def __init__(self, folder: Path, other: Log) -> None:
        """Look at the log in a folder, into which another writes."""
        super().__init__(folder)
        self.other = other

    def tree(self) -> GrowingTree:
        """Return the tree; behind it there are more lines already, and checkpoints of them."""
        tree = super().tree()
        self.other.append([a_draft()])
        return tree


def test_who_begins_while_another_writes_does_not_take_the_log_for_one_rolled_back(tmp_path: Path) -> None:
    """Of 60 workers that began under load two refused, with the gravest of alarms, and nothing was wrong."""
    place = a_place(tmp_path)
    with opened(place) as writing:
        writing.append([a_draft()])
        store = _WrittenMeanwhile(place.folder, writing)
        beginning = Log(ORIGIN, store, writing.signer, writing.checkpoints, writing.copy)
        beginning.begin(NOW)
        beginning.append([a_draft()])
        store.close()

    assert told(place) == []


def test_processes_that_write_at_once_write_one_log(tmp_path: Path) -> None:
    """Each line has its own place, each checkpoint binds what the others wrote, each request is decided once."""
    with deciding(tmp_path, *[REQUESTS] * WRITERS) as (writers, pipes):
        said = [pair for pipe in pipes for pair in heard(pipe)]

    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert len(said) == 2 * REQUESTS * WRITERS
    assert len(set(said)) == (WRITERS + 1) * REQUESTS
    found = verified(a_place(tmp_path))
    assert found.faults == ()
    assert found.kinds == {EntryKind.GENESIS: 1, EntryKind.DECISION: (WRITERS + 1) * REQUESTS}


def test_a_process_that_is_killed_takes_no_told_line_along(tmp_path: Path) -> None:
    """The others go on at once, and whoever writes next binds what the killed one left."""
    with deciding(tmp_path, WITHOUT_END, REQUESTS, REQUESTS) as (writers, pipes):
        said = heard(pipes[0], TOLD_BEFORE_THE_KILL)
        assert writers[0].pid is not None
        os.kill(writers[0].pid, signal.SIGKILL)
        for pipe in pipes:
            said += heard(pipe)

    assert [writer.exitcode for writer in writers] == [-signal.SIGKILL, 0, 0]
    assert_nothing_is_missing(a_place(tmp_path), dict(said))
    come_and_go(tmp_path)
    assert told(a_place(tmp_path)) == []
    assert dict(said).items() == set(said)
