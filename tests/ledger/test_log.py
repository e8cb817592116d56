"""The log: what it wrote is bound before anybody is told, and it never signs what it cannot have grown from."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

import pytest

from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.log import SIGNER, Log, utc_text
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.sqlite_store import KEYS_NAME, LOG_NAME, SqliteStore
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.building import NOW, ORIGIN, STOPPED, a_draft, a_place, lines_of, opened, told, verified


@pytest.fixture
def place(tmp_path: Path) -> LogPlace:
    """Return where a log may lie, with a copy of its checkpoints elsewhere."""
    return a_place(tmp_path)


def sizes(file: CheckpointFile) -> list[int]:
    """Return the size of each checkpoint in a file."""
    return [each.checkpoint.size for each in file.read()]


@dataclass(frozen=True, slots=True)
class FailingFile(CheckpointFile):
    """A file of checkpoints on a disk that takes nothing."""

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Fail, as a folder does that is opened to be written."""
        yield os.open(self.path.parent, os.O_RDWR)


@dataclass(frozen=True, slots=True)
class FullFile(CheckpointFile):
    """A file of which the disk takes nothing more once its turn has come."""

    @contextmanager
    def turn(self) -> Iterator[int]:
        """Give a descriptor that may only be read."""
        descriptor = os.open(self.path, os.O_RDONLY)
        yield descriptor
        os.close(descriptor)


def test_each_batch_is_bound_here_and_elsewhere_before_it_is_told(place: LogPlace) -> None:
    with opened(place) as log:
        for batch in (1, 3, 2):
            log.append([a_draft() for _ in range(batch)])

            assert log.bound == sizes(log.checkpoints)[-1] == len(lines_of(place))

    here, elsewhere = place.checkpoint_files
    assert sizes(here) == sizes(elsewhere) == [1, 2, 5, 7]
    assert told(place) == []


def test_a_log_begins_once(place: LogPlace) -> None:
    for _ in range(3):
        with opened(place):
            pass

    assert [read.place for read in lines_of(place)] == [0]
    assert sizes(place.checkpoint_files[0]) == [1]


def begin(folder: Path, key: bytes) -> None:
    """Begin a log, as another process does, and write a line into it."""
    log = Log(ORIGIN, SqliteStore(folder), key, CheckpointFile(folder / "checkpoints"))
    log.begin(NOW)
    log.append([a_draft()])
    log.store.close()


def test_of_two_processes_that_begin_a_log_at_once_one_does(tmp_path: Path) -> None:
    """Two replicas start together; the log has one first line, and both write into it."""
    key = new_private_key()
    context = get_context("fork")
    starting = [context.Process(target=begin, args=(tmp_path, key)) for _ in range(4)]

    for process in starting:
        process.start()
    for process in starting:
        process.join()

    (tmp_path / "signing.pem").write_bytes(key)
    found = verified(LogPlace(tmp_path))
    assert found.faults == ()
    assert found.kinds == {EntryKind.GENESIS: 1, EntryKind.DECISION: 4}
    assert [process.exitcode for process in starting] == [0] * 4


def test_two_writers_in_one_process_keep_the_order_of_the_log(place: LogPlace) -> None:
    with opened(place) as one, opened(place) as other:
        threads = [Thread(target=lambda log=log: [log.append([a_draft()]) for _ in range(10)]) for log in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert told(place) == []
    assert len(lines_of(place)) == 21


def test_a_request_that_came_before_gets_its_line_again(place: LogPlace) -> None:
    """In the same batch, in a later one, and after the service was started again."""
    with opened(place) as log:
        same = log.append([a_draft(request="r-1"), a_draft(request="r-1"), a_draft(request="r-2")])
        later = log.append([a_draft(), a_draft(request="r-2")])
    with opened(place) as log:
        (again,) = log.append([a_draft(request="r-1")])

    assert [each.is_new for each in (*same, *later, again)] == [True, False, True, True, False, False]
    assert same[0].entry == same[1].entry == again.entry
    assert same[2].entry == later[1].entry
    assert [read.request for read in lines_of(place)] == ["genesis", "r-1", "r-2", None]
    assert told(place) == []


def test_a_retry_leaves_no_key_behind(place: LogPlace) -> None:
    """A key without a line would outlive every erasure."""
    with opened(place) as log:
        log.append([a_draft(request="r-1")])
        log.append([a_draft(request="r-1"), a_draft(request="r-1")])
        assert isinstance(log.store, SqliteStore)
        with log.store._use() as connection:
            sentence = "SELECT count(*) FROM vault.keys WHERE key <> zeroblob(length(key))"
            (keys,) = connection.execute(sentence).fetchone()

    assert keys == 1


def test_lines_whose_checkpoint_could_not_be_written_are_bound_by_a_retry(place: LogPlace) -> None:
    """Its caller was refused and tries again: the answer may only come once the line is bound."""
    with opened(place) as log:
        sound = log.checkpoints
        log.checkpoints = FullFile(sound.path)
        with pytest.raises(LedgerUnavailableError, match="checkpoint cannot be written"):
            log.append([a_draft(request="r-1")])
        before = told(place)
        log.checkpoints = sound
        (again,) = log.append([a_draft(request="r-1")])

    assert before == [STOPPED.format(1, 1)]
    assert (again.is_new, again.entry.place) == (False, 1)
    assert told(place) == []


def test_a_log_goes_on_without_its_second_location_and_counts_it(place: LogPlace) -> None:
    with opened(place) as log:
        heard: list[str] = []
        sound, log.on_copy_failure = log.copy, heard.append
        log.copy = FailingFile(place.checkpoint_files[1].path)
        log.append([a_draft()])
        log.append([a_draft()])
        log.copy = sound
        failed = log.copies_failed
        log.append([a_draft()])

    assert failed == len(heard) == 2
    assert sizes(place.checkpoint_files[1]) == [1, 4]
    assert told(place) == []


def test_a_second_location_that_holds_something_else_is_counted(place: LogPlace) -> None:
    assert place.copy is not None
    place.copy.write_bytes(b"x" * 5_000)

    with opened(place) as log:
        log.append([a_draft()])

        assert log.copies_failed == 3


def saved(place: LogPlace, target: Path) -> None:
    """Keep the files of a log, as a backup does."""
    shutil.copytree(place.folder, target)


def put_back(place: LogPlace, source: Path) -> None:
    """Put a backup back."""
    shutil.rmtree(place.folder)
    shutil.copytree(source, place.folder)


def test_a_log_that_was_rolled_back_is_not_gone_on_with(place: LogPlace, tmp_path: Path) -> None:
    """It would sign another root for a size that it signed before. The copy elsewhere tells, and later the memory."""
    with opened(place) as log:
        log.append([a_draft()])
    saved(place, tmp_path / "backup")
    with opened(place) as log:
        log.append([a_draft(), a_draft()])
    put_back(place, tmp_path / "backup")

    with pytest.raises(LedgerUnavailableError, match=r"has 2 lines.*bind \(4\).*rolled back"):
        open_log(place, ORIGIN, NOW)
    assert "binds 4 lines, the log has 2: it was cut off or rolled back" in told(place)[0]


@pytest.mark.parametrize("kept", ["checkpoints", ""], ids=["checkpoints stay", "checkpoints go too"])
def test_a_log_that_vanishes_under_a_running_service_is_not_begun_anew(place: LogPlace, kept: str) -> None:
    """The service asks for its connection anew after a fault, and would find an empty folder."""
    with opened(place) as log:
        log.append([a_draft()])
        log.store.close()
        for file in place.folder.iterdir():
            if file.name != kept:
                file.unlink()

        with pytest.raises(LedgerUnavailableError, match=r"has 0 lines.*bind \(2\)"):
            log.append([a_draft()])
        with pytest.raises(LedgerUnavailableError, match="has 0 lines"):
            log.append([a_draft()])


def test_a_log_whose_tree_was_rewritten_is_not_signed(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft()])
        assert isinstance(log.store, SqliteStore)
        with log.store._use() as connection:
            connection.execute("UPDATE tree SET peaks = zeroblob(32)")

        with pytest.raises(LedgerUnavailableError, match="rewritten"):
            log.append([a_draft()])


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("DELETE FROM tree", "does not remember its tree"),
        ("UPDATE tree SET peaks = x'00'", "does not remember its tree"),
        ("UPDATE tree SET peaks = 'text'", "does not remember its tree"),
        ("UPDATE tree SET size = -1", "does not remember its tree"),
        ("UPDATE tree SET size = 'many'", "does not remember its tree"),
        ("UPDATE settings SET value = 7", "does not remember its `"),
        ("UPDATE lines SET leaf = 'x' WHERE place = 1", "not what was written"),
        ("UPDATE lines SET leaf = x'00' WHERE place = 1", "not what was written"),
        ("DROP TABLE lines", "fails"),
    ],
)
def test_a_damaged_log_refuses_and_says_what_it_met(place: LogPlace, sentence: str, words: str) -> None:
    with opened(place) as log:
        log.append([a_draft(request="r-1")])
        assert isinstance(log.store, SqliteStore)
        with log.store._use() as connection:
            connection.execute(sentence)

        with pytest.raises(LedgerUnavailableError, match=words):
            log.append([a_draft(request="r-1")])


def test_a_log_is_not_begun_under_another_name_or_key(place: LogPlace, tmp_path: Path) -> None:
    with opened(place) as log:
        log.append([a_draft()])
    (tmp_path / "other.pem").write_bytes(new_private_key())

    with pytest.raises(LedgerUnavailableError, match="this is the log of `example/decisions`, not of `other`"):
        open_log(place, "other", NOW)
    with pytest.raises(LedgerUnavailableError, match="another key signs"):
        open_log(replace(place, key=tmp_path / "other.pem"), ORIGIN, NOW)
    assert told(place) == []


def test_checkpoints_that_cannot_be_read_are_no_ground_to_go_on(place: LogPlace) -> None:
    with opened(place) as log:
        place.checkpoint_files[0].path.write_bytes(b"x" * 5_000)

        with pytest.raises(LedgerUnavailableError, match="cannot be read: the file ends in something else") as caught:
            log.append([a_draft()])

    assert caught.value.hint == "run `taxatie log verify`"
    assert len(lines_of(place)) == 1


def test_a_log_remembers_its_key_before_its_first_line(place: LogPlace) -> None:
    """Else a start that was cut off between the two could be finished by another key."""
    with opened(place) as log:
        store = read_store(place)
        assert store.setting(SIGNER) == public_key_of(log.signer).encode()
        store.close()


def test_the_keys_stand_apart_and_only_their_owner_reads_them(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft()])

    for name in (LOG_NAME, KEYS_NAME):
        assert (place.folder / name).stat().st_mode & 0o777 == 0o600


def test_a_moment_without_an_offset_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError):
        utc_text(NOW.replace(tzinfo=None))
