"""Verifying a log while the service writes it: no false alarm, and nothing that a standing log would show is missed."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.store import Stored
from taxatie.ledger.verify import Verification, verify_log
from tests.ledger.building import ADDED, STOPPED, a_draft, an_erasure, opened


def verified_while(place: LogPlace, happens: Callable[[], object], *, before: int) -> Verification:
    """Return what verifying finds when something happens before a line is read."""

    def watch(lines: Iterable[Stored]) -> Iterator[Stored]:
        for stored in lines:
            if stored.place == before:
                happens()
            yield stored

    store = read_store(place)
    try:
        return verify_log(store, place.checkpoint_files, watch=watch)
    finally:
        store.close()


@pytest.mark.parametrize("before", [0, 3])
def test_lines_that_come_meanwhile_are_no_fault(place: LogPlace, before: int) -> None:
    with opened(place) as log:
        log.append([a_draft() for _ in range(3)])
        found = verified_while(place, lambda: [log.append([a_draft()]) for _ in range(3)], before=before)

    assert found.is_whole, found.faults


@pytest.mark.parametrize("before", [0, 3])
def test_what_is_erased_meanwhile_is_no_fault(place: LogPlace, before: int) -> None:
    """Whether its payload was read before it went or looked for after that."""
    with opened(place) as log:
        log.append([a_draft() for _ in range(3)])

        def erase() -> None:
            log.append([an_erasure((2, 2))])
            log.store.erase([2])

        found = verified_while(place, erase, before=before)
        again = verified_while(place, lambda: None, before=0)

    assert found.is_whole, found.faults
    assert again.is_whole, again.faults


def test_a_checkpoint_that_was_on_its_way_is_found(tmp_path: Path) -> None:
    """The line was there when verifying began, and its checkpoint a moment later."""
    place = LogPlace(tmp_path / "log")
    (file,) = place.checkpoint_files
    with opened(place) as log:
        early = file.path.read_bytes()
        log.append([a_draft()])
        late = file.path.read_bytes()
    file.path.write_bytes(early)

    found = verified_while(place, lambda: file.path.write_bytes(late), before=1)

    assert found.is_whole, found.faults


def test_a_checkpoint_that_never_comes_is_missed(tmp_path: Path) -> None:
    place = LogPlace(tmp_path / "log")
    (file,) = place.checkpoint_files
    with opened(place) as log:
        early = file.path.read_bytes()
        log.append([a_draft()])
    file.path.write_bytes(early)

    found = verified_while(place, lambda: None, before=0)

    assert [str(fault) for fault in found.faults] == [STOPPED.format(1, 1)]


def test_a_tail_that_is_cut_off_meanwhile_is_noticed(place: LogPlace) -> None:
    """What the log remembered when verifying began must be reached."""
    with opened(place) as log:
        log.append([a_draft() for _ in range(3)])

    def cut(lines: Iterable[Stored]) -> Iterator[Stored]:
        yield from list(lines)[:2]

    store = read_store(place)
    try:
        found = verify_log(store, place.checkpoint_files, watch=cut)
    finally:
        store.close()

    assert [str(fault) for fault in found.faults] == [
        "checkpoint 1 of `head of the log` binds 4 lines, the log has 2: it was cut off or rolled back",
        "checkpoint 2 of `checkpoints` binds 4 lines, the log has 2: it was cut off or rolled back",
        ADDED.format(1, 1),
        "the log remembers 4 lines with another root than its lines have",
    ]
