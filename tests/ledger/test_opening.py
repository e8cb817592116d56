"""Where a log lies, and opening it: begun once however many begin it, never with another key or in another's place."""

import os
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.opening import KEY_NAME, LogPlace, open_log, read_store, reopen_log
from taxatie.ledger.sqlite_store import LOG_NAME, SqliteStore
from taxatie.ledger.store import LedgerUnavailableError, Stored
from taxatie.signing import new_private_key
from tests.ledger.building import NOW, ORIGIN, a_draft, a_place, opened, told, verified


def begin(folder: Path) -> None:
    """Begin a log as a service does that starts, and write a line into it."""
    with opened(LogPlace(folder)) as log:
        log.append([a_draft()])


def test_several_services_that_start_at_once_begin_one_log_with_one_key(tmp_path: Path) -> None:
    """An orchestrator starts all replicas together; none may meet a key that is half written."""
    context = get_context("fork")
    starting = [context.Process(target=begin, args=(tmp_path / "log",)) for _ in range(6)]

    for process in starting:
        process.start()
    for process in starting:
        process.join()

    assert [process.exitcode for process in starting] == [0] * 6
    found = verified(LogPlace(tmp_path / "log"))
    assert found.faults == ()
    assert found.kinds == {EntryKind.GENESIS: 1, EntryKind.DECISION: 6}
    assert [path.name for path in (tmp_path / "log").iterdir() if path.name.startswith(".")] == []


def test_a_key_that_was_drafted_by_a_process_that_died_is_no_key(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    place.folder.mkdir()
    (place.folder / f".{KEY_NAME}.{os.getpid()}").write_bytes(b"half a k")

    with opened(place) as log:
        log.append([a_draft()])

    assert told(place) == []
    assert (place.folder / KEY_NAME).stat().st_mode & 0o777 == 0o600


def test_a_log_whose_key_is_gone_is_not_gone_on_with(tmp_path: Path) -> None:
    """Making another one would look like somebody else's log."""
    place = a_place(tmp_path)
    with opened(place):
        pass
    (place.folder / KEY_NAME).unlink()

    with pytest.raises(TaxatieError, match="the key that signs for the log is gone"):
        open_log(place, ORIGIN, NOW)
    assert not (place.folder / KEY_NAME).exists()


@pytest.mark.parametrize("kind", ["nothing", "something else", "of another kind"])
def test_what_is_no_key_of_ours_is_said_to_be_none(tmp_path: Path, kind: str) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "key.pem"
    file.write_bytes({"nothing": b"", "something else": b"jan", "of another kind": other}[kind])

    with pytest.raises(TaxatieError, match="holds no Ed25519 key"):
        open_log(replace(a_place(tmp_path), key=file), ORIGIN, NOW)


def test_a_folder_that_cannot_be_made_is_a_log_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"a file")

    with pytest.raises(LedgerUnavailableError, match="cannot be opened"):
        open_log(LogPlace(tmp_path / "log"), ORIGIN, NOW)


def test_a_log_is_gone_on_with_under_the_name_it_was_begun_with(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place):
        pass

    log = reopen_log(place, NOW)
    log.append([a_draft()])
    log.store.close()

    assert (log.origin, told(place)) == (ORIGIN, [])


def test_a_log_that_is_not_there_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    for look in (read_store, lambda place: reopen_log(place, NOW)):
        with pytest.raises(TaxatieError, match="there is no log in"):
            look(a_place(tmp_path))

    assert not (tmp_path / "log").exists()


def test_a_log_that_was_never_begun_says_so(tmp_path: Path) -> None:
    place = LogPlace(tmp_path)
    store = SqliteStore(tmp_path)
    store.tree()
    store.close()

    with pytest.raises(TaxatieError, match="was never begun"):
        reopen_log(place, NOW)


@pytest.mark.parametrize("data", [b"no database", b"SQLite format 3\x00" + bytes(4_080), os.urandom(8_192)])
def test_a_file_that_is_no_log_is_told_and_never_a_crash(tmp_path: Path, data: bytes) -> None:
    place = a_place(tmp_path)
    with opened(place):
        pass
    (place.folder / LOG_NAME).write_bytes(data)

    assert told(place)
    with pytest.raises(LedgerUnavailableError):
        open_log(place, ORIGIN, NOW)


class Circling(SqliteStore):
    """A store whose damaged file gives the same line again and again."""

    def _rows(self, sentence: str, *values: object) -> list[Stored]:
        return SqliteStore._rows(self, sentence, 0, 2)


def test_a_damaged_file_is_not_read_in_a_circle(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    store = Circling(place.folder, is_read_only=True)

    with pytest.raises(LedgerUnavailableError, match="line 0 of the log stands again after line 1"):
        list(store.lines())
    store.close()


def test_a_key_that_is_named_is_used(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(new_private_key())
    place = replace(a_place(tmp_path), key=file)

    with opened(place) as log:
        assert log.signer == file.read_bytes()
    assert not (place.folder / KEY_NAME).exists()
