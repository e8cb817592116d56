"""The port behind which a log is kept: every kind of store does the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.kept import open_stored
from taxatie.ledger.log import fresh_id
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.store import LedgerUnavailableError, Store
from taxatie.limits import LOG_PAGE_LINES
from tests.ledger.building import NOW, a_draft, an_erasure, opened, verified


@contextmanager
def reading(place: LogPlace) -> Iterator[Store]:
    """Open the lines of a log to read, and let go of them."""
    store = read_store(place)
    try:
        yield store
    finally:
        store.close()


def test_lines_come_back_as_they_were_written(place: LogPlace) -> None:
    """And over more than one page of the reader."""
    drafts = [a_draft(words=f"case {number}") for number in range(LOG_PAGE_LINES + 10)]

    with opened(place) as log:
        log.append(drafts)
    with reading(place) as store:
        kept = [open_stored(stored) for stored in store.lines()]
        late = [stored.place for stored in store.lines(LOG_PAGE_LINES + 9)]

    assert [each.entry.place for each in kept] == list(range(len(drafts) + 1))
    assert [each.entry.id for each in kept[1:]] == [draft.id for draft in drafts]
    assert [each.payload["words"] for each in kept[1:] if each.payload] == [f"case {n}" for n in range(len(drafts))]
    assert late == [LOG_PAGE_LINES + 9, LOG_PAGE_LINES + 10]


def test_a_whole_log_verifies(place: LogPlace) -> None:
    with opened(place) as log:
        for number in range(9):
            log.append([a_draft(reference=f"case-{number}"), a_draft()])

    found = verified(place)

    assert found.is_whole, found.faults
    assert found.size == 19


def test_a_log_goes_on_where_it_was(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft()])
    with opened(place) as log:
        (written,) = log.append([a_draft()])

    assert written.entry.place == 2
    assert verified(place).is_whole


def test_a_known_request_is_not_written_again(place: LogPlace) -> None:
    """Neither later, nor in the same batch; the retry gets the line that is there."""
    with opened(place) as log:
        first, twin = log.append([a_draft(request="one"), a_draft(request="one")])
        later, other = log.append([a_draft(request="one"), a_draft(request="two")])
        size = log.store.tree().size

    assert (first.is_new, twin.is_new, later.is_new, other.is_new) == (True, False, False, True)
    assert first.entry == twin.entry == later.entry
    assert size == 3
    assert verified(place).is_whole


def test_a_batch_is_written_whole_or_not_at_all(place: LogPlace) -> None:
    """One line of it fails, here because its id is taken; the store goes on afterwards."""
    draft = a_draft(words="first")
    with opened(place) as log:
        log.append([draft])
        with pytest.raises(LedgerUnavailableError):
            log.append([a_draft(words="innocent"), draft, a_draft(words="behind")])
        size = log.store.tree().size
        log.append([a_draft(words="after")])

    assert size == 2
    found = verified(place)
    assert found.is_whole, found.faults
    assert found.size == 3


def test_lines_are_found_by_what_they_are_about(place: LogPlace) -> None:
    decision, request = a_draft(reference="case-1", request="one"), a_draft(reference="case-2")
    outcome = a_draft(kind=EntryKind.OUTCOME, about=decision.id)
    with opened(place) as log:
        log.append([decision, request, outcome])
        tag = log.case_tag("case-1")
    with reading(place) as store:
        found, asked = store.find(decision.id), store.find_request("one")

        assert found is not None
        assert found == asked
        assert (found.place, found.id, found.request, found.case_tag) == (1, decision.id, "one", tag)
        assert [each.id for each in store.linked(decision.id)] == [outcome.id]
        assert store.places_of_case(tag) == (1,)
        assert store.find(fresh_id(NOW)) is None
        assert store.find_request("none") is None
        assert list(store.linked(fresh_id(NOW))) == []


def test_what_is_kept_beside_the_lines_is_kept_once(place: LogPlace) -> None:
    with opened(place) as log:
        assert log.store.setting("other") is None
        assert log.store.keep_setting("other", b"first") == b"first"
        assert log.store.keep_setting("other", b"second") == b"first"
        log.store.replace_setting("other", b"third")
    with reading(place) as store:
        assert store.setting("other") == b"third"


def test_payloads_expire_after_their_last_day(place: LogPlace) -> None:
    days = ["2026-03-01", "2026-03-02", "2026-03-03", None]
    with opened(place) as log:
        log.append([a_draft(keep_until=day) for day in days])

        assert log.store.places_expired("2026-03-02") == (1,)
        assert log.store.places_expired("2026-03-04") == (1, 2, 3)


def test_what_is_erased_is_gone_and_the_log_verifies(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft(reference="case-1"), a_draft(reference="case-2"), a_draft(reference="case-1")])
        places = log.store.places_of_case(log.case_tag("case-1"))
        log.append([an_erasure(*((each, each) for each in places))])
        log.store.erase(places)
        log.store.erase(places)  # a second time, as after a crash, changes nothing
    with reading(place) as store:
        stored = list(store.lines())

    assert places == (1, 3)
    assert [(each.key is None, each.data is None) for each in stored[1:4]] == [(True,) * 2, (False,) * 2, (True,) * 2]
    assert open_stored(stored[1]).is_erased
    found = verified(place)
    assert found.is_whole, found.faults
    assert found.erased == 2


def test_erasing_nothing_and_lines_without_a_payload_is_nothing(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft()])
        log.store.erase([])
        log.store.erase([0, 77])

    assert verified(place).is_whole


def test_a_reader_cannot_write(place: LogPlace) -> None:
    with opened(place) as log:
        log.append([a_draft()])
    with reading(place) as store, pytest.raises(LedgerUnavailableError):
        store.keep_setting("other", b"value")

    assert verified(place).is_whole


def test_many_write_at_once_and_each_line_has_its_own_place(place: LogPlace) -> None:
    """Several processes with one folder, or several replicas: here threads, each with a connection of its own."""
    failures: list[Exception] = []

    def write() -> None:
        try:
            with opened(place) as log:
                for _ in range(10):
                    log.append([a_draft(request="shared"), a_draft(), a_draft()])
        except Exception as error:  # noqa: BLE001  # the test shows it
            failures.append(error)

    threads = [Thread(target=write) for _ in range(4)]
    with opened(place):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    found = verified(place)
    assert failures == []
    assert found.is_whole, found.faults
    assert found.size == 1 + 1 + 4 * 10 * 2
