"""What stands beside the lines of a log: payloads, keys, indexes, settings, files of checkpoints; changes are named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from taxatie.ledger.checkpoint import sign_checkpoint
from taxatie.ledger.entry import Draft, EntryKind
from taxatie.ledger.log import SIGNER, fresh_id, utc_text
from taxatie.ledger.opening import LogPlace, read_store
from taxatie.ledger.verify import FAULTS_MAX, verify_log
from taxatie.signing import new_private_key, public_key_of
from tests.ledger.attacking import execute, rewrite, writing
from tests.ledger.building import (
    NOW,
    ORIGIN,
    STOPPED,
    a_draft,
    a_place,
    an_erasure,
    has,
    lines_of,
    opened,
    told,
    verified,
)

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
    "line removed": ("DELETE FROM lines WHERE place = 4", "line 4: is missing"),
    "lines removed": ("DELETE FROM lines WHERE place IN (2, 3)", "line 2: is missing, and all up to line 3"),
    "first line removed": ("DELETE FROM lines WHERE place = 0", "line 0: is missing"),
    "index taken out of the file": (
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'lines_about'",
        "log.sqlite: ",
    ),
    "all lines removed": ("DELETE FROM lines", "the log is empty: it was never begun, or all of it was taken away"),
    "table removed": ("DROP TABLE lines", "fails: no such table: lines"),
}


@pytest.mark.parametrize("name", SQL)
def test_what_was_changed_beside_the_lines_is_named(small: LogPlace, name: str) -> None:
    sentence, words = SQL[name]
    execute(small, *sentence.split(";"))

    assert has(told(small), words)


@pytest.mark.parametrize("name", ["rotation", SIGNER])
def test_a_log_that_remembers_another_key_says_so(small: LogPlace, name: str) -> None:
    """The line of the rotation decides as long as it is named; without it the key that is remembered."""
    execute(
        small,
        f"UPDATE settings SET value = CAST(substr(CAST(value AS TEXT), 1, 37) || 'x' AS BLOB) WHERE name = '{name}'",
        *(["DELETE FROM settings WHERE name = 'rotation'"] if name == SIGNER else []),
    )

    assert told(small) == ["the log remembers another key than the one that signs now"]


def test_a_payload_that_is_gone_without_a_word_is_named(small: LogPlace) -> None:
    with opened(small) as log:
        log.store.erase((1, 2))

    assert told(small) == ["line 1: its payload is gone, and all up to line 2; no erasure is on record"]


def test_an_erasure_that_was_not_carried_out_is_named(small: LogPlace) -> None:
    """It is written before the keys are destroyed: a process that ends in between leaves this, to be run again."""
    with opened(small) as log:
        log.append([an_erasure((1, 1), (7, 8))])
    before = told(small)
    with opened(small) as log:
        log.store.erase((1, 7, 8))

    assert before == [
        "line 1: was erased; yet the payload is still there",
        "line 7: was erased, and all up to line 8; yet the payload is still there",
    ]
    assert told(small) == []


@pytest.mark.parametrize("places", [[[8, 99]], [[5, 3]], [[-1, 0]], [["1", "2"]], [3], "1", None, [[1, 2, 3]]])
def test_an_erasure_of_what_was_not_there_is_named(small: LogPlace, places: object) -> None:
    with opened(small) as log:
        log.append([Draft(fresh_id(NOW), EntryKind.ERASURE, utc_text(NOW), says={"places": places})])

    assert told(small) == ["line 9: erases lines that were not there"]


def test_a_log_begins_once_and_at_its_first_line(small: LogPlace) -> None:
    with opened(small) as log:
        says = {"origin": ORIGIN, "key": public_key_of(log.signer)}
        log.append([Draft(fresh_id(NOW), EntryKind.GENESIS, utc_text(NOW), says=says)])

    assert told(small) == ["line 9: a log begins once, at line 0"]


@pytest.mark.parametrize("key", ["", "no base64", "é", None, 7, []])
def test_a_log_that_names_no_key_is_named_and_never_a_crash(small: LogPlace, key: object) -> None:
    rewrite(small, lambda rows: [rows[0].saying(says={"origin": ORIGIN, "key": key}), *rows[1:]])

    assert told(small)[0] == "line 0: names no key that signs"


@pytest.mark.parametrize("leaf", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"{}", b"null", b"1" * 5_000])
def test_a_line_of_hostile_json_is_named_and_never_a_crash(small: LogPlace, leaf: bytes) -> None:
    with writing(small) as connection:
        connection.execute("UPDATE lines SET leaf = ? WHERE place = 2", (leaf,))

    assert has(told(small), "line 2: was changed")


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
def test_what_was_done_to_a_file_of_checkpoints_is_named(small: LogPlace, name: str) -> None:
    damage, words = FILES[name]
    file = small.checkpoint_files[0]
    damage(file.path)
    alone = replace(small, copy=None)

    assert has(told(alone), words)


def test_a_log_without_any_checkpoint_is_bound_by_nothing(small: LogPlace) -> None:
    store = read_store(small)
    found = verify_log(store, [])
    store.close()

    assert [str(fault) for fault in found.faults] == [STOPPED.format(0, 8)]


def test_a_payload_that_was_written_for_another_line_is_named(small: LogPlace) -> None:
    """Our own mistake, or that of one who holds the key: the payload is as committed, and belongs elsewhere."""
    with opened(small) as log:
        log.append([replace(a_draft(), payload=a_draft().payload)])

    assert told(small) == ["line 9: holds the payload of another line"]


def test_a_checkpoint_that_a_stranger_signed_as_well_is_named(small: LogPlace) -> None:
    """A word that nobody can verify does not belong there."""
    file = small.checkpoint_files[0]
    last = [*file.read()][-1]
    file.append(sign_checkpoint(last.checkpoint, [small.key_file.read_bytes(), new_private_key()]))

    assert told(small) == ["checkpoint 9 of `checkpoints` (9 lines) is not signed by the log's key alone"]


def test_of_very_many_faults_the_rest_is_counted(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft() for _ in range(FAULTS_MAX + 20)])
    execute(place, "UPDATE sealed SET case_tag = NULL")

    found = verified(place)

    assert (len(found.faults), found.faults_untold) == (FAULTS_MAX, 20)
    assert not found.is_whole


def test_whoever_watches_sees_each_line_once(small: LogPlace) -> None:
    seen: list[int] = []

    def watch(lines: object) -> object:
        for stored in lines:  # type: ignore[attr-defined]
            seen.append(stored.place)
            yield stored

    store = read_store(small)
    verify_log(store, small.checkpoint_files, watch=watch)  # type: ignore[arg-type]
    store.close()

    assert seen == [stored.place for stored in lines_of(small)] == list(range(9))
