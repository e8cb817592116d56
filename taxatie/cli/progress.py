"""A progress bar for people who wait: on the standard error, only in a terminal, only when it takes long."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE: Final = 1.0
"""Seconds that pass before a bar is worth looking at."""
T = TypeVar("T")


def with_progress(
    items: Iterable[T], what: str, total: int | None = None, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[T]:
    """Return the items as they come, while a bar shows how many there were."""
    begun = clock()
    with ExitStack() as stack:
        bar: Progress | None = None
        for number, item in enumerate(items, start=1):
            if bar is None and clock() - begun > PATIENCE:
                bar = stack.enter_context(_bar(total))
                bar.add_task(what, total=total)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
            yield item


def _bar(total: int | None) -> "Progress":
    """Return a bar; it shows nothing where nobody watches, or where it would stand between what is printed."""
    from rich.console import Console  # heavy, so imported when it takes long anyway
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    stands_between = total is None and sys.stdout.isatty()
    is_shown = sys.stderr.isatty() and not stands_between
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not is_shown)
