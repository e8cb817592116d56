"""Many callers, one disk: lines that come while the disk is busy become durable together at its next turn."""

import asyncio
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Final

from taxatie.ledger.entry import Draft
from taxatie.ledger.store import LedgerUnavailableError, Written
from taxatie.limits import LOG_BATCH_MAX, LOG_QUEUE_MAX

Append = Callable[[Sequence[Draft]], tuple[Written, ...]]
_Waiting = tuple[Draft, "asyncio.Future[Written]"]
_STOP: Final = None


@dataclass(slots=True)
class GroupCommit:
    """Appends to a log from an event loop: a thread of its own waits for the disk.

    The queue is bounded: who comes when it is full is refused at once, and never dropped in silence.
    """

    append_all: Append
    waiting_max: int = LOG_QUEUE_MAX
    refused: int = field(default=0, init=False)
    """Lines that were refused or could not be written."""
    _queue: "queue.SimpleQueue[_Waiting | None]" = field(default_factory=queue.SimpleQueue, init=False)
    _thread: Thread | None = field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)
    _waiting: int = field(default=0, init=False)
    _is_closed: bool = field(default=False, init=False)

    async def append(self, draft: Draft) -> Written:
        """Return the line that the draft became, once it is durable.

        Raises:
            LedgerUnavailableError: When it is not; the caller gets no answer.
        """
        if self._is_closed:
            self.refused += 1
            raise LedgerUnavailableError("the log is being closed", hint="try again: another instance answers")
        if self._thread is None:
            self._start()
        if self._waiting >= self.waiting_max:
            self.refused += 1
            raise LedgerUnavailableError("too many decisions wait to be recorded", hint="try again in a moment")
        assert self._loop is not None, "it was started"
        future: asyncio.Future[Written] = self._loop.create_future()
        self._waiting += 1
        self._queue.put((draft, future))
        return await future

    async def close(self) -> None:
        """Write what waits, and end; who comes after that is refused."""
        self._is_closed = True
        if self._thread is not None:
            self._queue.put(_STOP)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._write, name="ledger", daemon=True)
        self._thread.start()

    def _write(self) -> None:
        """Take what waits, make it durable together, say so; until told to stop."""
        is_open = True
        while is_open:
            batch = []
            following = self._queue.get()
            while following is not None:
                batch.append(following)
                if len(batch) == LOG_BATCH_MAX:
                    break
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
            else:
                is_open = False
            if batch:
                self._write_batch(batch)

    def _write_batch(self, batch: list[_Waiting]) -> None:
        assert self._loop is not None, "it was started"
        self._loop.call_soon_threadsafe(self._tell, batch, self._outcomes([draft for draft, _ in batch]))

    def _outcomes(self, drafts: Sequence[Draft]) -> Sequence[Written | Exception]:
        """Return what became of each draft; one that cannot be written at all takes none of the others along."""
        try:
            return self.append_all(drafts)
        except LedgerUnavailableError as error:
            return [error] * len(drafts)
        except Exception as error:  # noqa: BLE001  # the edge of the thread: each caller gets it
            if len(drafts) == 1:
                return [error]
        return [outcome for draft in drafts for outcome in self._outcomes([draft])]

    def _tell(self, batch: list[_Waiting], written: Sequence[Written | Exception]) -> None:
        self._waiting -= len(batch)
        for (_, future), outcome in zip(batch, written, strict=True):
            if isinstance(outcome, Exception):
                self.refused += 1
                if not future.cancelled():
                    future.set_exception(outcome)
            elif not future.cancelled():
                future.set_result(outcome)
