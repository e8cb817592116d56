"""The log as a service uses it: written by one thread, read by another, and nothing is told that is not bound."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from taxatie.ledger.checkpoint_file import CheckpointFile
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept
from taxatie.ledger.opening import LogPlace, open_log, read_store
from taxatie.ledger.serving import ServingLog
from taxatie.ledger.sqlite_store import SqliteStore
from taxatie.ledger.store import LedgerUnavailableError, Stored
from tests.ledger.building import NOW, ORIGIN, a_draft, a_place, a_turn, an_erasure, an_id, told


@pytest.fixture
def place(tmp_path: Path) -> LogPlace:
    """Return where a log may lie."""
    return a_place(tmp_path)


def served(place: LogPlace, use: Callable[[ServingLog], Awaitable[None]]) -> None:
    """Use a log as a service does, and let go of it."""

    async def whole() -> None:
        serving = ServingLog(open_log(place, ORIGIN, NOW), read_store(place))
        try:
            await use(serving)
        finally:
            await serving.close()

    asyncio.run(whole())


def test_what_was_written_is_found_by_id_request_and_decision(place: LogPlace) -> None:
    async def use(log: ServingLog) -> None:
        decision = await log.append(a_draft(request="r-1", words="heard"))
        await log.append(a_draft(about=decision.entry.id, words="raised"))
        await log.append(a_draft(about=decision.entry.id, words="done"))
        by_id = await log.find(decision.entry.id)
        by_request = await log.find_request("r-1")

        assert by_id is not None
        assert by_id == by_request
        assert (by_id.entry, words(by_id)) == (decision.entry, "heard")
        assert [words(each) for each in await log.linked(decision.entry.id)] == ["raised", "done"]
        assert await log.find(an_id(99)) is None
        assert await log.find_request("r-2") is None

    served(place, use)


def words(kept: Kept) -> object:
    """Return what a payload says."""
    return None if kept.payload is None else kept.payload["words"]


def test_many_at_once_get_each_their_own_line(place: LogPlace) -> None:
    async def use(log: ServingLog) -> None:
        drafts = [a_draft(name=an_id(number)) for number in range(300)]
        written = await asyncio.gather(*map(log.append, drafts))

        assert [each.entry.id for each in written] == [draft.id for draft in drafts]
        assert sorted(each.entry.place for each in written) == list(range(1, 301))

    served(place, use)

    assert told(place) == []


def test_one_request_that_comes_many_times_at_once_becomes_one_line(place: LogPlace) -> None:
    async def use(log: ServingLog) -> None:
        written = await asyncio.gather(*(log.append(a_draft(request="r-1")) for _ in range(50)))

        assert len({each.entry.id for each in written}) == 1
        assert sum(each.is_new for each in written) == 1

    served(place, use)


def test_a_line_is_found_by_its_request_once_it_is_bound_and_not_before(place: LogPlace) -> None:
    """Else a retry would be answered from a line whose checkpoint could not be written."""

    async def use(log: ServingLog) -> None:
        sound = log.log.checkpoints
        log.log.checkpoints = CheckpointFile(place.folder)
        log.log.store.append([log.log._prepared(a_draft(request="r-1"))], a_turn(log.log))

        assert await log.find_request("r-1") is None
        with pytest.raises(LedgerUnavailableError):
            await log.append(a_draft(request="r-1"))
        assert await log.find_request("r-1") is None
        log.log.checkpoints = sound
        written = await log.append(a_draft(request="r-1"))
        found = await log.find_request("r-1")
        assert found is not None
        assert (written.is_new, found.entry) == (False, written.entry)

    served(place, use)

    assert told(place) == []


def test_what_was_erased_is_found_without_its_payload(place: LogPlace) -> None:
    async def use(log: ServingLog) -> None:
        written = await log.append(a_draft())
        await log.append(an_erasure((1, 1)))
        log.log.store.erase((1,))
        found = await log.find(written.entry.id)

        assert found is not None
        assert (found.entry, found.payload, found.is_erased) == (written.entry, None, True)

    served(place, use)

    assert told(place) == []


def test_a_line_that_was_changed_is_not_given_out(place: LogPlace) -> None:
    async def use(log: ServingLog) -> None:
        written = await log.append(a_draft())
        assert isinstance(log.log.store, SqliteStore)
        with log.log.store._use() as connection:
            connection.execute("UPDATE sealed SET data = randomblob(100)")

        with pytest.raises(LedgerUnavailableError, match="line 1 of the log is not what was written"):
            await log.find(written.entry.id)

    served(place, use)


@dataclass(slots=True)
class Slow(SqliteStore):
    """A store whose reader takes its time, and tells how many read at once."""

    begun: Event = field(default_factory=Event)
    may_end: Event = field(default_factory=Event)
    inside: int = 0
    most: int = 0

    def find(self, entry: EntryId) -> Stored | None:
        """Return a line, after a while."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.begun.set()
        self.may_end.wait()
        found = SqliteStore.find(self, entry)
        self.inside -= 1
        return found


def test_a_reader_that_went_away_keeps_the_next_one_waiting_until_its_thread_has_ended(place: LogPlace) -> None:
    """Two threads on one connection would each see what the other asked."""

    async def use(log: ServingLog) -> None:
        slow = Slow(place.folder, is_read_only=True)
        log.reading.close()
        log.reading = slow
        gone = asyncio.create_task(log.find(an_id(1)))
        await asyncio.to_thread(slow.begun.wait)
        gone.cancel()
        following = asyncio.create_task(log.find(an_id(2)))
        await asyncio.sleep(0)
        slow.may_end.set()
        await following

        assert slow.most == 1

    served(place, use)
