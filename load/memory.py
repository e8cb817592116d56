"""Whether the memory of a service stays flat under a load: what it and its workers hold, sampled and judged.

Judged is the straight line through the samples of the last half: by then all that is made once has been made. A leak of
a hundred bytes a call is 50 MiB over half a million calls; what the line may grow is less.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean, median
from threading import Event, Thread
from time import monotonic
from typing import Final

import psutil

MIB: Final = 1024 * 1024
GROWN_MIB_MAX: Final = 16.0
"""What the line may grow over the last half, in MiB; or a twentieth of what is held, where that is more."""
SECONDS_MIN: Final = 120.0
"""A run that is shorter says nothing: a service that has just begun still grows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was held at one moment, in MiB."""

    seconds: float
    service: float
    workers: float
    """All processes that the service started, together: those of the second engine."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one of them held, and how it grew."""

    name: str
    begin: float
    half: float
    end: float
    peak: float
    grown: float
    """How much the line through the last half rises from its begin to its end."""

    @property
    def is_flat(self) -> bool:
        """Whether it did not grow by more than chance."""
        return self.grown <= max(GROWN_MIB_MAX, self.half / 20)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the samples of a run say."""

    seconds: float
    lines: tuple[Line, ...]

    @property
    def is_long_enough(self) -> bool:
        """Whether the run was long enough to say anything."""
        return self.seconds >= SECONDS_MIN

    @property
    def is_flat(self) -> bool:
        """Whether nothing grew; of a short run nothing can be said against it."""
        return not self.is_long_enough or all(line.is_flat for line in self.lines)

    def told(self) -> Iterator[str]:
        """Return the figures as lines of text, the verdict last."""
        yield f"{'memory, MiB':<16}{'begin':>9}{'half':>9}{'end':>9}{'peak':>9}   growth of the last half"
        for line in self.lines:
            figures = "".join(f"{each:>9.1f}" for each in (line.begin, line.half, line.end, line.peak))
            yield f"{line.name:<16}{figures}   {line.grown:+.1f} (at most {max(GROWN_MIB_MAX, line.half / 20):.1f})"
        if not self.is_long_enough:
            yield f"memory: too short to tell (less than {SECONDS_MIN:.0f} s)"
        else:
            yield f"memory: {'flat' if self.is_flat else 'NOT FLAT'}"


def memory_of(samples: Sequence[Sample]) -> Memory:
    """Return what the samples of a run say."""
    if not samples:
        return Memory(0.0, ())
    lines = (
        _line("service", [(each.seconds, each.service) for each in samples]),
        _line("its workers", [(each.seconds, each.workers) for each in samples]),
    )
    return Memory(samples[-1].seconds, lines)


def _line(name: str, points: Sequence[tuple[float, float]]) -> Line:
    held = [each for _, each in points]
    last = points[len(points) // 2 :]
    few = max(1, len(held) // 20)
    return Line(
        name=name,
        begin=median(held[:few]),
        half=median(each for _, each in last[:few]),
        end=median(held[-few:]),
        peak=max(held),
        grown=slope_of(last) * (last[-1][0] - last[0][0]),
    )


def slope_of(points: Sequence[tuple[float, float]]) -> float:
    """Return the rise per second of the straight line through points, by least squares."""
    middle, level = fmean(x for x, _ in points), fmean(y for _, y in points)
    width = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * (y - level) for x, y in points) / width if width else 0.0


@contextmanager
def sampled(number: int, every: float = 1.0) -> Iterator[Callable[[], list[Sample]]]:
    """Sample the process of that number within the block; yield what gives the samples so far."""
    process = psutil.Process(number)
    samples: list[Sample] = []
    stopping = Event()
    begun = monotonic()

    def sample() -> None:
        while not stopping.wait(every):
            taken = sample_of(process, monotonic() - begun)
            if taken is not None:
                samples.append(taken)

    thread = Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield lambda: list(samples)
    finally:
        stopping.set()
        thread.join()


def sample_of(process: psutil.Process, seconds: float) -> Sample | None:
    """Return what a process and those that it started hold now, or None when it is gone."""
    try:
        service = process.memory_info().rss
        children = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return None
    if not service:
        return None  # it ended, and nobody has taken note of it yet
    return Sample(seconds, service / MIB, sum(_held(child) for child in children) / MIB)


def _held(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
