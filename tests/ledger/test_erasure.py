"""What is erased is gone from every file, and the log still proves that it was there."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from taxatie.errors.problem import UnknownDecisionError
from taxatie.ledger.canonical import canonical_bytes
from taxatie.ledger.entry import Draft, EntryKind, read_entry
from taxatie.ledger.erasure import (
    ErasureReason,
    Order,
    erase,
    erasure_of,
    places_of_case,
    places_of_decision,
    places_past,
)
from taxatie.ledger.evidence import prove_line
from taxatie.ledger.evidence_check import check_evidence
from taxatie.ledger.kept import open_stored
from taxatie.ledger.log import Log, fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.sealing import Sealed, open_sealed
from taxatie.ledger.store import Stored
from taxatie.limits import LOG_ERASED_AT_ONCE_MAX
from taxatie.signing import public_key_of
from tests.ledger.building import NOW, a_draft, a_place, opened, told

ORDER = Order(ErasureReason.DATA_SUBJECT_REQUEST, "privacy-officer", "case-owner")
WINDOW = 16


@pytest.fixture
def place(tmp_path: Path) -> LogPlace:
    """Return where a log may lie."""
    return a_place(tmp_path)


def erased(log: Log, reference: str) -> int:
    """Erase a case, and return how many payloads went."""
    return sum(erase(log, lambda: places_of_case(log, reference), ORDER, NOW))


def a_record(dice: Random, reference: str, kind: EntryKind = EntryKind.DECISION) -> Draft:
    """Return a decision of a plausible size that says something nobody else says."""
    name = fresh_id(NOW)
    words = [f"{dice.getrandbits(64):016x}" for _ in range(dice.choice([4, 40, 100, 400]))]
    payload = canonical_bytes({"id": name, "reference": reference, "words": words})
    return Draft(name, kind, utc_text(NOW), release="f" * 64, payload=payload, case_reference=reference,
                 keep_until="2046-03-02")  # fmt: skip


def windows(data: bytes) -> Iterator[bytes]:
    """Return the 16 bytes from every offset on."""
    return (data[start : start + WINDOW] for start in range(len(data) - WINDOW + 1))


def blocks(data: bytes) -> Iterator[bytes]:
    """Return 16 bytes after 16 bytes: wherever 32 bytes are taken, one of these is among them."""
    return (data[start : start + WINDOW] for start in range(0, len(data) - WINDOW + 1, WINDOW))


def test_nothing_of_what_was_erased_is_found_in_any_file(place: LogPlace) -> None:
    """Byte for byte: no key, no 16 bytes of what was said, no 32 bytes of what was sealed, in files in use."""
    dice = Random(4)
    gone: list[Stored] = []
    with opened(place) as log:
        reading = read_store(place)  # a service reads beside it
        for number in range(320):
            log.append([a_record(dice, f"case-{number % 130}")])
            assert next(iter(reading.lines(number))).place == number
            if number % 4 == 3:
                reference = f"case-{dice.randrange(130)}"
                gone += [next(log.store.lines(each)) for each in places_of_case(log, reference)]
                erased(log, reference)

        found = [(file.name, stored.place, what) for file in files_of(place) for stored, what in found_in(file, gone)]
        reading.close()

    assert len(gone) >= 80
    assert found == []
    assert told(place) == []


def files_of(place: LogPlace) -> list[Path]:
    """Return every file that the product wrote."""
    files = [*place.folder.iterdir(), *place.checkpoint_files[1].path.parent.iterdir()]
    assert {"log.sqlite", "log.sqlite-wal", "log.sqlite-shm", "keys.sqlite", "checkpoints"} <= {f.name for f in files}
    return files


def found_in(file: Path, gone: list[Stored]) -> Iterator[tuple[Stored, str]]:
    """Return what is still in a file of what was erased."""
    there = set(windows(file.read_bytes()))
    for stored in gone:
        assert stored.key is not None
        assert stored.data is not None
        if not there.isdisjoint(blocks(stored.key)):
            yield stored, "key"
        commitment = read_entry(stored.leaf).commitment or ""
        payload = open_sealed(Sealed(stored.key, stored.data, commitment)).split(b'"words":')[1]
        if not there.isdisjoint(windows(payload)):
            yield stored, "plaintext"
        if not there.isdisjoint(blocks(stored.data)):
            yield stored, "ciphertext"


def test_the_search_finds_what_is_still_there(place: LogPlace) -> None:
    """A search that cannot fail would prove nothing: before the erasure key and ciphertext are found."""
    with opened(place) as log:
        log.append([a_record(Random(1), "case-1")])
        kept = [next(log.store.lines(1))]

        found = {what for file in files_of(place) for _, what in found_in(file, kept)}

    assert found == {"key", "ciphertext"}


def test_proofs_hold_after_the_erasure(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(reference=f"c-{number % 5}") for number in range(40)])
        key = public_key_of(log.signer)
        before = prove_line(log, next(log.store.lines(7)), has_payload=False)

        erased(log, "c-1")

        after = [check_evidence(prove_line(log, each, has_payload=True), key) for each in log.store.lines()]
    assert check_evidence(before, key).is_sound
    assert all(each.is_sound for each in after)
    assert [each.payload_is for each in after].count("erased") == 8


def test_a_case_goes_with_all_lines_about_its_decisions(place: LogPlace) -> None:
    with opened(place) as log:
        decision, other = a_draft(reference="c-1"), a_draft(reference="c-2")
        log.append([decision, other])
        log.append([a_draft(kind=kind, about=decision.id, reference="c-1")
                    for kind in (EntryKind.OVERRIDE, EntryKind.OUTCOME, EntryKind.VERDICT)])  # fmt: skip

        assert erased(log, "c-1") == 4

        kept = [open_stored(stored) for stored in log.store.lines()]
    assert [each.is_erased for each in kept] == [False, True, False, True, True, True, False]
    assert kept[-1].entry.says == {
        "places": [[1, 1], [3, 5]],
        "reason": "data_subject_request",
        "by": "privacy-officer",
        "second": "case-owner",
    }
    assert told(place) == []


def test_a_decision_goes_with_the_lines_about_it_and_no_other(place: LogPlace) -> None:
    """An advice has no case by which it could be found."""
    with opened(place) as log:
        advice = a_draft(reference=None)
        log.append([advice, a_draft(reference=None)])
        log.append([a_draft(kind=EntryKind.OUTCOME, about=advice.id, reference=None)])

        gone = sum(erase(log, lambda: places_of_decision(log.store, advice.id), ORDER, NOW))

        kept = [open_stored(stored).is_erased for stored in log.store.lines()]
    assert gone == 2
    assert kept == [False, True, False, True, False]


def test_only_a_decision_of_this_log_can_be_named(place: LogPlace) -> None:
    with opened(place) as log:
        decision = a_draft()
        override = a_draft(kind=EntryKind.OVERRIDE, about=decision.id)
        log.append([decision, override])

        for name in (override.id, fresh_id(NOW)):
            with pytest.raises(UnknownDecisionError, match="holds no decision"):
                places_of_decision(log.store, name)


def test_what_is_past_its_period_goes_and_the_rest_stays(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(reference=None, keep_until="2026-03-01"), a_draft(reference=None, keep_until="2026-03-02"),
                    a_draft(reference="c-1", keep_until="2026-02-01"), a_draft(keep_until=None)])  # fmt: skip
        day = date(2026, 3, 2)

        advice = tuple(places_past(log.store, day, is_advice_only=True))
        everything = tuple(places_past(log.store, day))
        sum(erase(log, lambda: places_past(log.store, day), Order(ErasureReason.RETENTION, "service"), NOW))
        left = tuple(places_past(log.store, day))

    assert advice == (1,)
    assert everything == (1, 3)
    assert left == ()
    assert told(place) == []


def test_much_is_erased_some_hundreds_at_a_time(place: LogPlace) -> None:
    """So that writers never wait for long, and no line grows beyond its size."""
    with opened(place) as log:
        log.append([a_draft(reference="c-1") for _ in range(LOG_ERASED_AT_ONCE_MAX + 3)])

        gone = list(erase(log, lambda: places_of_case(log, "c-1"), ORDER, NOW))
        some = list(erase(log, lambda: places_of_case(log, "c-1"), ORDER, NOW, rounds_max=1))

    assert gone == [LOG_ERASED_AT_ONCE_MAX, 3]
    assert some == []
    assert told(place) == []


def test_an_erasure_that_was_stopped_half_way_is_named_and_can_be_finished(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(reference="c-1")])
        # The line is written, and then the power fails.
        log.append([Draft(fresh_id(NOW), EntryKind.ERASURE, utc_text(NOW),
                          says={"places": [[1, 1]], "reason": "retention", "by": "a", "second": "b"})])  # fmt: skip
        named = told(place)

        assert erased(log, "c-1") == 1

    assert len(named) == 1
    assert "yet the payload is still there" in named[0]
    assert told(place) == []


def test_the_erasure_of_a_line_is_found_again(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(reference="c-1"), a_draft(reference="c-2")])
        erased(log, "c-1")
        erased(log, "c-2")

        first, second, none = (erasure_of(log.store, at) for at in (1, 2, 0))

    assert first is not None
    assert second is not None
    assert (first.place, second.place, none) == (3, 4, None)
