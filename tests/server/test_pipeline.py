"""Several things at once, given in their order; and what is left when nobody takes them any more."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from taxatie.server.pipeline import Work, in_order

Works = AsyncIterator[Work[int]]


def test_the_slow_do_not_lose_their_place() -> None:
    async def whole() -> list[int]:
        async def work(number: int) -> int:
            for _ in range(10 - number):
                await asyncio.sleep(0)
            return number

        async def works() -> Works:
            for number in range(10):
                yield Work(partial(work, number))

        return [each async for each in in_order(works(), 3)]

    assert asyncio.run(whole()) == list(range(10))


def test_what_breaks_the_stream_reaches_who_reads_it() -> None:
    async def whole() -> list[int]:
        async def work() -> int:
            return 1

        async def works() -> Works:
            yield Work(work)
            raise ConnectionError("gone")

        return [each async for each in in_order(works(), 3)]

    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(whole())


def test_when_nobody_reads_any_more_the_intake_ends() -> None:
    """Its queue is full and nobody takes anything out: it must not wait for room for its last word."""

    async def whole() -> set[str]:
        done = asyncio.Event()

        async def work(number: int) -> int:
            await (asyncio.sleep(0) if number == 0 else done.wait())
            return number

        async def works() -> Works:
            for number in range(1_000):
                yield Work(partial(work, number))

        async def read() -> None:
            async for _ in in_order(works(), 4):
                pass

        reader = asyncio.create_task(read(), name="reader")
        for _ in range(30):
            await asyncio.sleep(0)
        reader.cancel()
        done.set()
        for _ in range(30):
            await asyncio.sleep(0)
        return {task.get_name() for task in asyncio.all_tasks()}

    assert len(asyncio.run(whole())) == 1


def test_what_takes_more_room_leaves_less_for_others() -> None:
    """A message with many cases counts as many: memory is bounded by cases, not by messages."""

    async def whole() -> list[int]:
        sizes, begun = [3, 2, 2, 1, 9, 1], []

        async def work(size: int) -> int:
            begun.append(size)
            return size

        async def works() -> Works:
            for size in sizes:
                yield Work(partial(work, size), size)

        most = []
        taken = 0
        async for size in in_order(works(), 5):
            for _ in range(20):
                await asyncio.sleep(0)
            most.append(sum(begun) - taken)
            taken += size
        return most

    assert asyncio.run(whole()) == [5, 5, 3, 1, 9, 1]
