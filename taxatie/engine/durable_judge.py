"""Judging conditions with networks: combinations and concepts chain forward, counts come between the rounds.

What needs counting (`at_least`, scores, persons) and what is read off the case (answers, patterns) is an atom:
its two rails are computed here, the counts from rails that the networks settled before. The code shares
nothing with the other engines.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from taxatie.engine.durable_network import PARTS_MAX, Gate, Network, Rail, networks_of
from taxatie.rules.condition import (
    All,
    Among,
    Any,
    AtLeast,
    Between,
    ConceptHolds,
    ConceptUnknown,
    Condition,
    Events,
    Every,
    Not,
    ScoreBetween,
    ScoreUnknown,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program
from taxatie.terms.names import ScoreId

Leaf = Among | Between | Events | SignalUnknown | Some | Every
Counting = AtLeast | ScoreBetween | ScoreUnknown | ConceptUnknown
So = tuple[bool, bool]
"""Certainly so, and certainly not so."""


class Reader(Protocol):
    """Reads leaves off a case, for one person or the case."""

    def leaf(self, leaf: Leaf) -> So:
        """Return what is certain of a leaf."""


@dataclass(slots=True)
class Judge:
    """Some conditions, ready to be judged for one person after another."""

    program: Program
    conditions: tuple[Condition, ...]
    _roots: list[Rail] = field(default_factory=list)
    _nodes: dict[Condition, Rail] = field(default_factory=dict)
    _steps: list[tuple[int, Leaf | Counting] | Gate] = field(default_factory=list)
    _plan: list[tuple[int, Leaf | Counting] | Network] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        """Lay out the nodes, each after those it rests on, and build the networks."""
        self._roots = [self._rail(condition) for condition in self.conditions]
        self._plan = list(self._planned())

    def judge(self, reader: Reader) -> list[So]:
        """Return what is certain of each condition."""
        rails: dict[Rail, bool] = {}
        for step in self._plan:
            if isinstance(step, Network):
                rails.update(step.settle(rails))
                continue
            node, atom = step
            rails[node, True], rails[node, False] = self._atom(atom, reader, rails)
        return [self._so(rails, rail) for rail in self._roots]

    def score(self, name: ScoreId, truths: list[So]) -> tuple[int, int]:
        """Return the lowest and highest sum of a score, given what is certain of its items."""
        points = [item.points for item in self.program.scores[name].items]
        pairs = list(zip(points, truths, strict=True))
        certain = sum(p for p, (so, _) in pairs if so)
        open_points = [p for p, (so, not_so) in pairs if not so and not not_so]
        return certain + sum(p for p in open_points if p < 0), certain + sum(p for p in open_points if p > 0)

    def _so(self, rails: dict[Rail, bool], rail: Rail) -> So:
        node, holds = rail
        return rails[node, holds], rails[node, not holds]

    # Layout

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _rail(self, condition: Condition) -> Rail:
        if condition not in self._nodes:
            self._nodes[condition] = self._lay_out(condition)
        return self._nodes[condition]

    def _lay_out(self, condition: Condition) -> Rail:
        match condition:
            case Not(part):
                node, holds = self._rail(part)
                return node, not holds
            case ConceptHolds(concept):
                return self._named(self.program.concepts[concept].condition)
            case All(parts):
                return self._joined([self._rail(part) for part in parts])
            case Any(parts):
                node, holds = self._joined([_mirror(self._rail(part)) for part in parts])
                return node, not holds
            case _:
                for part in self._counted_parts(condition):
                    self._rail(part)
                return self._step(condition)

    def _step(self, atom: Leaf | Counting) -> Rail:
        node = self._new()
        self._steps.append((node, atom))
        return node, True

    def _named(self, condition: Condition) -> Rail:
        """Return a concept's own node, which follows from its condition."""
        return self._joined([self._rail(condition)])

    def _joined(self, rails: list[Rail]) -> Rail:
        """Return a node for all of the rails, in stages of a few parts."""
        while len(rails) > PARTS_MAX:
            rails = [self._joined(rails[start : start + PARTS_MAX]) for start in range(0, len(rails), PARTS_MAX)]
        node = self._new()
        self._steps.append(Gate(node, tuple(dict.fromkeys(rails))))
        return node, True

    def _counted_parts(self, condition: Leaf | Counting) -> Iterator[Condition]:
        match condition:
            case AtLeast(_, parts):
                yield from parts
            case ScoreBetween(score) | ScoreUnknown(score):
                yield from (item.condition for item in self.program.scores[score].items)
            case ConceptUnknown(concept):
                yield ConceptHolds(concept)
            case _:
                pass

    def _planned(self) -> Iterator[tuple[int, Leaf | Counting] | Network]:
        """Return atoms and networks in order: a network ends where an atom must come in between."""
        gates: list[Gate] = []
        for step in self._steps:
            if isinstance(step, Gate):
                gates.append(step)
                continue
            if isinstance(step[1], AtLeast | ScoreBetween | ScoreUnknown | ConceptUnknown):
                yield from networks_of(gates)
                gates = []
            yield step
        yield from networks_of(gates)

    # Atoms

    def _atom(self, atom: Leaf | Counting, reader: Reader, rails: dict[Rail, bool]) -> So:
        match atom:
            case AtLeast(count, parts):
                truths = [self._so(rails, self._nodes[part]) for part in parts]
                sure = sum(so for so, _ in truths)
                excluded = sum(not_so for _, not_so in truths)
                return sure >= count, len(truths) - excluded < count
            case ScoreBetween(score, low, high):
                lowest, highest = self.score(score, self._items(score, rails))
                return _within(lowest, highest, low, high)
            case ScoreUnknown(score):
                lowest, highest = self.score(score, self._items(score, rails))
                return lowest != highest, lowest == highest
            case ConceptUnknown(concept):
                so, not_so = self._so(rails, self._nodes[ConceptHolds(concept)])
                return not (so or not_so), so or not_so
            case _:
                return reader.leaf(atom)

    def _items(self, score: ScoreId, rails: dict[Rail, bool]) -> list[So]:
        return [self._so(rails, self._nodes[item.condition]) for item in self.program.scores[score].items]


def _mirror(rail: Rail) -> Rail:
    node, holds = rail
    return node, not holds


def _within(lowest: int, highest: int, low: int | None, high: int | None) -> So:
    """Return whether all, or none, of the sums lie within the bounds."""
    bottom = lowest if low is None else low
    top = highest if high is None else high
    inside = bottom <= lowest and highest <= top
    outside = highest < bottom or lowest > top or bottom > top
    return inside and not outside, outside
