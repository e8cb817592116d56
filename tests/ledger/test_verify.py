"""Whoever changes a log without its key is found out, and what they did is named."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import SIGNER, fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import FAULTS_MAX, verify_log
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.attacking import Change, Row, execute, resign, rewrite, writing
from tests.ledger.building import (
    NOW,
    ORIGIN,
    a_draft,
    a_place,
    a_small_log,
    an_erasure,
    an_id,
    lines_of,
    opened,
    told,
    verified,
)

LINES = 9
"""Lines of the small log."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[LogPlace, str]:
    """Return a small log with everything in it, and the key that signed first."""
    place = a_place(tmp_path_factory.mktemp("original"))
    return place, a_small_log(place)


@pytest.fixture
def place(original: tuple[LogPlace, str], tmp_path: Path) -> LogPlace:
    """Return a copy of the small log, to break."""
    shutil.copytree(original[0].folder.parent, tmp_path, dirs_exist_ok=True)
    return a_place(tmp_path)


def has(faults: list[str], *words: str) -> bool:
    """Return whether each of some words is told."""
    return all(any(word in fault for fault in faults) for word in words)


def test_the_small_log_is_whole(place: LogPlace, original: tuple[LogPlace, str]) -> None:
    found = verified(place, trusted_key=original[1])

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
    return "lines 9 to 9 are bound by no checkpoint" if name == "a line inserted at 9" else "binds other lines"


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_removed_swapped_inserted_or_cut_off_are_named(place: LogPlace, name: str) -> None:
    """By one who lets each line say its new place, and the log remember its new tree."""
    rewrite(place, ATTACKS[name])

    assert has(told(place), binding_words(name))


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_that_were_only_moved_say_where_they_belong(place: LogPlace, name: str) -> None:
    """By one who leaves each line as it was."""
    rewrite(place, ATTACKS[name], is_careful=False)

    faults = told(place)

    assert has(faults, binding_words(name))
    # At the end nothing moved, and the line that was put there is a copy of line 1.
    assert has(faults, "lines were moved or swapped") or name.startswith(("cut", "line 8"))


@pytest.mark.parametrize("name", ATTACKS)
def test_lines_signed_anew_by_another_are_not_taken_for_the_logs_own(
    place: LogPlace, original: tuple[LogPlace, str], name: str, tmp_path: Path
) -> None:
    """Checkpoints of one's own, in every file. Who cannot sign as the log is found out by its first line."""
    kept = shutil.copy(place.checkpoint_files[0].path, tmp_path / "kept")
    key = new_private_key()
    rewrite(place, ATTACKS[name])
    resign(place, key, ORIGIN)
    plain = told(place)

    if name in WITHOUT_BEGINNING:
        assert has(plain, "a log begins once, at line 0") or has(plain, "the log is empty")
        return
    own = public_key_of(key)
    assert has(plain, "is not signed by the log's key")
    rewrite(place, lambda rows: [rows[0].saying(says={"origin": ORIGIN, "key": own}), *rows[1:]])
    resign(place, key, ORIGIN)
    assert has(told(place, kept=[Path(kept)]), "of `kept`")
    assert has(told(place, trusted_key=original[1]), "begun under another key than the one you trust")


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


SQL = {
    "payload of another line": (
        "UPDATE sealed SET data = (SELECT data FROM sealed WHERE place = 8) WHERE place = 1",
        "line 1: its payload was changed: it does not open with its key",
    ),
    "payload and key of another line": (
        """
UPDATE sealed SET data = (SELECT data FROM sealed WHERE place = 8) WHERE place = 1;
UPDATE vault.keys SET key = (SELECT key FROM vault.keys JOIN lines USING (id) WHERE place = 8)
WHERE id = (SELECT id FROM lines WHERE place = 1)
""",
        "line 1: its payload was changed: it is not what was committed to",
    ),
    "payload changed": (
        "UPDATE sealed SET data = randomblob(90) WHERE place = 4",
        "line 4: its payload was changed: it does not open with its key",
    ),
    "payload removed": (
        "DELETE FROM sealed WHERE place = 4",
        "line 4: its sealed payload is gone, and the rest is still there",
    ),
    "key removed": (
        "DELETE FROM vault.keys WHERE id = (SELECT id FROM lines WHERE place = 4)",
        "line 4: its key is gone, and the rest is still there",
    ),
    "date of erasure moved": (
        "UPDATE sealed SET keep_until = '2026-03-03' WHERE place = 2",
        "line 2: is to be erased on another date than its own",
    ),
    "date of erasure removed": (
        "UPDATE sealed SET keep_until = NULL WHERE place = 7",
        "line 7: is to be erased on another date than its own",
    ),
    "case hidden": (
        "UPDATE sealed SET case_tag = NULL WHERE place = 2",
        "line 2: is indexed under another case than its own",
    ),
    "case exchanged": (
        "UPDATE sealed SET case_tag = (SELECT case_tag FROM sealed WHERE place = 1) WHERE place = 2",
        "line 2: is indexed under another case than its own",
    ),
    "case of an advice": (
        "UPDATE sealed SET case_tag = zeroblob(32) WHERE place = 7",
        "line 7: is indexed under another case than its own",
    ),
    "id changed": (
        "UPDATE lines SET id = upper(id) WHERE place = 8",
        "line 8: is indexed under other names than its own",
    ),
    "request forgotten": (
        "UPDATE lines SET request = NULL WHERE place = 2",
        "line 2: is indexed under other names than its own",
    ),
    "override hidden": (
        "UPDATE lines SET about = NULL WHERE place = 4",
        "line 4: is indexed under other names than its own",
    ),
    "secret changed": (
        "UPDATE settings SET value = zeroblob(32) WHERE name = 'tag_secret'",
        "line 1: is indexed under another case than its own",
    ),
    "secret removed": (
        "DELETE FROM settings WHERE name = 'tag_secret'",
        "the secret of the case digests is gone",
    ),
    "tree forgotten": ("DELETE FROM tree", "the log does not remember its tree"),
    "tree changed": (
        "UPDATE tree SET peaks = zeroblob(64)",
        "the log remembers 9 lines with another root than its lines have",
    ),
    "line of another type": (
        "UPDATE lines SET leaf = 'text' WHERE place = 5",
        "line 5 of the log holds what is none",
    ),
    "line of nothing": ("UPDATE lines SET leaf = x'' WHERE place = 5", "line 5: was changed"),
    "payload without a line that knows it": (
        "INSERT INTO sealed VALUES (5, x'01', NULL, NULL)",
        "line 5: has a payload that its line does not know",
    ),
    "all lines removed": ("DELETE FROM lines", "the log is empty: it was never begun, or all of it was taken away"),
    "table removed": ("DROP TABLE lines", "fails: no such table: lines"),
}


@pytest.mark.parametrize("name", SQL)
def test_what_was_changed_beside_the_lines_is_named(place: LogPlace, name: str) -> None:
    sentence, words = SQL[name]
    execute(place, *sentence.split(";"))

    assert has(told(place), words)


@pytest.mark.parametrize("name", ["rotation", SIGNER])
def test_a_log_that_remembers_another_key_says_so(place: LogPlace, name: str) -> None:
    """The line of the rotation decides as long as it is named; without it the key that is remembered."""
    execute(
        place,
        f"UPDATE settings SET value = CAST(substr(CAST(value AS TEXT), 1, 37) || 'x' AS BLOB) WHERE name = '{name}'",
        *(["DELETE FROM settings WHERE name = 'rotation'"] if name == SIGNER else []),
    )

    assert told(place) == ["the log remembers another key than the one that signs now"]


def test_a_payload_that_is_gone_without_a_word_is_named(place: LogPlace) -> None:
    with opened(place) as log:
        log.store.erase((1, 2))

    assert told(place) == ["line 1: its payload is gone, and all up to line 2; no erasure is on record"]


def test_an_erasure_that_was_not_carried_out_is_named(place: LogPlace) -> None:
    """It is written before the keys are destroyed: a process that ends in between leaves this, to be run again."""
    with opened(place) as log:
        log.append([an_erasure((1, 1), (7, 8))])
    before = told(place)
    with opened(place) as log:
        log.store.erase((1, 7, 8))

    assert before == [
        "line 1: was erased; yet the payload is still there",
        "line 7: was erased, and all up to line 8; yet the payload is still there",
    ]
    assert told(place) == []


@pytest.mark.parametrize("places", [[[8, 99]], [[5, 3]], [[-1, 0]], [["1", "2"]], [3], "1", None, [[1, 2, 3]]])
def test_an_erasure_of_what_was_not_there_is_named(place: LogPlace, places: object) -> None:
    with opened(place) as log:
        log.append([Draft(fresh_id(NOW), EntryKind.ERASURE, utc_text(NOW), says={"places": places})])

    assert told(place) == ["line 9: erases lines that were not there"]


def test_a_log_begins_once_and_at_its_first_line(place: LogPlace) -> None:
    with opened(place) as log:
        says = {"origin": ORIGIN, "key": public_key_of(log.signer)}
        log.append([Draft(fresh_id(NOW), EntryKind.GENESIS, utc_text(NOW), says=says)])

    assert told(place) == ["line 9: a log begins once, at line 0"]


@pytest.mark.parametrize("key", ["", "no base64", "é", None, 7, []])
def test_a_log_that_names_no_key_is_named_and_never_a_crash(place: LogPlace, key: object) -> None:
    rewrite(place, lambda rows: [rows[0].saying(says={"origin": ORIGIN, "key": key}), *rows[1:]])

    assert told(place)[0] == "line 0: names no key that signs"


@pytest.mark.parametrize("leaf", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"{}", b"null", b"1" * 5_000])
def test_a_line_of_hostile_json_is_named_and_never_a_crash(place: LogPlace, leaf: bytes) -> None:
    with writing(place) as connection:
        connection.execute("UPDATE lines SET leaf = ? WHERE place = 2", (leaf,))

    assert has(told(place), "line 2: was changed")


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "removed": (lambda path: path.unlink(), "`checkpoints` cannot be read: No such file or directory"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "`checkpoints` cannot be read: Is a directory"),
    "emptied": (lambda path: path.write_bytes(b""), "bound by no checkpoint"),
    "cut in the middle": (lambda path: path.write_bytes(path.read_bytes()[:-9]), "it breaks off"),
    "turned round": (lambda path: path.write_bytes(turned(path.read_bytes())), "stands after a later one"),
    "of another log": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"example", b"another")),
        "checkpoint 1 of `checkpoints` (1 lines) is of another log: `another/decisions`",
    ),
    "of another size": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n9\n", b"\n10\n")),
        "(10 lines, the log has 9) is not signed by the log's key",
    ),
    "of a smaller size": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n9\n", b"\n8\n")),
        "is not signed by the log's key",
    ),
    "of no lines": (
        lambda path: path.write_bytes(path.read_bytes().replace(b"\n1\n", b"\n0\n")),
        "checkpoint 1 of `checkpoints` (0 lines) stands after a later one",
    ),
}


def turned(data: bytes) -> bytes:
    """Return checkpoints, the last one first."""
    notes = data.decode().split("\n\n")[:-1]
    pairs = [f"{body}\n\n{signature}\n\n" for body, signature in zip(notes[::2], notes[1::2], strict=True)]
    return "".join(reversed(pairs)).encode()


@pytest.mark.parametrize("name", FILES)
def test_what_was_done_to_a_file_of_checkpoints_is_named(place: LogPlace, name: str) -> None:
    damage, words = FILES[name]
    file = place.checkpoint_files[0]
    damage(file.path)
    alone = replace(place, copy=None)

    assert has(told(alone), words)


def test_a_log_without_any_checkpoint_is_bound_by_nothing(place: LogPlace) -> None:
    store = read_store(place)
    found = verify_log(store, [])
    store.close()

    assert [str(fault) for fault in found.faults] == [
        "lines 0 to 8 are bound by no checkpoint: written as the service was stopped, or added since"
    ]


def test_what_was_added_at_the_end_is_told_line_by_line(place: LogPlace) -> None:
    rewrite(place, lambda rows: [*rows, *(inserted(0)(rows)[:1])])

    assert told(place) == [
        "lines 9 to 9 are bound by no checkpoint: written as the service was stopped, or added since"
    ]


def test_of_very_many_faults_the_rest_is_counted(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft() for _ in range(FAULTS_MAX + 20)])
    execute(place, "UPDATE sealed SET case_tag = NULL")

    found = verified(place)

    assert (len(found.faults), found.faults_untold) == (FAULTS_MAX, 20)
    assert not found.is_whole


def test_whoever_watches_sees_each_line_once(place: LogPlace) -> None:
    seen: list[int] = []

    def watch(lines: object) -> object:
        for stored in lines:  # type: ignore[attr-defined]
            seen.append(stored.place)
            yield stored

    store = read_store(place)
    verify_log(store, place.checkpoint_files, watch=watch)  # type: ignore[arg-type]
    store.close()

    assert seen == [stored.place for stored in lines_of(place)] == list(range(LINES))
