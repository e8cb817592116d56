"""Another key signs from here on: whenever the change is cut off, the log says which key it is now."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import ROTATION, SIGNER, Log, fresh_id, rotation_message, utc_text
from taxatie.ledger.opening import KEY_NAME, LogPlace
from taxatie.ledger.sqlite_store import SqliteStore
from taxatie.ledger.store import LedgerUnavailableError
from taxatie.signing import new_private_key, public_key_of, sign
from tests.ledger.building import NOW, ORIGIN, a_draft, a_place, a_turn, opened, told, verified

NEW = new_private_key()


@pytest.fixture
def place(tmp_path: Path) -> LogPlace:
    """Return a place with a log of two lines."""
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    return place


def with_key(place: LogPlace, key: bytes) -> LogPlace:
    """Return the same place, with another key."""
    file = place.folder.parent / "another.pem"
    file.write_bytes(key)
    return replace(place, key=file)


def test_both_keys_sign_where_they_change_and_only_the_new_one_after(place: LogPlace) -> None:
    with opened(place) as log:
        old = public_key_of(log.signer)
        log.rotate(NEW, NOW)
        log.append([a_draft()])

    *_, change, after = place.checkpoint_files[0].read()
    assert [change.is_signed_by(key) for key in (old, public_key_of(NEW))] == [True, True]
    assert [after.is_signed_by(key) for key in (old, public_key_of(NEW))] == [False, True]
    found = verified(place, trusted_key=old)
    assert found.faults == ()
    assert found.kinds[EntryKind.ROTATION] == 1


def test_the_old_key_cannot_go_on_and_the_new_one_can(place: LogPlace) -> None:
    with opened(place) as log:
        log.rotate(NEW, NOW)

    with pytest.raises(LedgerUnavailableError, match="another key signs"), opened(place):
        pass
    with opened(with_key(place, NEW)) as log:
        log.append([a_draft()])
    assert told(place) == []


def test_a_service_that_still_has_the_old_key_stops_at_once(place: LogPlace) -> None:
    """Its next checkpoint would be one that no verifier accepts."""
    with opened(place) as serving:
        with opened(place) as rotating:
            rotating.rotate(NEW, NOW)
        with pytest.raises(LedgerUnavailableError, match="another key signs"):
            serving.append([a_draft()])
    assert told(place) == []


class StoppedError(Exception):
    """Stands for a process that ends here."""


@dataclass(slots=True)
class Stopping(SqliteStore):
    """A store whose process ends before it keeps something under a name."""

    before: str = field(default="", kw_only=True)

    def replace_setting(self, name: str, value: bytes) -> None:
        """Keep it, or end."""
        if name == self.before:
            raise StoppedError
        SqliteStore.replace_setting(self, name, value)


def test_a_change_that_was_cut_off_before_its_line_has_not_happened(place: LogPlace) -> None:
    def cut_off(log: Log) -> None:
        log.store.replace_setting(ROTATION, f"{fresh_id(NOW)} {public_key_of(NEW)}".encode())

    assert_goes_on(place, cut_off, place.folder / KEY_NAME)


def test_a_change_that_was_cut_off_after_its_line_has_happened(place: LogPlace) -> None:
    def cut_off(log: Log) -> None:
        log.store = Stopping(place.folder, before=SIGNER)
        with pytest.raises(StoppedError):
            log.rotate(NEW, NOW)
        log.store.close()

    assert_goes_on(place, cut_off, with_key(place, NEW).key_file)


def test_a_change_whose_checkpoint_could_not_be_written_has_happened(place: LogPlace) -> None:
    def cut_off(log: Log) -> None:
        log.checkpoints = CheckpointFile(place.folder / "none" / "checkpoints")
        with pytest.raises(LedgerUnavailableError):
            log.rotate(NEW, NOW)

    assert_goes_on(place, cut_off, place.folder / KEY_NAME)


def assert_goes_on(place: LogPlace, cut_off: Callable[[Log], None], key: Path) -> None:
    """Assert that after a change that was cut off the log goes on with one key, and verifies."""
    with opened(place) as log:
        cut_off(log)

    with opened(replace(place, key=key)) as log:
        log.append([a_draft()])
    assert told(place) == []
    with opened(replace(place, key=key)) as log:
        log.rotate(new_private_key(), NOW)
    assert told(place) == []


def test_a_change_whose_line_stands_unbound_is_bound_by_the_new_key(place: LogPlace) -> None:
    """The line was written, its checkpoint was not; the old key's word stands in the line itself."""
    with opened(place) as log:
        old, new = public_key_of(log.signer), public_key_of(NEW)
        says = {"from": old, "to": new, "signature": sign(log.signer, rotation_message(ORIGIN, new))}
        draft = Draft(fresh_id(NOW), EntryKind.ROTATION, utc_text(NOW), says=says)
        log.store.replace_setting(ROTATION, f"{draft.id} {new}".encode())
        log.store.append([log._prepared(draft)], a_turn(log, log.signer, NEW))

        with pytest.raises(LedgerUnavailableError, match="another key signs"):
            log.append([a_draft()])

    with opened(with_key(place, NEW)):
        pass
    assert told(place) == []


@pytest.mark.parametrize("word", ["", "another signature", "of another origin"])
def test_a_key_that_takes_over_without_the_word_of_the_one_before_is_named(place: LogPlace, word: str) -> None:
    """Who holds the files but no key could else sign on from here."""
    with opened(place) as log:
        old, new = public_key_of(log.signer), public_key_of(NEW)
        signature = {
            "": "",
            "another signature": sign(NEW, rotation_message(ORIGIN, new)),
            "of another origin": sign(log.signer, rotation_message("other", new)),
        }[word]
        says = {"from": old, "to": new, "signature": signature}
        log.append_signed([Draft(fresh_id(NOW), EntryKind.ROTATION, utc_text(NOW), says=says)], (NEW,))
        log.store.replace_setting(SIGNER, new.encode())

    assert told(place) == ["line 2: another key takes over without the word of the one before"]
