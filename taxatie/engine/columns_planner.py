"""From a graph to a plan: which nodes are needed, in which round, and which buffer each is written to."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node, Op, Step
from taxatie.engine.columns_layout import PatternSource, PlaneSource
from taxatie.engine.columns_plan import Block, Call, Inputs, Plan
from taxatie.terms.names import CASE, SubjectId

_CALLS: Final = {Op.AND: np.bitwise_and, Op.OR: np.bitwise_or, Op.XOR: np.bitwise_xor}


def build_plan(graph: Graph, wanted: Iterable[Node], of_persons: Iterable[Node] = ()) -> Plan:
    """Return the plan that finds the wanted planes of the case, and those wanted of each listed person."""
    return _Planner(graph, tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(of_persons))).plan()


@dataclass(slots=True)
class _Planner:
    """Gives every node that is needed its round and its register.

    What one block computes for itself alone goes to registers that every block uses again, so that little memory is
    touched; what it hands on, and what is read, has a register of its own.
    """

    graph: Graph
    wanted: tuple[Node, ...]
    of_persons: tuple[Node, ...]
    _own: dict[Node, int] = field(default_factory=lambda: {NEVER: 0, ALWAYS: 1})
    _shared: list[int] = field(default_factory=list)
    _size: int = 2

    def plan(self) -> Plan:
        """Return the plan."""
        live = self._needed((*self.wanted, *self.of_persons))
        inputs = [node for node in live if self._step(node).op is Op.INPUT]
        case = [node for node in live if self._step(node).subject == CASE and node not in self._own]
        gathers = [node for node in case if self._step(node).op is Op.SOMEBODY]
        for node in (*inputs, *gathers, *self._handed_on(live)):
            self._own.setdefault(node, self._new())
        blocks: list[Block] = []
        for depth in range(max((self._step(node).depth for node in live), default=0) + 1):
            here = [node for node in case if self._step(node).depth == depth and self._is_computed(node)]
            blocks.append(self._block(CASE, here, (), ()))
            blocks.extend(self._person_blocks(depth, gathers))
        sources = self.graph.sources
        return Plan(
            blocks=tuple(block for block in blocks if block.calls or block.returned),
            inputs=self._inputs(node for node in inputs if sources[node].subject == CASE),
            wanted={node: self._own[node] for node in self.wanted},
            unbuffered=frozenset(self._own[node] for node in inputs),
            size=self._size,
        )

    def _inputs(self, nodes: Iterable[Node]) -> Inputs:
        pairs = [(self._own[node], self.graph.sources[node]) for node in nodes]
        return Inputs(
            tuple((register, source) for register, source in pairs if isinstance(source, PlaneSource)),
            tuple((register, source) for register, source in pairs if isinstance(source, PatternSource)),
        )

    def _step(self, node: Node) -> Step:
        return self.graph.steps[node]

    def _new(self) -> int:
        self._size += 1
        return self._size - 1

    def _is_computed(self, node: Node) -> bool:
        return self._step(node).op in {Op.NOT, Op.AND, Op.OR, Op.XOR}

    def _parts(self, node: Node) -> tuple[Node, ...]:
        step = self._step(node)
        if step.op in {Op.CONSTANT, Op.INPUT}:
            return ()
        return (step.left,) if step.op is Op.NOT else (step.left, step.right)

    def _needed(self, wanted: Iterable[Node]) -> list[Node]:
        """Return the wanted nodes with all that they are made of, each after its parts."""
        found: set[Node] = set()
        pending = list(wanted)
        while pending:
            node = pending.pop()
            if node not in found:
                found.add(node)
                pending.extend(self._parts(node))
        return sorted(found)

    def _handed_on(self, live: Sequence[Node]) -> Iterator[Node]:
        """Return the nodes of the case that are needed outside the block that computes them."""
        yield from (node for node in self.wanted if self._is_computed(node))
        for node in live:
            step = self._step(node)
            for part in self._parts(node):
                its = self._step(part)
                is_elsewhere = step.op is Op.SOMEBODY or (step.subject, step.depth) != (its.subject, its.depth)
                if its.subject == CASE and is_elsewhere and self._is_computed(part):
                    yield part

    def _person_blocks(self, depth: int, gathers: Sequence[Node]) -> Iterator[Block]:
        """Return the blocks of the persons of each subject, in the round of that depth."""
        by_subject: dict[SubjectId, tuple[list[Node], list[Node]]] = {}
        for node in gathers:
            if self._step(node).depth == depth + 1:
                subject = self._step(self._step(node).right).subject
                by_subject.setdefault(subject, ([], []))[0].append(node)
        for node in self.of_persons:
            if self._step(node).depth == depth and self._step(node).subject != CASE:
                by_subject.setdefault(self._step(node).subject, ([], []))[1].append(node)
        for subject, (gathered, returned) in by_subject.items():
            parts = [part for node in gathered for part in self._parts(node)]
            nodes = [node for node in self._needed((*parts, *returned)) if self._step(node).subject == subject]
            yield self._block(subject, nodes, gathered, returned)

    def _block(
        self, subject: SubjectId, nodes: Sequence[Node], gathered: Sequence[Node], returned: Sequence[Node]
    ) -> Block:
        order = [*(node for node in nodes if self._is_computed(node)), *gathered]
        writer = _BlockWriter(self.graph, self._own, list(self._shared), self._size)
        writer.note_last_uses({node: self._parts(node) for node in order}, returned)
        for node in order:
            writer.write(node, self._parts(node))
        self._size = writer.size
        self._shared = writer.shared
        inputs = [node for node in nodes if self._step(node).op is Op.INPUT]
        return Block(
            subject=subject,
            inputs=self._inputs(inputs),
            calls=tuple(writer.calls),
            gathered=tuple(self._own[node] for node in gathered),
            returned=tuple((node, writer.register(node)) for node in returned),
        )


@dataclass(slots=True)
class _BlockWriter:
    """Writes the calls of one block."""

    graph: Graph
    own: dict[Node, int]
    free: list[int]
    size: int
    calls: list[Call] = field(default_factory=list)
    shared: list[int] = field(init=False)
    """All registers for what a block needs for itself."""
    _local: dict[Node, int] = field(default_factory=dict)
    _last: dict[Node, Node | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the registers of earlier blocks."""
        self.shared = list(self.free)

    def note_last_uses(self, parts: dict[Node, tuple[Node, ...]], returned: Sequence[Node]) -> None:
        """Note which node is the last to need each."""
        for node, its in parts.items():
            self._last.update(dict.fromkeys(its, node))
        self._last.update(dict.fromkeys(returned))

    def register(self, node: Node) -> int:
        """Return where a node is."""
        return self.own[node] if node in self.own else self._local[node]

    def write(self, node: Node, parts: tuple[Node, ...]) -> None:
        """Write the calls that compute a node."""
        step = self.graph.steps[node]
        left, right = self.register(parts[0]), self.register(parts[-1])
        self.free.extend(self._local[part] for part in set(parts) if part in self._local and self._last[part] == node)
        if step.op is Op.SOMEBODY:
            kept = self.own[node]
            scratch = self._taken()
            self.calls.append((np.bitwise_and, left, right, scratch))
            self.calls.append((np.bitwise_or, kept, scratch, kept))
            self.free.append(scratch)
            return
        if node in self.own:
            out = self.own[node]
        else:
            out = self._local[node] = self._taken()
        if step.op is Op.NOT:
            self.calls.append((np.bitwise_xor, left, self.own[ALWAYS], out))
        else:
            self.calls.append((_CALLS[step.op], left, right, out))

    def _taken(self) -> int:
        if self.free:
            return self.free.pop()
        self.shared.append(self.size)
        self.size += 1
        return self.size - 1
