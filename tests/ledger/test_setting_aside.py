"""Setting aside what nobody signed: it is kept as evidence, leaves the log, and the log goes on and says so."""

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from taxatie.errors.problem import TaxatieError
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import read_payload
from taxatie.ledger.opening import LogPlace, find_log
from taxatie.ledger.postgresql_store import PostgresqlStore
from taxatie.ledger.sealing import Sealed
from taxatie.ledger.setting_aside import Unsigned, find_unsigned, keep_signature, last_signature, set_aside
from taxatie.ledger.store import LedgerUnavailableError
from tests.ledger.attacking import add, execute
from tests.ledger.building import NOW, a_draft, a_place, an_erasure, lines_of, opened, told, verified

BY = ("operator", "auditor")


@pytest.fixture
def added(place: LogPlace) -> LogPlace:
    """Return a log of three lines, to which somebody added three: one is erased by another, says that one."""
    if place.database is not None:
        store = PostgresqlStore(place.database, part_lines=2)
        store.tree()
        store.close()
    with opened(place) as log:
        log.append([a_draft(), a_draft()])
    add(place, a_draft(words="mild", request="r-1"), an_erasure((1, 1)), a_draft())
    return place


def aside(place: LogPlace, file: Path, *others: LogPlace) -> Unsigned:
    """Set aside what lies in a log, and return what was found."""
    log = find_log(place)
    try:
        files = [each for where in (place, *others) for each in where.checkpoint_files]
        signed = last_signature(log, files)
        if signed is not None:
            keep_signature(log, signed)
        found = find_unsigned(log.store, signed)
        if found.places:
            set_aside(log, found, file, BY, NOW)
    finally:
        log.store.close()
    return found


def test_what_was_added_goes_into_a_file_and_the_log_goes_on(added: LogPlace, tmp_path: Path) -> None:
    before = lines_of(added)
    found = aside(added, tmp_path / "aside")
    with opened(added) as log:
        (written,) = log.append([a_draft(request="r-1")])

    assert (found.signed.size, found.places) == (3, [3, 4, 5])
    assert lines_of(added)[:3] == before[:3]
    assert (written.is_new, written.entry.place) == (True, 4)
    whole = verified(added)
    assert whole.is_whole, whole.faults
    assert whole.kinds == {EntryKind.GENESIS: 1, EntryKind.DECISION: 3, EntryKind.SET_ASIDE: 1}


def test_the_file_holds_all_that_lay_there_and_the_log_knows_its_digest(added: LogPlace, tmp_path: Path) -> None:
    before = lines_of(added)[3:]
    aside(added, tmp_path / "aside")

    data = (tmp_path / "aside").read_bytes()
    kept = [json.loads(line) for line in data.splitlines()]
    assert [(each["place"], each["id"], base64.b64decode(each["leaf"])) for each in kept] == [
        (each.place, each.id, each.leaf) for each in before
    ]
    leaf = json.loads(base64.b64decode(kept[0]["leaf"]))
    sealed = Sealed(base64.b64decode(kept[0]["key"]), base64.b64decode(kept[0]["data"]), leaf["commitment"])
    assert read_payload(sealed)["words"] == "mild"
    assert (tmp_path / "aside").stat().st_mode & 0o777 == 0o600
    says = json.loads(lines_of(added)[3].leaf)["says"]
    assert says == {"lines": 3, "digest": hashlib.sha256(data).hexdigest(), "by": "operator", "second": "auditor"}


def test_evidence_is_not_written_over(added: LogPlace, tmp_path: Path) -> None:
    (tmp_path / "aside").write_bytes(b"evidence")

    with pytest.raises(TaxatieError, match="cannot be written"):
        aside(added, tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == b"evidence"
    assert len(lines_of(added)) == 6


def test_what_was_stopped_half_way_is_done_again(added: LogPlace, tmp_path: Path) -> None:
    """The payloads were gone, the lines were still there."""
    log = find_log(added)
    log.store.erase([3, 4, 5])
    log.store.close()
    aside(added, tmp_path / "aside")

    assert told(added) == []
    assert len(lines_of(added)) == 4


def test_of_two_who_set_aside_at_once_one_does(added: LogPlace, tmp_path: Path) -> None:
    """The other would take away the line that says so, and what came since."""
    log = find_log(added)
    found = find_unsigned(log.store, last_signature(log, added.checkpoint_files))
    aside(added, tmp_path / "first")

    with pytest.raises(LedgerUnavailableError, match="cut off, rolled back or rewritten"):
        set_aside(log, replace(found, places=[3]), tmp_path / "second", BY, NOW)
    log.store.close()
    assert len(lines_of(added)) == 4


def test_where_all_is_signed_nothing_is_set_aside(place: LogPlace, tmp_path: Path) -> None:
    with opened(place) as log:
        log.append([a_draft()])

    assert aside(place, tmp_path / "aside").places == []
    assert not (tmp_path / "aside").exists()
    assert told(place) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "INSERT INTO lines SELECT -1, leaf, 'x', NULL, NULL FROM lines WHERE place = 1",
        "INSERT INTO lines SELECT 77, leaf, 'x', NULL, NULL FROM lines WHERE place = 1",
        "UPDATE settings SET value = x'00' WHERE name = 'head'",
        "UPDATE tree SET size = 1, peaks = zeroblob(32)",
    ],
)
def test_what_was_added_or_spoiled_with_it_goes_as_well(tmp_path: Path, sentence: str) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    add(place, a_draft())
    execute(place, sentence)
    aside(place, tmp_path / "aside")
    with opened(place) as log:
        log.append([a_draft()])

    assert told(place) == []
    assert [each.place for each in lines_of(place)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "sentence", ["DELETE FROM lines WHERE place = 1", "UPDATE lines SET leaf = x'00' WHERE place = 1"]
)
def test_a_log_that_is_not_what_was_signed_is_put_back_and_not_mended(tmp_path: Path, sentence: str) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    add(place, a_draft())
    execute(place, sentence)

    with pytest.raises(LedgerUnavailableError, match="not what its last signature binds"):
        aside(place, tmp_path / "aside")
    assert not (tmp_path / "aside").exists()


def test_a_log_from_before_the_head_goes_on_with_the_checkpoints_of_another_replica(tmp_path: Path) -> None:
    """Nothing of it is set aside: another replica signed what this one does not know."""
    place = a_place(tmp_path)
    other = replace(place, copy=None, folder=tmp_path / "other")
    other.folder.mkdir()
    with opened(place) as log:
        log.append([a_draft()])
    place.checkpoint_files[0].path.rename(other.checkpoint_files[0].path)
    execute(place, "DELETE FROM settings WHERE name = 'head'")
    lonely = replace(place, copy=None)
    with pytest.raises(LedgerUnavailableError, match="lines 0 to 1 lie in the log"), opened(lonely):
        pass

    assert aside(lonely, tmp_path / "aside", other).places == []
    with opened(lonely) as log:
        log.append([a_draft()])
    assert len(lines_of(lonely)) == 3


def test_checkpoints_that_cannot_be_read_or_written_are_told(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        signed = last_signature(log, ())
    assert signed is not None
    log = find_log(place)
    log.checkpoints.path.write_bytes(b"x" * 5_000)

    with pytest.raises(LedgerUnavailableError, match="a checkpoint cannot be read"):
        last_signature(log, place.checkpoint_files)
    with pytest.raises(LedgerUnavailableError, match="the checkpoint cannot be written"):
        keep_signature(log, signed)
    log.store.close()
