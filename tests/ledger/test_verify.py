"""Whoever changes a log without its key is found out, and what they did is named."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from taxatie.ledger.entry import EntryKind
from taxatie.ledger.opening import LogPlace
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.attacking import Change, Row, resign, rewrite
from tests.ledger.building import (
    ADDED,
    ORIGIN,
    a_draft,
    a_place,
    an_id,
    has,
    opened,
    told,
    verified,
)

LINES = 9
"""Lines of the small log."""


def test_the_small_log_is_whole(small: LogPlace, original: tuple[LogPlace, str]) -> None:
    found = verified(small, trusted_key=original[1])

    assert found.faults == ()
    assert found.is_whole
    assert (found.size, found.erased, found.origin, found.first_key) == (LINES, 1, ORIGIN, original[1])
    assert found.kinds == {
        EntryKind.GENESIS: 1,
        EntryKind.DECISION: 5,
        EntryKind.OVERRIDE: 1,
        EntryKind.ERASURE: 1,
        EntryKind.ROTATION: 1,
    }


def without(number: int) -> Change:
    """Return what takes a line away."""
    return lambda rows: rows[:number] + rows[number + 1 :]


def swapped(one: int, other: int) -> Change:
    """Return what lets two lines change places."""

    def change(rows: list[Row]) -> list[Row]:
        rows[one], rows[other] = rows[other], rows[one]
        return rows

    return change


def inserted(number: int) -> Change:
    """Return what puts a line in between: one that is there already, under another name."""

    def change(rows: list[Row]) -> list[Row]:
        foreign = replace(rows[1], sealed=None).saying(id=an_id(7), request=None, commitment=None)
        return [*rows[:number], foreign, *rows[number:]]

    return change


def cut(number: int) -> Change:
    """Return what cuts the log off."""
    return lambda rows: rows[:number]


ATTACKS = {
    **{f"line {number} removed": without(number) for number in range(LINES)},
    **{f"lines {one} and {one + 1} swapped": swapped(one, one + 1) for one in range(LINES - 1)},
    "lines 1 and 8 swapped": swapped(1, 8),
    **{f"a line inserted at {number}": inserted(number) for number in range(LINES + 1)},
    **{f"cut to {number} lines": cut(number) for number in range(LINES)},
    "all turned round": lambda rows: rows[::-1],
}
"""What somebody does to the lines."""


WITHOUT_BEGINNING = frozenset(
    {"line 0 removed", "lines 0 and 1 swapped", "a line inserted at 0", "cut to 0 lines", "all turned round"}
)
"""Of these it is told that the log does not begin with its beginning."""


def binding_words(name: str) -> str:
    """Return what is told of an attack by checkpoints that were left as they were."""
    if name in {"line 0 removed", "all turned round"}:
        return "a log begins once, at line 0"
    if name.startswith(("cut", "line 8 removed")):
        return "it was cut off or rolled back"
    return ADDED.format(9, 9) if name == "a line inserted at 9" else "binds other lines"


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_removed_swapped_inserted_or_cut_off_are_named(small: LogPlace, name: str) -> None:
    """By one who lets each line say its new small, and the log remember its new tree."""
    rewrite(small, ATTACKS[name])

    assert has(told(small), binding_words(name))


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_that_were_only_moved_say_where_they_belong(small: LogPlace, name: str) -> None:
    """By one who leaves each line as it was."""
    rewrite(small, ATTACKS[name], is_careful=False)

    faults = told(small)

    assert has(faults, binding_words(name))
    # At the end nothing moved, and the line that was put there is a copy of line 1.
    assert has(faults, "lines were moved or swapped") or name.startswith(("cut", "line 8"))


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_signed_anew_by_another_are_not_taken_for_the_logs_own(
    small: LogPlace, original: tuple[LogPlace, str], name: str, tmp_path: Path
) -> None:
    """Checkpoints of one's own, in every file. Who cannot sign as the log is found out by its first line."""
    kept = shutil.copy(small.checkpoint_files[0].path, tmp_path / "kept")
    key = new_private_key()
    rewrite(small, ATTACKS[name])
    resign(small, key, ORIGIN)
    plain = told(small)

    if name in WITHOUT_BEGINNING:
        assert has(plain, "a log begins once, at line 0") or has(plain, "the log is empty")
        return
    own = public_key_of(key)
    assert has(plain, "is not signed by the log's key")
    rewrite(small, lambda rows: [rows[0].saying(says={"origin": ORIGIN, "key": own}), *rows[1:]])
    resign(small, key, ORIGIN)
    assert has(told(small, kept=[Path(kept)]), "of `kept`")
    assert has(told(small, trusted_key=original[1]), "begun under another key than the one you trust")


def test_a_log_whose_every_file_was_put_back_is_found_out_by_a_checkpoint_that_was_kept(tmp_path: Path) -> None:
    """A rollback of all files leaves a log that is whole in itself: hence the second location."""
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    shutil.copytree(place.folder, tmp_path / "before")
    elsewhere = place.checkpoint_files[1].path
    shutil.copy(elsewhere, tmp_path / "copy-before")
    with opened(place) as log:
        log.append([a_draft()])
    shutil.copy(elsewhere, tmp_path / "kept")
    shutil.rmtree(place.folder)
    shutil.copytree(tmp_path / "before", place.folder)
    shutil.copy(tmp_path / "copy-before", elsewhere)

    assert told(place) == []
    assert told(place, kept=[tmp_path / "kept"]) == [
        "checkpoint 3 of `kept` binds 3 lines, the log has 2: it was cut off or rolled back"
    ]


def test_a_log_that_was_rolled_back_and_went_on_is_found_out(tmp_path: Path) -> None:
    """By the same key: the log's own service was let to go on with a backup, and forked."""
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
    shutil.copytree(tmp_path, tmp_path / "before")
    with opened(place) as log:
        log.append([a_draft()])
    forked = a_place(tmp_path / "before")
    with opened(forked) as log:
        log.append([a_draft()])

    assert told(forked) == []
    assert told(forked, kept=[place.checkpoint_files[0].path]) == [
        "checkpoint 3 of `checkpoints` (3 lines) binds other lines: one of lines 2 to 2 was changed, added or removed"
    ]


def test_what_was_added_at_the_end_is_told_line_by_line(small: LogPlace) -> None:
    rewrite(small, lambda rows: [*rows, *(inserted(0)(rows)[:1])])

    assert told(small) == [ADDED.format(9, 9)]
