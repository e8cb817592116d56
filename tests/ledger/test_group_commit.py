"""Many callers, one disk: each hears what became of its own line, and nothing is dropped in silence."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Semaphore

import pytest

from taxatie.ledger.entry import Draft, EntryKind, entry_of
from taxatie.ledger.group_commit import GroupCommit
from taxatie.ledger.identity import EntryId
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.limits import LOG_BATCH_MAX
from tests.ledger.building import an_id


def draft(number: int) -> Draft:
    """Return a line that is known again by its number."""
    return Draft(an_id(number), EntryKind.DECISION, "t")


def number_of(written: Written) -> EntryId:
    """Return by which a line is known again."""
    return written.entry.id


@dataclass
class Disk:
    """A log whose disk is busy until the test lets it go on."""

    batches: list[int] = field(default_factory=list)
    arrived: Event = field(default_factory=Event)
    turns: Semaphore = field(default_factory=lambda: Semaphore(0))
    is_busy: bool = True
    error: Exception | None = None
    poison: EntryId | None = None
    places: int = 0

    def append(self, drafts: Sequence[Draft]) -> tuple[Written, ...]:
        """Write lines once there is a turn."""
        self.arrived.set()
        if self.is_busy:
            self.turns.acquire()
        self.batches.append(len(drafts))
        if self.error is not None:
            raise self.error
        if any(each.id == self.poison for each in drafts):
            raise ValueError("this line cannot be written")
        written = tuple(Written(entry_of(each, self.places + i, None), is_new=True) for i, each in enumerate(drafts))
        self.places += len(drafts)
        return written


def run(use: Callable[[Disk, GroupCommit], Awaitable[None]], waiting_max: int = 2_000) -> tuple[Disk, GroupCommit]:
    """Return a disk and its group commit after their use."""
    disk = Disk()
    commits = GroupCommit(disk.append, waiting_max)

    async def whole() -> None:
        await use(disk, commits)
        disk.is_busy = False
        disk.turns.release(1_000)
        await commits.close()

    asyncio.run(whole())
    return disk, commits


async def busy(disk: Disk, commits: GroupCommit) -> "asyncio.Task[Written]":
    """Return the first line under way, once the disk is busy with it."""
    first = asyncio.create_task(commits.append(draft(0)))
    await asyncio.to_thread(disk.arrived.wait)
    return first


def started(commits: GroupCommit, numbers: range) -> "list[asyncio.Task[Written]]":
    """Return more lines under way."""
    return [asyncio.create_task(commits.append(draft(number))) for number in numbers]


def test_lines_that_come_while_the_disk_is_busy_are_written_together() -> None:
    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        others = started(commits, range(1, 6))
        await asyncio.sleep(0)
        disk.turns.release(2)

        assert [number_of(each) for each in await asyncio.gather(first, *others)] == [an_id(n) for n in range(6)]

    disk, _ = run(use)

    assert disk.batches == [1, 5]


def test_no_more_become_durable_together_than_the_bound() -> None:
    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        others = started(commits, range(1, LOG_BATCH_MAX + 11))
        await asyncio.sleep(0)
        disk.is_busy = False
        disk.turns.release(1)
        await asyncio.gather(first, *others)

    disk, _ = run(use)

    assert disk.batches == [1, LOG_BATCH_MAX, 10]


def test_who_comes_when_the_queue_is_full_is_refused_and_counted() -> None:
    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        waiting = started(commits, range(1, 3))
        await asyncio.sleep(0)
        for _ in range(2):
            with pytest.raises(LedgerUnavailableError, match="too many decisions wait"):
                await commits.append(draft(9))
        disk.is_busy = False
        disk.turns.release(1)
        await asyncio.gather(first, *waiting)

        # There is room again.
        assert number_of(await commits.append(draft(9))) == an_id(9)

    disk, commits = run(use, waiting_max=3)

    assert commits.refused == 2
    assert sum(disk.batches) == 4


def test_a_batch_that_fails_reaches_each_of_its_callers() -> None:
    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        others = started(commits, range(1, 4))
        await asyncio.sleep(0)
        disk.turns.release(1)
        await first
        disk.error = LedgerUnavailableError("the disk is full")
        disk.turns.release(1)
        outcomes = await asyncio.gather(*others, return_exceptions=True)
        disk.error, disk.is_busy = None, False

        assert [str(each) for each in outcomes] == ["the disk is full"] * 3
        assert number_of(await commits.append(draft(7))) == an_id(7)

    disk, commits = run(use)

    assert commits.refused == 3
    assert disk.batches == [1, 3, 1]


def test_a_line_that_cannot_be_written_takes_no_other_along() -> None:
    """One caller's broken record must not refuse 255 others."""

    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        others = started(commits, range(1, 5))
        await asyncio.sleep(0)
        disk.poison, disk.is_busy = an_id(2), False
        disk.turns.release(1)
        await first
        outcomes = await asyncio.gather(*others, return_exceptions=True)

        assert [isinstance(each, ValueError) for each in outcomes] == [False, True, False, False]
        assert [number_of(each) for each in outcomes if isinstance(each, Written)] == [an_id(n) for n in (1, 3, 4)]

    disk, commits = run(use)

    assert commits.refused == 1
    assert disk.batches == [1, 4, 1, 1, 1, 1]


def test_closing_writes_what_waits_and_refuses_what_comes_after() -> None:
    """A line put behind the end would never be written, and its caller wait for ever."""

    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        others = started(commits, range(1, 4))
        await asyncio.sleep(0)
        closing = asyncio.create_task(commits.close())
        await asyncio.sleep(0)
        with pytest.raises(LedgerUnavailableError, match="being closed"):
            await commits.append(draft(9))
        disk.is_busy = False
        disk.turns.release(1)
        await closing

        assert [number_of(each) for each in await asyncio.gather(first, *others)] == [an_id(n) for n in range(4)]
        with pytest.raises(LedgerUnavailableError, match="being closed"):
            await commits.append(draft(9))

    disk, commits = run(use)

    assert sum(disk.batches) == 4
    assert commits.refused == 2


def test_closing_what_was_never_used_ends_at_once() -> None:
    async def use(_disk: Disk, commits: GroupCommit) -> None:
        await commits.close()

    disk, _ = run(use)

    assert disk.batches == []


@pytest.mark.parametrize("error", [None, LedgerUnavailableError("full")], ids=["written", "failed"])
def test_a_caller_that_went_away_harms_nobody(error: Exception | None) -> None:
    """Its line may be written all the same: it was on its way."""

    async def use(disk: Disk, commits: GroupCommit) -> None:
        first = await busy(disk, commits)
        gone, stays = started(commits, range(1, 3))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        disk.turns.release(1)
        await first
        disk.error = error
        disk.turns.release(1)
        (outcome,) = await asyncio.gather(stays, return_exceptions=True)
        disk.error = None

        assert gone.cancelled()
        assert outcome is error if error is not None else isinstance(outcome, Written)

    run(use)
