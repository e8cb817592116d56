"""Adding up planes: sums and numbers as planes of their binary digits, the lowest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node

Digits = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Arithmetic on planes, as nodes of a graph."""

    graph: Graph

    def total(self, weighted: Iterable[tuple[int, Node]]) -> Digits:
        """Return the digits of the sum of the weights, each counted where its plane is set."""
        columns: dict[int, list[Node]] = {}
        for weight, plane in weighted:
            assert weight >= 0, "a negative weight is counted where its plane is not set"
            for place in range(weight.bit_length()):
                if weight >> place & 1 and plane != NEVER:
                    columns.setdefault(place, []).append(plane)
        digits = []
        place = 0
        while any(key >= place for key in columns):
            digits.append(self._added_up(columns, place))
            place += 1
        return tuple(digits)

    def _added_up(self, columns: dict[int, list[Node]], place: int) -> Node:
        """Return the digit at a place; what is carried goes to the next."""
        planes = columns.pop(place, [])
        while len(planes) > 1:
            third = planes.pop() if len(planes) > 2 else NEVER  # noqa: PLR2004  # a full adder takes three
            first, second = planes.pop(), planes.pop()
            half = self.graph.differ(first, second)
            planes.insert(0, self.graph.differ(half, third))
            carried = self.graph.either(self.graph.both(first, second), self.graph.both(half, third))
            if carried != NEVER:
                columns.setdefault(place + 1, []).append(carried)
        return planes[0] if planes else NEVER

    def at_least(self, digits: Sequence[Node], bound: int) -> Node:
        """Return where the number is *bound* or more."""
        if bound <= 0:
            return ALWAYS
        if bound >> len(digits):
            return NEVER
        reached = ALWAYS
        for place, digit in enumerate(digits):
            join = self.graph.both if bound >> place & 1 else self.graph.either
            reached = join(digit, reached)
        return reached

    def at_most(self, digits: Sequence[Node], bound: int) -> Node:
        """Return where the number is *bound* or less."""
        return self.graph.invert(self.at_least(digits, bound + 1))

    def count_at_least(self, count: int, planes: Sequence[Node]) -> Node:
        """Return where at least *count* of the planes are set."""
        if count == 1:
            return self.graph.any_of(planes)
        if count == len(planes):
            return self.graph.all_of(planes)
        return self.at_least(self.total((1, plane) for plane in planes), count)
