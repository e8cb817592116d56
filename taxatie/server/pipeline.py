"""Doing several things at once and giving what came of them in their order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """Something to be done, and how much of the room it takes meanwhile."""

    begin: Callable[[], Coroutine[object, object, T]]
    size: int = 1


async def in_order(works: AsyncIterator[Work[T]], room: int) -> AsyncIterator[T]:
    """Return what comes of each work, in order, and none waits for one after it.

    As many are under way as there is *room* for, of those that nobody took yet; one that is larger goes alone.
    """
    waiting: asyncio.Queue[tuple[int, asyncio.Future[T]] | None] = asyncio.Queue()
    taken, freed = 0, asyncio.Event()

    async def take_in() -> None:
        nonlocal taken
        try:
            async for work in works:
                while taken and taken + work.size > room:
                    freed.clear()
                    await freed.wait()
                taken += work.size
                waiting.put_nowait((work.size, asyncio.ensure_future(work.begin())))
        finally:
            waiting.put_nowait(None)

    intake = asyncio.ensure_future(take_in())
    try:
        while (following := await waiting.get()) is not None:
            size, task = following
            yield await task
            taken -= size
            freed.set()
        await intake
    finally:
        intake.cancel()
