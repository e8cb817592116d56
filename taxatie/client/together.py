"""Sending several cases in one message: as many as came while earlier messages wait for their answers.

Nobody waits for a message to fill. While few messages are under way the next case goes at once, so that who sends
slowly is answered promptly; while as many are under way as may be, cases gather for the next one.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from threading import Condition, Thread
from typing import Final

from taxatie.limits import CASES_TOGETHER_MAX
from taxatie.wire.generated.taxatie.v1 import assessment_pb2 as messages

Requests = Iterable[messages.AssessRequest]
Batch = list[messages.AssessRequest]

_UNDER_WAY_MAX: Final = 2
"""Messages that wait for their answers: the service works on one while the other is on its way."""
_BYTES_MAX: Final = 1_000_000
"""Of one message, unless a single case is larger: a quarter of what the service takes in by default."""
_TAKEN_AT_ONCE: Final = 16
"""Requests that are taken from an iterable before what runs beside it has its turn."""


class _Gathered:
    """Requests that were not sent yet, and the messages that are under way."""

    def __init__(self) -> None:
        self.is_over = False
        """No more come."""
        self.error: Exception | None = None
        """What broke the source of the requests."""
        self._waiting: deque[messages.AssessRequest] = deque()
        self._under_way: deque[Batch] = deque()

    @property
    def has_room(self) -> bool:
        return len(self._waiting) < CASES_TOGETHER_MAX

    @property
    def can_be_sent(self) -> bool:
        """Whether a message can be made; or none will be any more."""
        return self.is_over if not self._waiting else len(self._under_way) < _UNDER_WAY_MAX

    def add(self, request: messages.AssessRequest) -> None:
        self._waiting.append(request)

    def take(self) -> Batch:
        """Return what goes into the next message; nothing at the end."""
        batch: Batch = []
        size = 0
        while self._waiting and len(batch) < CASES_TOGETHER_MAX:
            size += self._waiting[0].ByteSize()
            if batch and size > _BYTES_MAX:
                break
            batch.append(self._waiting.popleft())
        if batch:
            self._under_way.append(batch)
        return batch

    def answered(self) -> Batch:
        """Return what was in the message whose answer came."""
        return self._under_way.popleft()


class Gathering:
    """Gathers the requests of one stream for the threads of a client without asyncio."""

    def __init__(self, requests: Requests) -> None:
        """Begin to take requests in."""
        self._gathered = _Gathered()
        self._changed = Condition()
        self._is_closed = False
        # The requests may come slowly, and whoever waits for one cannot send those before it.
        Thread(target=self._take_in, args=(requests,), name="requests", daemon=True).start()

    def batches(self) -> Iterator[Batch]:
        """Return the requests of each message, when it may be sent."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._gathered.can_be_sent)
                batch = [] if self._is_closed else self._gathered.take()
                self._changed.notify_all()
            if not batch:
                return
            yield batch

    def answered(self) -> Batch:
        """Return what was in the message whose answer came."""
        with self._changed:
            self._changed.notify_all()
            return self._gathered.answered()

    def check(self) -> None:
        """Raise what broke the source of the requests."""
        if self._gathered.error is not None:
            raise self._gathered.error

    def close(self) -> None:
        """Take nothing in any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _take_in(self, requests: Requests) -> None:
        try:
            for request in requests:
                with self._changed:
                    self._changed.wait_for(lambda: self._is_closed or self._gathered.has_room)
                    if self._is_closed:
                        return
                    self._gathered.add(request)
                    self._changed.notify_all()
        except Exception as error:  # noqa: BLE001  # it is raised where the answers are read
            self._gathered.error = error
        finally:
            with self._changed:
                self._gathered.is_over = True
                self._changed.notify_all()


class AsyncGathering:
    """Gathers the requests of one stream for a client with asyncio."""

    def __init__(self, requests: Requests | AsyncIterable[messages.AssessRequest]) -> None:
        """Begin to take requests in."""
        self._gathered = _Gathered()
        self._changed = asyncio.Event()
        self._intake = asyncio.ensure_future(self._take_in(requests))

    async def batches(self) -> AsyncIterator[Batch]:
        """Return the requests of each message, when it may be sent."""
        while True:
            await self._until(lambda: self._gathered.can_be_sent)
            batch = self._gathered.take()
            self._changed.set()
            if not batch:
                return
            yield batch

    def answered(self) -> Batch:
        """Return what was in the message whose answer came."""
        self._changed.set()
        return self._gathered.answered()

    def check(self) -> None:
        """Raise what broke the source of the requests."""
        if self._gathered.error is not None:
            raise self._gathered.error

    def close(self) -> None:
        """Take nothing in any more."""
        self._intake.cancel()

    async def _take_in(self, requests: Requests | AsyncIterable[messages.AssessRequest]) -> None:
        try:
            async for request in _each(requests):
                await self._until(lambda: self._gathered.has_room)
                self._gathered.add(request)
                self._changed.set()
        except Exception as error:  # noqa: BLE001  # it is raised where the answers are read
            self._gathered.error = error
        finally:
            self._gathered.is_over = True
            self._changed.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()


async def _each(
    requests: Requests | AsyncIterable[messages.AssessRequest],
) -> AsyncIterator[messages.AssessRequest]:
    if isinstance(requests, AsyncIterable):
        async for request in requests:
            yield request
        return
    for number, request in enumerate(requests):
        if number % _TAKEN_AT_ONCE == 0:
            await asyncio.sleep(0)
        yield request


def outcomes_of(batch: Batch, message: messages.AssessManyResponse) -> list[messages.AssessOutcome]:
    """Return the outcome of each request of a message; where the message was refused, that of each is the refusal."""
    if message.HasField("problem"):
        return [messages.AssessOutcome(problem=message.problem) for _ in batch]
    assert len(message.outcomes) == len(batch), "the service answers each request of a message"
    return list(message.outcomes)
