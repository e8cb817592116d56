"""A graph made ready to run: its nodes in order, each with the buffer it writes to, in rounds over the persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from taxatie.engine.columns_events import EventPlanes
from taxatie.engine.columns_graph import ALWAYS, NEVER, Node
from taxatie.engine.columns_layout import PRESENT, PatternSource, PlaneSource, Source, plane_name
from taxatie.engine.columns_table import Plane, Table
from taxatie.terms.names import CASE, SubjectId

Registers = list[Plane]
Call = tuple[np.ufunc, int, int, int]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is read of a table, each with the register that stands for it."""

    planes: tuple[tuple[int, PlaneSource], ...]
    patterns: tuple[tuple[int, PatternSource], ...]

    def bind(self, registers: Registers, events: EventPlanes, whose: tuple[SubjectId, int]) -> None:
        """Let the registers stand for the planes of the case or of the person in a slot."""
        stored, empty, (subject, slot) = events.table.planes, registers[NEVER], whose
        before = plane_name(subject, slot, "")
        for register, plane in self.planes:
            registers[register] = stored.get(before + plane.part, empty)
        for register, pattern in self.patterns:
            registers[register] = events.plane(pattern, slot)


@dataclass(frozen=True, slots=True)
class Block:
    """What is computed in one go: for the case, or once for each listed person of a subject."""

    subject: SubjectId
    inputs: Inputs
    """What is read of each person."""
    calls: tuple[Call, ...]
    gathered: tuple[int, ...]
    """The registers in which what is so of somebody is gathered."""
    returned: tuple[tuple[Node, int], ...]
    """What is wanted of each person."""


@dataclass(slots=True)
class Found:
    """What a run found. Planes of the case are written over by the next run."""

    case: dict[Node, Plane]
    persons: dict[tuple[Node, int], Plane] = field(default_factory=dict)
    """What was wanted of the person in a slot; nothing where the slot is empty in all rows."""


@dataclass(slots=True)
class Plan:
    """Blocks in order, and the buffers they write to; built by `build_plan`."""

    blocks: tuple[Block, ...]
    inputs: Inputs
    """What is read of the case."""
    wanted: dict[Node, int]
    unbuffered: frozenset[int]
    """The registers that stand for planes of the table."""
    size: int
    _buffers: Registers = field(default_factory=list)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that is read of a table."""
        inputs = (self.inputs, *(block.inputs for block in self.blocks))
        found: list[Source] = []
        for each in inputs:
            found.extend(source for _, source in each.planes)
            found.extend(source for _, source in each.patterns)
        return tuple(dict.fromkeys(found))

    def run(self, table: Table) -> Found:
        """Return what is found in a table."""
        registers = self._registers(table.words)
        events = EventPlanes(table)
        self.inputs.bind(registers, events, (CASE, 0))
        found = Found({})
        for block in self.blocks:
            if block.subject == CASE:
                _call(block.calls, registers)
            else:
                _ask_everybody(block, events, registers, found)
        found.case = {node: registers[register] for node, register in self.wanted.items()}
        return found

    def _registers(self, words: int) -> Registers:
        if not self._buffers or len(self._buffers[0]) < words:
            none = np.zeros(0, np.uint64)
            self._buffers = [
                none if register in self.unbuffered else np.zeros(words, np.uint64) for register in range(self.size)
            ]
            self._buffers[ALWAYS][:] = ~np.uint64(0)
        return [buffer[:words] for buffer in self._buffers]


def _call(calls: Iterable[Call], registers: Registers) -> None:
    for function, left, right, out in calls:
        function(registers[left], registers[right], registers[out])


def _ask_everybody(block: Block, events: EventPlanes, registers: Registers, found: Found) -> None:
    """Compute a block for the person in each slot."""
    for register in block.gathered:
        registers[register].fill(0)
    table = events.table
    for slot in range(table.layout.slots.get(block.subject, 0)):
        present = table.plane(block.subject, slot, PRESENT)
        if present is None or not present.any():
            continue
        block.inputs.bind(registers, events, (block.subject, slot))
        _call(block.calls, registers)
        for node, register in block.returned:
            found.persons[node, slot] = registers[register].copy()
