"""Doing several things at once and giving what came of them in their order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine
from typing import TypeVar

T = TypeVar("T")


async def in_order(works: AsyncIterator[Coroutine[object, object, T]], window: int) -> AsyncIterator[T]:
    """Return what comes of each work, in order; up to *window* are under way, and none waits for one after it."""
    waiting: asyncio.Queue[Awaitable[T] | None] = asyncio.Queue(window)

    async def take_in() -> None:
        try:
            async for work in works:
                await waiting.put(asyncio.ensure_future(work))
        finally:
            task = asyncio.current_task()
            # Who cancels takes nothing out any more: to wait for room would be to wait for ever.
            if task is None or not task.cancelling():
                await waiting.put(None)

    intake = asyncio.ensure_future(take_in())
    try:
        while (task := await waiting.get()) is not None:
            yield await task
        await intake
    finally:
        intake.cancel()
