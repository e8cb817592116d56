"""What is computed of whole columns at once: a graph of and, or, not over planes of bits, each node once.

A plane holds one bit for each case. Nodes are numbered so that each comes after what it is made of; what two
conditions, two rulesets or two releases have in common is one node. A node belongs to the case or to the persons of
one subject: the latter is computed for each listed person apart, and `somebody` brings it back to the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import reduce
from typing import Final, NewType

from taxatie.engine.columns_layout import PRESENT, PlaneSource, Source
from taxatie.terms.names import CASE, SubjectId

Node = NewType("Node", int)
NEVER: Final = Node(0)
ALWAYS: Final = Node(1)


class Op(Enum):
    """What a node does."""

    CONSTANT = auto()
    INPUT = auto()
    NOT = auto()
    AND = auto()
    OR = auto()
    XOR = auto()
    SOMEBODY = auto()
    """Whether the part is so of any listed person of a subject."""


@dataclass(frozen=True, slots=True)
class Step:
    """A node: what it does, with which others, for whom, and after how many rounds over the persons."""

    op: Op
    left: Node
    right: Node
    subject: SubjectId
    depth: int


_FREE: Final = (Step(Op.CONSTANT, NEVER, NEVER, CASE, 0), Step(Op.CONSTANT, ALWAYS, ALWAYS, CASE, 0))


@dataclass(slots=True)
class Graph:
    """Nodes, built from the inputs upwards; what is plain already is not built."""

    steps: list[Step] = field(default_factory=lambda: list(_FREE))
    sources: dict[Node, Source] = field(default_factory=dict)
    """What each input is."""
    _inputs: dict[Source, Node] = field(default_factory=dict)
    _nodes: dict[tuple[Op, Node, Node], Node] = field(default_factory=dict)

    def input(self, source: Source) -> Node:
        """Return the node of an input."""
        node = self._inputs.get(source)
        if node is None:
            node = self._add(Step(Op.INPUT, NEVER, NEVER, source.subject, 0))
            self._inputs[source] = node
            self.sources[node] = source
        return node

    def invert(self, part: Node) -> Node:
        """Return what is so where the part is not."""
        if part in {NEVER, ALWAYS}:
            return ALWAYS if part == NEVER else NEVER
        step = self.steps[part]
        return step.left if step.op is Op.NOT else self._made(Op.NOT, part, part)

    def both(self, left: Node, right: Node) -> Node:
        """Return what is so where both are."""
        if NEVER in (left, right) or self.invert_of(left) == right:
            return NEVER
        if left in {ALWAYS, right}:
            return right
        return left if right == ALWAYS else self._made(Op.AND, *sorted((left, right)))

    def either(self, left: Node, right: Node) -> Node:
        """Return what is so where one of them is."""
        if ALWAYS in (left, right) or self.invert_of(left) == right:
            return ALWAYS
        if left in {NEVER, right}:
            return right
        return left if right == NEVER else self._made(Op.OR, *sorted((left, right)))

    def differ(self, left: Node, right: Node) -> Node:
        """Return what is so where just one of them is."""
        if left == right:
            return NEVER
        if left in {NEVER, ALWAYS}:
            return right if left == NEVER else self.invert(right)
        if right in {NEVER, ALWAYS}:
            return left if right == NEVER else self.invert(left)
        return ALWAYS if self.invert_of(left) == right else self._made(Op.XOR, *sorted((left, right)))

    def all_of(self, parts: Iterable[Node]) -> Node:
        """Return what is so where all parts are; everywhere where there are none."""
        wanted = set(parts)
        turned = {part for part in wanted if self.steps[part].op is Op.NOT}
        plain = reduce(self.both, sorted(wanted - turned), ALWAYS)
        return self.both(plain, self.invert(reduce(self.either, sorted(map(self.invert, turned)), NEVER)))

    def any_of(self, parts: Iterable[Node]) -> Node:
        """Return what is so where one of the parts is; nowhere where there are none."""
        wanted = set(parts)
        turned = {part for part in wanted if self.steps[part].op is Op.NOT}
        plain = reduce(self.either, sorted(wanted - turned), NEVER)
        return self.either(plain, self.invert(reduce(self.both, sorted(map(self.invert, turned)), ALWAYS)))

    def somebody(self, subject: SubjectId, part: Node) -> Node:
        """Return where the part is so of a listed person of *subject*."""
        if part == NEVER:
            return NEVER
        return self._made(Op.SOMEBODY, part, self.input(PlaneSource(subject, PRESENT)))

    def invert_of(self, part: Node) -> Node | None:
        """Return the node that inverts the part, where there is one already."""
        step = self.steps[part]
        return step.left if step.op is Op.NOT else self._nodes.get((Op.NOT, part, part))

    def _made(self, op: Op, left: Node, right: Node) -> Node:
        node = self._nodes.get((op, left, right))
        if node is None:
            first, second = self.steps[left], self.steps[right]
            depth = max(first.depth, second.depth)
            if op is Op.SOMEBODY:
                node = self._add(Step(op, left, right, CASE, depth + 1))
            else:
                subject = second.subject if first.subject == CASE else first.subject
                assert second.subject in {CASE, subject}, "persons of two subjects meet in the case only"
                node = self._add(Step(op, left, right, subject, depth))
            self._nodes[op, left, right] = node
        return node

    def _add(self, step: Step) -> Node:
        self.steps.append(step)
        return Node(len(self.steps) - 1)
