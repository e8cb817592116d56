"""What was said in decisions that another release cannot read: it is left out, and counted."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_graph import Graph, Node
from taxatie.engine.columns_layout import PRESENT, Layout, PlaneSource, SignalPlanes
from taxatie.engine.columns_sums import Sums
from taxatie.engine.columns_table import Table
from taxatie.rules.program import Program, Signal
from taxatie.terms.names import CASE
from taxatie.terms.vocabulary import SignalType

Regions = tuple[Sequence[str], NDArray[np.uint8]]
"""The names of regions, and the place of each row's region among them, counted from 1."""
_BEYOND: Final = "beyond its values"


def left_out_nodes(graph: Graph, layout: Layout, program: Program) -> dict[str, Node]:
    """Return where something was said that the program cannot read, by what it is."""
    known = {CASE, *(subject.id for subject in program.subjects)}
    found = {
        str(subject): graph.somebody(subject, graph.input(PlaneSource(subject, PRESENT)))
        for subject in layout.slots
        if subject not in known
    }
    for planes in layout.signals.values():
        if planes.subject in known:
            for name, node in _of_signal(graph, planes, program.signals.get(planes.id)):
                found[name] = node if planes.subject == CASE else graph.somebody(planes.subject, node)
    return found


def _of_signal(graph: Graph, planes: SignalPlanes, signal: Signal | None) -> Iterator[tuple[str, Node]]:
    def read(part: str) -> Node:
        return graph.input(PlaneSource(planes.subject, part))

    is_number = planes.type is SignalType.NUMBER
    if signal is None or signal.subject != planes.subject or signal.type is not planes.type:
        parts = (planes.answered,) if is_number else map(planes.label, planes.labels)
        yield str(planes.id), graph.any_of(map(read, parts))
    elif is_number and (signal.lowest > planes.lowest or signal.highest < planes.highest):
        digits, sums = tuple(map(read, planes.digits)), Sums(graph)
        within = graph.both(
            sums.at_least(digits, signal.lowest - planes.lowest), sums.at_most(digits, signal.highest - planes.lowest)
        )
        yield f"{planes.id}: {_BEYOND}", graph.both(read(planes.answered), graph.invert(within))
    else:
        for label in planes.labels:
            if label not in signal.labels:
                yield f"{planes.id}: {label}", read(planes.label(label))


def left_out_names(table: Table, regions: Regions, program: Program, is_counted: NDArray[np.bool_]) -> dict[str, int]:
    """Return in how many counted rows there is an event of a kind, or a region, that the program does not have."""
    names, places = regions
    found = {
        name: int(np.count_nonzero(is_counted & (places == place)))
        for place, name in enumerate(names, start=1)
        if name not in program.regions
    }
    for place, kind in enumerate(table.layout.kinds):
        if kind not in program.kinds:
            rows = np.unique(table.events.rows[table.events.kinds == place])
            found[str(kind)] = int(np.count_nonzero(is_counted[rows]))
    return {name: number for name, number in found.items() if number}
