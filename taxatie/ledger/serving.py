"""The log as a service uses it: one thread writes, reads wait on threads of their own, the event loop never does."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from taxatie.ledger.entry import Draft
from taxatie.ledger.group_commit import GroupCommit
from taxatie.ledger.identity import EntryId
from taxatie.ledger.kept import Kept, open_stored
from taxatie.ledger.log import Log
from taxatie.ledger.store import Store, Stored, Written

T = TypeVar("T")


@dataclass(slots=True)
class ServingLog:
    """A log that is written by one thread and read beside it."""

    log: Log
    reading: Store
    """The same log, over a connection of its own; one at a time reads."""
    commits: GroupCommit = field(init=False)
    _reader: ThreadPoolExecutor = field(init=False)
    _is_open: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        """Let writes wait for the disk together."""
        self.commits = GroupCommit(self.log.append)
        # One thread: a caller that went away must not let the next one onto a connection that is still in use.
        self._reader = ThreadPoolExecutor(1, "ledger-reader")

    async def append(self, draft: Draft) -> Written:
        """Return the line that the draft became, once it is durable."""
        return await self.commits.append(draft)

    async def find(self, entry: EntryId) -> Kept | None:
        """Return the line with an id."""
        return _opened(await self._read(lambda: self._signed(self.reading.find(entry))))

    async def find_request(self, request: str) -> Kept | None:
        """Return the line of a request, unless no checkpoint binds it yet.

        Nobody is answered from such a line: who appends the request once more gets it as soon as it is bound.
        """
        stored = await self._read(lambda: self.reading.find_request(request))
        return None if stored is None or stored.place >= self.log.bound else open_stored(stored)

    async def linked(self, entry: EntryId) -> tuple[Kept, ...]:
        """Return the lines about a decision, in order."""
        found = await self._read(lambda: tuple(map(self._signed, self.reading.linked(entry))))
        return tuple(open_stored(each) for each in found if each is not None)

    async def close(self) -> None:
        """Write what waits, and let go of the log; closing again changes nothing."""
        if not self._is_open:
            return
        self._is_open = False
        await self.commits.close()
        self.log.store.close()
        await self._read(self.reading.close)
        self._reader.shutdown()

    def _signed(self, stored: Stored | None) -> Stored | None:
        """Return a line of which the key knows: one that another process wrote since, but none that somebody added."""
        if stored is not None and stored.place >= self.log.bound:
            self.log.refuse_unsigned(self.reading.stood())
        return stored

    async def _read(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, question)


def _opened(stored: Stored | None) -> Kept | None:
    return None if stored is None else open_stored(stored)
