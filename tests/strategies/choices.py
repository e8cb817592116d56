"""Where generated releases and cases take their choices from: a seeded dice, or hypothesis.

One generator serves both: the dice for volume, hypothesis for shrinking. Every choice comes down to
an integer between two bounds, and the lowest is the plainest, so that hypothesis shrinks towards it.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Choices(ABC):
    """A source of choices."""

    @abstractmethod
    def integer(self, low: int, high: int) -> int:
        """Return an integer from *low* to *high*, both included."""

    def chance(self, percent: int) -> bool:
        """Return true that often in a hundred; the plainest choice is false."""
        return self.integer(0, 99) >= 100 - percent

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.integer(0, len(options) - 1)]

    def several(self, options: Sequence[T], low: int, high: int) -> list[T]:
        """Return from *low* to *high* different options, in any order; all where there are too few."""
        left = list(options)
        wanted = min(self.integer(low, high), len(left))
        return [left.pop(self.integer(0, len(left) - 1)) for _ in range(wanted)]


class Dice(Choices):
    """Choices from a seed: the same seed gives the same choices, for ever."""

    def __init__(self, seed: str) -> None:
        """Begin with a seed; a text seeds alike whatever PYTHONHASHSEED says."""
        self._random = random.Random(seed)  # chance for tests, not for secrets

    def integer(self, low: int, high: int) -> int:
        """Return an integer from *low* to *high*, both included."""
        return low + int(self._random.random() * (high - low + 1))


class Drawn(Choices):
    """Choices that hypothesis makes, and shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Draw from the strategy that is being built."""
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        """Return an integer from *low* to *high*, both included."""
        return self._draw(st.integers(low, high))
