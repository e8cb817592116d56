"""What is known of a signal, as planes: where a test on it holds for certain, and where it fails for certain.

An answer leaves itself possible; an unreliable one all that is more dangerous too; no answer leaves everything, unless
the signal does not apply. A value that this release does not have is no answer.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node
from taxatie.engine.columns_layout import SignalPlanes
from taxatie.engine.columns_sums import Digits, Sums
from taxatie.rules.program import Signal
from taxatie.terms.vocabulary import Danger, SignalType


class Truths(NamedTuple):
    """Where a condition holds and where it fails; elsewhere it cannot be told."""

    holds: Node
    fails: Node


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored planes of a signal: where each label was answered, or the digits of a number."""

    planes: SignalPlanes | None
    labels: tuple[Node, ...]
    """One for each label of the program's signal, in its order."""
    digits: Digits
    answered: Node
    unreliable: Node


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a signal of one program, for the case, a listed person or an unlisted one."""

    graph: Graph
    signal: Signal
    stored: Stored
    applies: Truths

    def among(self, values: AbstractSet[int]) -> Truths:
        """Return where the answer is one of the values."""
        graph, signal = self.graph, self.signal
        holding: list[Node] = []
        failing: list[Node] = []
        for value, plane in zip(signal.values, self.stored.labels, strict=True):
            left = self._left(value)
            side = holding if value in values else failing
            is_certain = left <= values if value in values else not left & values
            side.append(plane if is_certain else graph.both(plane, graph.invert(self.stored.unreliable)))
        everything = set(signal.values)
        if signal.type is SignalType.YES_NO:
            # A yes_no that does not apply counts as `no`.
            (holding if 0 in values else failing).append(self._unanswered(self.applies.fails))
            holding.append(self._unanswered(ALWAYS if everything <= values else NEVER))
            failing.append(self._unanswered(NEVER if everything & values else ALWAYS))
        else:
            holding.append(self._unanswered(self.applies.holds if everything <= values else NEVER))
            failing.append(self._unanswered(self.applies.fails if everything & values else ALWAYS))
        return Truths(graph.any_of(holding), graph.any_of(failing))

    def between(self, low: int | None, high: int | None) -> Truths:
        """Return where the number lies from *low* to *high*."""
        graph, signal = self.graph, self.signal
        if low is not None and high is not None and low > high:
            return Truths(NEVER, ALWAYS)
        reaches_low, reaches_high = (low is None or signal.lowest >= low), (high is None or signal.highest <= high)
        is_outside = (low is not None and signal.highest < low) or (high is not None and signal.lowest > high)
        from_low, to_high = self._at_least(low), self._at_most(high)
        within = graph.both(from_low, to_high)
        up, down = signal.danger is not Danger.LOWER, signal.danger is not Danger.HIGHER
        is_certain = (reaches_high or not up) and (reaches_low or not down)
        reliable = graph.both(self.stored.answered, graph.invert(self.stored.unreliable))
        holding = [
            graph.both(self.stored.answered if is_certain else reliable, within),
            self._unanswered(self.applies.holds if reaches_low and reaches_high else NEVER),
        ]
        failing = [
            graph.both(reliable, graph.invert(within)),
            graph.both(self.stored.answered, graph.invert(NEVER if is_outside else to_high)) if not down else NEVER,
            graph.both(self.stored.answered, graph.invert(NEVER if is_outside else from_low)) if not up else NEVER,
            self.stored.answered if is_outside else NEVER,
            self._unanswered(ALWAYS if is_outside else self.applies.fails),
        ]
        return Truths(graph.any_of(holding), graph.any_of(failing))

    @property
    def unsettled(self) -> Node:
        """Where more than one thing may yet prove true of the signal."""
        graph, signal = self.graph, self.signal
        is_open = signal.lowest < signal.highest
        unanswered = graph.invert(self.applies.fails) if is_open else self._in_doubt
        if signal.type is SignalType.NUMBER:
            at_end = {
                Danger.HIGHER: self._at_least(signal.highest),
                Danger.LOWER: self._at_most(signal.lowest),
                None: NEVER if is_open else ALWAYS,
            }[signal.danger]
            several = graph.both(self.stored.answered, graph.invert(at_end))
        else:
            labels = zip(signal.values, self.stored.labels, strict=True)
            several = graph.any_of(plane for value, plane in labels if len(self._left(value)) > 1)
        return graph.either(graph.both(several, self.stored.unreliable), self._unanswered(unanswered))

    @property
    def inapplicable(self) -> Node:
        """Where it was answered although it does not apply."""
        return self.graph.both(self.stored.answered, self.applies.fails)

    @property
    def _in_doubt(self) -> Node:
        return self.graph.invert(self.graph.either(self.applies.holds, self.applies.fails))

    def _unanswered(self, part: Node) -> Node:
        return NEVER if part == NEVER else self.graph.both(part, self.graph.invert(self.stored.answered))

    def _left(self, value: int) -> set[int]:
        """Return the values that an unreliable answer leaves possible."""
        lowest = value if self.signal.danger is Danger.HIGHER else self.signal.lowest
        highest = value if self.signal.danger is Danger.LOWER else self.signal.highest
        return set(range(lowest, highest + 1))

    def _at_least(self, bound: int | None) -> Node:
        planes = self.stored.planes
        if bound is None or planes is None:
            return ALWAYS
        return Sums(self.graph).at_least(self.stored.digits, bound - planes.lowest)

    def _at_most(self, bound: int | None) -> Node:
        planes = self.stored.planes
        if bound is None or planes is None:
            return ALWAYS
        return Sums(self.graph).at_most(self.stored.digits, bound - planes.lowest)
