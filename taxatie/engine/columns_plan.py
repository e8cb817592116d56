"""A graph made ready to run: its nodes in order, each with the buffer it writes to, in rounds over the persons."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from taxatie.engine.columns_events import EventPlanes
from taxatie.engine.columns_graph import ALWAYS, NEVER, Node
from taxatie.engine.columns_layout import PRESENT, PatternSource, PlaneSource, Source
from taxatie.engine.columns_table import Plane, Table
from taxatie.terms.names import CASE, SubjectId

Registers = list[Plane]
Call = tuple[np.ufunc, int, int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """What is computed in one go: for the case, or once for each listed person of a subject."""

    subject: SubjectId
    inputs: tuple[tuple[int, Source], ...]
    """The registers that are set for each person."""
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
    inputs: tuple[tuple[int, Source], ...]
    wanted: dict[Node, int]
    unbuffered: frozenset[int]
    """The registers that stand for planes of the table."""
    size: int
    _buffers: Registers = field(default_factory=list)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that is read of a table."""
        pairs = (*self.inputs, *(pair for block in self.blocks for pair in block.inputs))
        return tuple(dict.fromkeys(source for _, source in pairs))

    def run(self, table: Table) -> Found:
        """Return what is found in a table."""
        registers = self._registers(table.words)
        events = EventPlanes(table)
        for register, source in self.inputs:
            registers[register] = _plane(table, events, source, 0, registers[NEVER])
        found = Found({})
        for block in self.blocks:
            if block.subject == CASE:
                _call(block.calls, registers)
            else:
                _ask_everybody(block, table, events, registers, found)
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


def _ask_everybody(block: Block, table: Table, events: EventPlanes, registers: Registers, found: Found) -> None:
    """Compute a block for the person in each slot."""
    for register in block.gathered:
        registers[register].fill(0)
    for slot in range(table.layout.slots.get(block.subject, 0)):
        present = table.plane(block.subject, slot, PRESENT)
        if present is None or not present.any():
            continue
        for register, source in block.inputs:
            registers[register] = _plane(table, events, source, slot, registers[NEVER])
        _call(block.calls, registers)
        for node, register in block.returned:
            found.persons[node, slot] = registers[register].copy()


def _plane(table: Table, events: EventPlanes, source: Source, slot: int, empty: Plane) -> Plane:
    match source:
        case PatternSource():
            return events.plane(source, slot)
        case PlaneSource(subject, part):
            plane = table.plane(subject, slot, part)
            return empty if plane is None else plane
