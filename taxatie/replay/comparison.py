"""Two releases over one layout: for a table of decisions, what both give, and counts of all that differs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_conditions import ConditionPlanes
from taxatie.engine.columns_graph import NEVER, Graph, Node
from taxatie.engine.columns_layout import PRESENT, Layout, PlaneSource, plane_name
from taxatie.engine.columns_outcome import consequences, ranks
from taxatie.engine.columns_plan import Plan
from taxatie.engine.columns_planner import build_plan
from taxatie.engine.columns_table import Plane, Table, pack
from taxatie.limits import NAMED_DECISIONS_MAX
from taxatie.replay.counts import Change, Counts, NamedDecision, Shift, Unreplayed
from taxatie.replay.groups import Groups
from taxatie.replay.left_out import left_out_names, left_out_nodes
from taxatie.rules.program import Program
from taxatie.terms.names import ActionId, ConceptId

Rows = NDArray[np.int64]
IdsOf = Callable[[Rows], NDArray[np.uint8]]
"""Gives the ids of rows of a table, sixteen bytes each."""
Named = dict[str, Node]
Name = TypeVar("Name", ActionId, ConceptId)


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions to compare: the cases, and what is on record of each."""

    table: Table
    levels: NDArray[np.uint8]
    """The recorded level, by its place on the old release's scale."""
    regions: NDArray[np.uint8]
    """By place in the old release's regions, counted from 1; 0 for none."""
    is_empty: NDArray[np.bool_]
    """Rows of which the table says nothing, because they are counted elsewhere."""
    ids_of: IdsOf


class Comparison:
    """The old release and the new one over one layout."""

    def __init__(self, layout: Layout, old: Program, new: Program) -> None:
        """Lay both out in one graph."""
        graph = Graph()
        self._old, self._new = old, new
        self._before = consequences(ConditionPlanes(old, layout, graph))
        self._after = consequences(ConditionPlanes(new, layout, graph))
        self._actions = _Shifted.of(graph, self._before.actions, self._after.actions)
        self._withheld = _Shifted.of(graph, self._before.withheld, self._after.withheld)
        self._findings = _Shifted.of(graph, self._before.findings, self._after.findings)
        self._left_out = left_out_nodes(graph, layout, new)
        self._groups = Groups.of(layout, old)
        self._changes = [Change(before.id, after.id) for before in old.levels for after in new.levels]
        self._is_milder = np.array([_is_milder(change, old, new) for change in self._changes])
        self._plan: Plan = build_plan(graph, self._wanted())
        self._turn = Lock()

    def _wanted(self) -> Iterator[Node]:
        yield from (*self._before.level, *self._after.level, *self._left_out.values())
        for shifted in (self._actions, self._withheld, self._findings):
            yield from (*shifted.gained.values(), *shifted.lost.values())

    def names(self, layout: Layout) -> list[str]:
        """Return the names of the planes that are looked at."""
        sources = [source for source in self._plan.sources if isinstance(source, PlaneSource)]
        wanted = {plane_name(s.subject, slot, s.part) for s in sources for slot in layout.slots_of(s.subject)}
        wanted |= {plane_name(subject, slot, PRESENT) for subject, slot in layout.places}
        return [name for name in layout.names() if name in wanted or name in self._groups.channel_planes]

    def count(self, decided: Decided) -> Counts:
        """Return the counts of a table of decisions; one at a time, since the plan has one set of buffers."""
        with self._turn:
            return self._count(decided)

    def _count(self, decided: Decided) -> Counts:
        table = decided.table
        found = self._plan.run(table).case
        before = ranks([found[node] for node in self._before.level], table.rows)
        after = ranks([found[node] for node in self._after.level], table.rows)
        is_same = before == decided.levels
        is_counted = is_same & ~decided.is_empty
        change = before * np.uint8(len(self._new.levels)) + after
        levels, by_region, by_channel, by_month = self._groups.count(
            table, decided.regions, (change, is_counted), self._changes
        )
        counted = pack(is_counted)
        milder = np.flatnonzero(self._is_milder[change] & is_counted)
        otherwise = np.flatnonzero(~is_same & ~decided.is_empty)
        return Counts(
            decisions=int(np.count_nonzero(~decided.is_empty)),
            replayed=int(np.count_nonzero(is_counted)),
            levels=levels,
            by_region=by_region,
            by_channel=by_channel,
            by_month=by_month,
            milder=_named(decided.ids_of, milder, lambda row: self._changes[change[row]]),
            milder_in_all=len(milder),
            left_out=_counted(self._left_out, found, counted)
            | left_out_names(table, (list(self._old.regions), decided.regions), self._new, is_counted),
            unreplayed={Unreplayed.OTHER_LEVEL: len(otherwise)} if len(otherwise) else {},
            otherwise=_named(decided.ids_of, otherwise, lambda row: self._deviation(decided, before, row)),
            actions=self._actions.counted(found, counted),
            withheld=self._withheld.counted(found, counted),
            findings=self._findings.counted(found, counted),
        )

    def _deviation(self, decided: Decided, before: NDArray[np.uint8], row: int) -> Change:
        levels = self._old.levels
        return Change(levels[decided.levels[row]].id, levels[before[row]].id)


@dataclass(frozen=True, slots=True)
class _Shifted:
    gained: Named
    lost: Named

    @classmethod
    def of(cls, graph: Graph, before: Mapping[Name, Node], after: Mapping[Name, Node]) -> "_Shifted":
        return cls(_differing(graph, after, before), _differing(graph, before, after))

    def counted(self, found: Mapping[Node, Plane], counted: Plane) -> Shift:
        return Shift(_counted(self.gained, found, counted), _counted(self.lost, found, counted))


def _differing(graph: Graph, here: Mapping[Name, Node], there: Mapping[Name, Node]) -> Named:
    """Return where each thing is so here and not there; what never differs is left out."""
    nodes = {str(name): graph.both(node, graph.invert(there.get(name, NEVER))) for name, node in here.items()}
    return {name: node for name, node in nodes.items() if node != NEVER}


def _counted(named: Named, found: Mapping[Node, Plane], counted: Plane) -> dict[str, int]:
    """Return in how many of the counted rows each plane is set, where it is in any."""
    numbers = {name: int(np.bitwise_count(found[node] & counted).sum(dtype=np.int64)) for name, node in named.items()}
    return {name: numbers[name] for name in sorted(numbers) if numbers[name]}


def _named(ids_of: IdsOf, rows: Rows, change_of: Callable[[int], Change]) -> tuple[NamedDecision, ...]:
    """Return the decisions of the rows with the smallest ids."""
    if not len(rows):
        return ()
    ids = ids_of(rows)
    first, second = ids.view(">u8").astype(np.uint64).reshape(-1, 2).T
    least = np.arange(len(rows))
    if len(rows) > NAMED_DECISIONS_MAX:
        least = np.flatnonzero(first <= np.partition(first, NAMED_DECISIONS_MAX)[NAMED_DECISIONS_MAX])
    smallest = least[np.lexsort((second[least], first[least]))][:NAMED_DECISIONS_MAX]
    return tuple(NamedDecision(ids[place].tobytes().hex(), change_of(int(rows[place]))) for place in smallest)


def _is_milder(change: Change, old: Program, new: Program) -> bool:
    """Return whether a level is milder: on the new scale, or on the old one where only that has both."""
    for scale in (new, old):
        places = {str(level.id): place for place, level in enumerate(scale.levels)}
        if change.before in places and change.after in places:
            return places[change.after] < places[change.before]
    return False
