"""The values of signals in stretches that no test tells apart: what is true of one value is true of its stretch."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from taxatie.explain.parts import all_conditions
from taxatie.rules.condition import Between
from taxatie.rules.program import Program, Signal
from taxatie.terms.names import SignalId


@dataclass(frozen=True)
class Stretches:
    """The stretches of a program's signals."""

    program: Program

    @cached_property
    def _blocks(self) -> Mapping[SignalId, tuple[int, ...]]:
        """The first values of the stretches of each number."""
        starts: dict[SignalId, set[int]] = {name: set() for name in self.program.signals}
        for condition in all_conditions(self.program):
            if isinstance(condition, Between):
                low = condition.low
                high = None if condition.high is None else condition.high + 1
                starts[condition.signal].update(bound for bound in (low, high) if bound is not None)
        return {name: tuple(sorted(bounds)) for name, bounds in starts.items()}

    def of(self, signal: Signal, low: int, high: int) -> tuple[range, ...]:
        """Return the stretches of values from *low* to *high*."""
        if signal.labels:
            return tuple(range(value, value + 1) for value in range(low, high + 1))
        cuts = [cut for cut in self._blocks[signal.id] if low < cut <= high]
        edges = [low, *cuts, high + 1]
        return tuple(range(first, last) for first, last in pairwise(edges))
