"""The head of the log: lines and signature are there together, so what is not signed was added by somebody else."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from taxatie.ledger.checkpoint import Checkpoint, sign_checkpoint
from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.entry import EntryKind
from taxatie.ledger.head import read_head
from taxatie.ledger.opening import LogPlace, open_log, read_store, reopen_log
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.sqlite_store import SqliteStore
from taxatie.ledger.store import HEAD, LedgerUnavailableError, Stood
from taxatie.signing import new_private_key
from tests.ledger.attacking import add, execute, rewrite, trees_of, writing
from tests.ledger.building import (
    ADDED,
    NOW,
    ORIGIN,
    STOPPED,
    a_draft,
    a_place,
    a_turn,
    has,
    lines_of,
    opened,
    told,
    verified,
)

REFUSED = "lie in the log, and the key did not sign them: somebody added them"


def stood(place: LogPlace) -> Stood:
    """Return where a log stands."""
    store = read_store(place)
    try:
        return store.stood()
    finally:
        store.close()


def assert_is_refused(place: LogPlace, words: str) -> None:
    """Assert that nobody goes on with a log, and that nothing changes by the attempt."""
    lines, head = lines_of(place), stood(place).head
    with pytest.raises(LedgerUnavailableError, match=words):
        open_log(place, ORIGIN, NOW)
    with pytest.raises(LedgerUnavailableError, match=words):
        reopen_log(place, NOW)
    assert (lines_of(place), stood(place).head) == (lines, head)


def test_the_head_is_the_last_checkpoint_of_all_that_lies_there(place: LogPlace) -> None:
    with opened(place) as log:
        for batch in (1, 3, 2):
            log.append([a_draft() for _ in range(batch)])

            now = log.store.stood()
            head = read_head(now.head)
            assert head == log.checkpoints.last()
            assert head is not None
            assert (head.checkpoint.size, head.checkpoint.root) == (now.tree.size, now.tree.root)
            assert (now.first, now.end) == (0, now.tree.size)


def test_an_empty_log_has_no_head(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)

    empty = store.stood()

    store.close()
    assert (empty.tree.size, empty.first, empty.end, empty.head) == (0, 0, 0, None)


def test_what_somebody_added_at_the_end_is_never_signed(place: LogPlace) -> None:
    """By one who writes as the store does, with payload, key and tree: the service stops, and stays stopped."""
    with opened(place) as log:
        log.append([a_draft()])
        add(place, a_draft(), a_draft())

        for _ in range(2):
            with pytest.raises(LedgerUnavailableError, match=f"lines 2 to 3 {REFUSED}") as caught:
                log.append([a_draft()])

    assert caught.value.hint == "look with `taxatie log verify`, then set them aside: `taxatie log set-aside`"
    assert_is_refused(place, f"lines 2 to 3 {REFUSED}")
    assert told(place) == [ADDED.format(2, 3)]


def test_what_is_refused_leaves_no_key_behind(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    with opened(place) as log:
        add(place, a_draft())
        with pytest.raises(LedgerUnavailableError, match=REFUSED):
            log.append([a_draft()])
    with writing(place) as connection:
        (keys,) = connection.execute("SELECT count(*) FROM vault.keys").fetchone()

    assert keys == 1


def test_nobody_is_answered_from_what_somebody_added(tmp_path: Path) -> None:
    """Neither a retry of its request, nor who asks for it, or for what was said of a decision."""
    place = a_place(tmp_path)
    forged = a_draft(request="r-1", words="mild")

    async def use() -> None:
        serving = ServingLog(open_log(place, ORIGIN, NOW), read_store(place))
        written = await serving.append(a_draft())
        add(place, forged, a_draft(kind=EntryKind.OVERRIDE, about=written.entry.id))
        assert await serving.find(written.entry.id) is not None
        assert await serving.find_request("r-1") is None
        for ask in (serving.append(a_draft(request="r-1")), serving.find(forged.id), serving.linked(written.entry.id)):
            with pytest.raises(LedgerUnavailableError, match=REFUSED):
                await ask
        await serving.close()

    asyncio.run(use())


def test_what_another_process_wrote_since_is_read(place: LogPlace) -> None:
    async def use() -> None:
        serving = ServingLog(open_log(place, ORIGIN, NOW), read_store(place))
        with opened(place) as other:
            (written,) = other.append([a_draft()])
        assert await serving.find(written.entry.id) is not None
        await serving.close()

    asyncio.run(use())


def test_lines_of_a_service_that_was_killed_are_signed_and_gone_on_with(place: LogPlace) -> None:
    """It wrote lines and head, and ended before it wrote the checkpoint beside the log."""
    with opened(place) as log:
        log.store.append([log._prepared(a_draft())], a_turn(log))
    before = told(place)
    with opened(place):
        pass

    assert before == [STOPPED.format(1, 1)]
    assert told(place) == []


SQL = {
    "a line behind, and the tree left as it was": (
        "INSERT INTO lines SELECT 40, leaf, 'x', NULL, NULL FROM lines WHERE place = 1",
        f"lines 2 to 40 {REFUSED}",
    ),
    "a line before the first": (
        "INSERT INTO lines SELECT -1, leaf, 'x', NULL, NULL FROM lines WHERE place = 1",
        f"lines -1 to 1 {REFUSED}",
    ),
    "the last line gone": ("DELETE FROM lines WHERE place = 1", "remembers 2 lines, and 1 lie in it"),
    "all lines gone": ("DELETE FROM lines", "another key signs|remembers 2 lines, and 0 lie in it"),
    "the head is no text": (
        f"UPDATE settings SET value = x'ff' WHERE name = '{HEAD}'",
        "head of the log cannot be read",
    ),
    "the head is none": (f"UPDATE settings SET value = x'00' WHERE name = '{HEAD}'", "head of the log cannot be read"),
    "the head is a number": (f"UPDATE settings SET value = 7 WHERE name = '{HEAD}'", "does not remember its `head`"),
}


@pytest.mark.parametrize("name", SQL)
def test_what_was_done_to_the_end_of_the_log_is_refused_and_named(tmp_path: Path, name: str) -> None:
    sentence, words = SQL[name]
    place = a_place(tmp_path)
    with opened(place) as log:
        log.append([a_draft()])
        execute(place, sentence)
        with pytest.raises(LedgerUnavailableError, match=words):
            log.append([a_draft()])

    with pytest.raises(LedgerUnavailableError, match=words):
        open_log(place, ORIGIN, NOW)
    assert told(place) != []


def without_head(place: LogPlace) -> None:
    """Make a log one from before there was a head."""
    execute(place, f"DELETE FROM settings WHERE name = '{HEAD}'")


def test_a_log_from_before_there_was_a_head_goes_on_and_gets_one(small: LogPlace) -> None:
    """Its last checkpoint covers all that lies in it."""
    without_head(small)
    before = told(small)
    with opened(small):
        adopted = stood(small).head
        assert adopted is not None
        assert read_head(adopted) == [*small.checkpoint_files[0].read()][-1]

    assert before == []
    assert told(small) == []


def test_taking_the_head_away_does_not_help_who_adds_a_line(small: LogPlace) -> None:
    """The checkpoint beside the log covers less than lies in it then."""
    add(small, a_draft())
    without_head(small)

    assert_is_refused(small, f"lines 9 to 9 {REFUSED}")
    assert told(small) == [
        "lines 9 to 9 are bound by no checkpoint: written as the service was stopped, or added since"
    ]


def test_a_log_that_an_older_program_wrote_into_goes_on(small: LogPlace) -> None:
    """It signed what it wrote beside the log, and knew of no head."""
    early = stood(small).head
    with opened(small) as log:
        log.append([a_draft()])
    with writing(small) as connection:
        connection.execute("UPDATE settings SET value = ? WHERE name = ?", (early, HEAD))
    before = told(small)
    with opened(small) as log:
        log.append([a_draft()])

    assert before == []
    assert told(small) == []


def own_head(place: LogPlace, key: bytes, origin: str = ORIGIN) -> None:
    """Write a head of all that lies there, signed by a key of one's own."""
    tree = trees_of(place)[-1]
    note = sign_checkpoint(Checkpoint(origin, tree.size, tree.root), [key]).note.encode()
    with writing(place) as connection:
        connection.execute("UPDATE settings SET value = ? WHERE name = ?", (note, HEAD))


def test_a_head_of_ones_own_is_no_head(small: LogPlace) -> None:
    key = new_private_key()
    add(small, a_draft())
    own_head(small, key)

    assert_is_refused(small, "another key signs for this log")
    assert has(told(small), "`head of the log` (10 lines) is not signed by the log's key", ADDED.format(9, 9))


def test_a_checkpoint_of_ones_own_does_not_cover_a_line_either(small: LogPlace) -> None:
    add(small, a_draft())
    tree = trees_of(small)[-1]
    signed = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root), [new_private_key()])
    CheckpointFile(small.checkpoint_files[0].path).append(signed)

    assert_is_refused(small, "another key signs for this log")


def test_the_head_of_another_log_of_the_same_key_is_none(small: LogPlace) -> None:
    own_head(small, small.key_file.read_bytes(), "other")

    with pytest.raises(LedgerUnavailableError, match="this is the log of `other`, not of `example/decisions`"):
        open_log(small, ORIGIN, NOW)


@pytest.mark.parametrize("change", [lambda rows: rows[:5], lambda rows: [rows[0], *rows[2:]], lambda rows: rows[::-1]])
def test_lines_that_the_head_covers_cannot_be_exchanged(
    small: LogPlace, change: Callable[[list[object]], list[object]], tmp_path: Path
) -> None:
    """Also where the checkpoints beside the log are gone: the head binds as much."""
    shutil.move(small.checkpoint_files[0].path, tmp_path / "gone")
    shutil.move(small.checkpoint_files[1].path, tmp_path / "gone too")
    rewrite(small, change)  # type: ignore[arg-type]  # any change of rows

    assert_is_refused(small, "cut off, rolled back or rewritten")


def test_a_checkpoint_that_is_lost_beside_the_log_stops_nobody(small: LogPlace) -> None:
    small.checkpoint_files[0].path.unlink()
    with opened(small) as log:
        log.append([a_draft()])

    assert verified(small).faults == ()


def test_the_old_key_signs_nothing_behind_a_rotation(place: LogPlace) -> None:
    """Whoever holds it and asks the store itself: the head says which key goes on."""
    with opened(place) as serving:
        with opened(place) as rotating:
            rotating.rotate(new_private_key(), NOW)
        with pytest.raises(LedgerUnavailableError, match="another key signs for this log"):
            serving.store.append([serving._prepared(a_draft())], a_turn(serving))

    assert len(lines_of(place)) == 2
