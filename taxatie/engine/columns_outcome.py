"""What follows for each case of a table: level and ceiling, actions, withholdings and findings, as planes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_conditions import OF_THE_CASE, ConditionPlanes, Viewpoint
from taxatie.engine.columns_graph import ALWAYS, NEVER, Graph, Node
from taxatie.engine.columns_knowledge import Truths
from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_plan import Plan
from taxatie.engine.columns_planner import build_plan
from taxatie.engine.columns_table import Plane, Table, unpack
from taxatie.rules.condition import Condition
from taxatie.rules.program import Program, Rule
from taxatie.terms.names import CASE, ActionId, ConceptId, SubjectId

Ranks = NDArray[np.uint8]
"""The place of each row's level on the scale, the mildest being 0."""
Asked = Sequence[tuple[SubjectId, Condition]]
Side = Callable[[Truths], Node]


@dataclass(frozen=True, slots=True)
class Consequences:
    """Where each thing follows under one program, as nodes of a graph."""

    level: tuple[Node, ...]
    """Where the level is at least the second of the scale, the third, and so on."""
    ceiling: tuple[Node, ...]
    actions: Mapping[ActionId, Node]
    """Where each action is recommended."""
    withheld: Mapping[ActionId, Node]
    """Where each action is withheld, by a rule that fires or may fire."""
    findings: Mapping[ConceptId, Node]
    """Where each finding is present, in whomever."""

    @property
    def nodes(self) -> Iterator[Node]:
        """All planes."""
        yield from (*self.level, *self.ceiling)
        for named in (self.actions, self.withheld, self.findings):
            yield from named.values()


def consequences(planes: ConditionPlanes) -> Consequences:
    """Return where each thing follows from the rules and concepts of a program."""
    program, graph = planes.program, planes.graph
    places = _Places(planes)
    rules = [(scope.subject, rule) for scope in program.scopes for rule in scope.rules]
    level = _reached(places, rules, is_certain=True)
    exact = [
        graph.both(reached, graph.invert(higher))
        for reached, higher in zip((ALWAYS, *level), (*level, NEVER), strict=True)
    ]
    withheld = {
        action: places.possible([(subject, rule.condition) for subject, rule in rules if action in rule.withhold])
        for action in program.actions
    }
    actions = {}
    for action in program.actions:
        own = [plane for plane, step in zip(exact, program.levels, strict=True) if action in step.actions]
        ruled = places.certain([(subject, rule.condition) for subject, rule in rules if action in rule.actions])
        actions[action] = graph.both(graph.any_of((ruled, *own)), graph.invert(withheld[action]))
    findings = {
        concept.id: places.certain([(scope.subject, concept.condition)])
        for scope in program.scopes
        for concept in scope.concepts
        if concept.is_finding
    }
    return Consequences(level, _reached(places, rules, is_certain=False), actions, withheld, findings)


def _reached(places: "_Places", rules: Sequence[tuple[SubjectId, Rule]], *, is_certain: bool) -> tuple[Node, ...]:
    """Return where the rules that fire, or may fire, give at least each level above the mildest."""
    found: list[Node] = []
    reached = NEVER
    for level in reversed(places.planes.program.levels[1:]):
        asked = [(subject, rule.condition) for subject, rule in rules if rule.level == level.id]
        here = places.certain(asked) if is_certain else places.possible(asked)
        reached = places.planes.graph.either(reached, here)
        found.append(reached)
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class _Places:
    """Asks conditions of everybody in a case at once."""

    planes: ConditionPlanes

    def certain(self, asked: Asked) -> Node:
        """Return where one of the conditions holds for whom it is asked of."""
        return self._anywhere(asked, lambda truths: truths.holds)

    def possible(self, asked: Asked) -> Node:
        """Return where one of the conditions does not fail for whom it is asked of."""
        return self._anywhere(asked, lambda truths: self.planes.graph.invert(truths.fails))

    def _anywhere(self, asked: Asked, side: Side) -> Node:
        planes, graph = self.planes, self.planes.graph
        found: list[Node] = []
        for subject in dict.fromkeys(subject for subject, _ in asked):
            conditions = [condition for its, condition in asked if its == subject]
            if subject == CASE:
                found.extend(side(planes.truths(condition, OF_THE_CASE)) for condition in conditions)
                continue
            listed = [side(planes.truths(condition, Viewpoint(subject))) for condition in conditions]
            found.append(planes.somebody(subject, graph.any_of(listed)))
            whose = Viewpoint(subject, is_unlisted=True)
            unlisted = [side(planes.truths(condition, whose)) for condition in conditions]
            found.append(graph.both(planes.unlisted(subject).present, graph.any_of(unlisted)))
        return graph.any_of(found)


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """What follows in each row of a table. Planes are written over when the next table is assessed."""

    level: Ranks
    ceiling: Ranks
    actions: Mapping[ActionId, Plane]
    withheld: Mapping[ActionId, Plane]
    findings: Mapping[ConceptId, Plane]


class TableAssessor:
    """A program that assesses whole tables of one layout."""

    def __init__(self, program: Program, layout: Layout) -> None:
        """Lay the program out over the layout's planes."""
        planes = ConditionPlanes(program, layout, Graph())
        self._follows = consequences(planes)
        self._plan: Plan = build_plan(planes.graph, self._follows.nodes)

    def assess(self, table: Table) -> TableOutcome:
        """Return what follows in each row."""
        found, follows = self._plan.run(table).case, self._follows
        return TableOutcome(
            ranks([found[node] for node in follows.level], table.rows),
            ranks([found[node] for node in follows.ceiling], table.rows),
            {name: found[node] for name, node in follows.actions.items()},
            {name: found[node] for name, node in follows.withheld.items()},
            {name: found[node] for name, node in follows.findings.items()},
        )


def ranks(reached: Iterable[Plane], rows: int) -> Ranks:
    """Return the place on the scale of each row, given where each level above the mildest is reached."""
    found = np.zeros(rows, np.uint8)
    for plane in reached:
        found += unpack(plane, rows)
    return found
