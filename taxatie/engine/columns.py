"""The engine for many cases at once: one pass over columns of bits says what holds of every case in them.

It shares no code with the reference or with `live`; that they agree on everything generated is the evidence for all.
Counting over columns needs no traces; they are made on demand, so that this engine can be compared case by case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taxatie.engine.columns_conditions import OF_THE_CASE, ConditionPlanes, Points, Viewpoint
from taxatie.engine.columns_graph import Graph, Node
from taxatie.engine.columns_knowledge import Truths
from taxatie.engine.columns_layout import Layout
from taxatie.engine.columns_plan import Found, Plan
from taxatie.engine.columns_planner import build_plan
from taxatie.engine.columns_table import unpack
from taxatie.engine.columns_tabulate import tabulate
from taxatie.rules.program import Program, Scope
from taxatie.terms.case import Case
from taxatie.terms.names import CASE, PersonId, SubjectId, unlisted_person
from taxatie.terms.trace import AssessedPerson, Evaluation, Existence, Trace
from taxatie.terms.truth import Truth

_TRUTHS = (Truth.CANNOT_TELL, Truth.HOLDS, Truth.FAILS)


@dataclass(frozen=True, slots=True)
class ScopePlanes:
    """A scope asked of somebody: where its rules and concepts hold and fail, and its sums."""

    rules: tuple[Truths, ...]
    concepts: tuple[Truths, ...]
    scores: tuple[Points, ...]

    @property
    def nodes(self) -> Iterator[Node]:
        """All planes."""
        for truths in (*self.rules, *self.concepts):
            yield from truths
        for points in self.scores:
            yield from (*points.gained, *points.lost)


class ColumnsEngine:
    """A program over columns; building it takes some tenths of a second for a large release."""

    def __init__(self, program: Program) -> None:
        """Lay the program out over the planes."""
        self._program = program
        self._planes = ConditionPlanes(program, Layout.of(program, {}), Graph())
        self._scopes = [
            {whose: self._scope(scope, whose) for whose in _viewpoints(scope.subject)} for scope in program.scopes
        ]
        self._unlisted = {subject.id: self._planes.unlisted(subject.id) for subject in program.subjects}
        self._inapplicable = {
            subject: [
                (signal.id, self._planes.known(signal.id, Viewpoint(subject)).inapplicable)
                for signal in program.signals.values()
                if signal.subject == subject
            ]
            for subject in (CASE, *self._unlisted)
        }
        self._plan = self._planned()

    def _scope(self, scope: Scope, whose: Viewpoint) -> ScopePlanes:
        planes = self._planes
        return ScopePlanes(
            tuple(planes.truths(rule.condition, whose) for rule in scope.rules),
            tuple(planes.truths(concept.condition, whose) for concept in scope.concepts),
            tuple(planes.points(score.id, whose) for score in scope.scores),
        )

    def _planned(self) -> Plan:
        nodes = [node for scope in self._scopes for planes in scope.values() for node in planes.nodes]
        nodes += [node for listed in self._inapplicable.values() for _, node in listed]
        for unlisted in self._unlisted.values():
            nodes += [unlisted.present, unlisted.certain, unlisted.impossible]
        steps = self._planes.graph.steps
        of_persons = [node for node in nodes if steps[node].subject != CASE]
        return build_plan(self._planes.graph, [node for node in nodes if steps[node].subject == CASE], of_persons)

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case."""
        return self.evaluate_all([case])[0]

    def evaluate_all(self, cases: Sequence[Case]) -> list[Trace]:
        """Return what the program finds about each of the cases."""
        table = tabulate(self._program, cases)
        found = _Unpacked(self._plan.run(table), table.rows)
        return [self._trace(case, row, found) for row, case in enumerate(cases)]

    def _trace(self, case: Case, row: int, found: "_Unpacked") -> Trace:
        slots = dict(_slots(case))
        unlisted = list(self._unlisted_persons(row, found))
        persons = tuple(AssessedPerson(each.id, each.subject, Existence.LISTED) for each in case.persons)
        asked: dict[SubjectId, list[tuple[PersonId | None, Viewpoint, int]]] = {CASE: [(None, OF_THE_CASE, 0)]}
        for person in case.persons:
            asked.setdefault(person.subject, []).append((person.id, Viewpoint(person.subject), slots[person.id]))
        for each in unlisted:
            asked.setdefault(each.subject, []).append((each.id, Viewpoint(each.subject, is_unlisted=True), 0))
        listed = [(None, CASE, 0), *((person.id, person.subject, slots[person.id]) for person in case.persons)]
        return Trace(
            persons=(*persons, *unlisted),
            evaluations=tuple(
                _evaluation(index, whom, planes[whose], _Row(found, row, slot))
                for index, (scope, planes) in enumerate(zip(self._program.scopes, self._scopes, strict=True))
                for whom, whose, slot in asked.get(scope.subject, ())
            ),
            inapplicable=tuple(
                (signal, whom)
                for whom, subject, slot in listed
                for signal, node in self._inapplicable[subject]
                if found.bit(node, row, slot)
            ),
            impossible=tuple(subject for subject, each in self._unlisted.items() if found.bit(each.impossible, row, 0)),
        )

    def _unlisted_persons(self, row: int, found: "_Unpacked") -> Iterator[AssessedPerson]:
        for subject, planes in self._unlisted.items():
            if found.bit(planes.present, row, 0):
                is_certain = found.bit(planes.certain, row, 0)
                existence = Existence.CERTAIN if is_certain else Existence.IN_DOUBT
                yield AssessedPerson(unlisted_person(subject), subject, existence)


class _Unpacked:
    """Planes as bytes, unpacked when first asked for."""

    def __init__(self, found: Found, rows: int) -> None:
        self._found = found
        self._rows = rows
        self._bytes: dict[tuple[Node, int], NDArray[np.uint8]] = {}

    def bit(self, node: Node, row: int, slot: int) -> int:
        """Return whether a row is set in a plane of the case, or of the person in a slot."""
        case = self._found.case.get(node)
        key = (node, 0 if case is not None else slot)
        if key not in self._bytes:
            self._bytes[key] = unpack(self._found.persons[key] if case is None else case, self._rows)
        return int(self._bytes[key][row])


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of what was found, as seen for the person in a slot."""

    found: _Unpacked
    row: int
    slot: int

    def truth(self, truths: Truths) -> Truth:
        """Return whether something holds."""
        holds = self.found.bit(truths.holds, self.row, self.slot)
        return _TRUTHS[holds - self.found.bit(truths.fails, self.row, self.slot)]

    def number(self, digits: Iterable[Node]) -> int:
        """Return a number from its binary digits."""
        return sum(self.found.bit(digit, self.row, self.slot) << place for place, digit in enumerate(digits))


def _viewpoints(subject: SubjectId) -> tuple[Viewpoint, ...]:
    return (OF_THE_CASE,) if subject == CASE else (Viewpoint(subject), Viewpoint(subject, is_unlisted=True))


def _slots(case: Case) -> Iterator[tuple[PersonId, int]]:
    """Return in which slot of its subject each listed person stands."""
    taken: dict[SubjectId, int] = {}
    for person in case.persons:
        taken[person.subject] = taken.get(person.subject, 0) + 1
        yield person.id, taken[person.subject] - 1


def _evaluation(scope: int, person: PersonId | None, planes: ScopePlanes, row: _Row) -> Evaluation:
    return Evaluation(
        scope=scope,
        person=person,
        rules=tuple(map(row.truth, planes.rules)),
        concepts=tuple(map(row.truth, planes.concepts)),
        scores=tuple(
            (points.base + row.number(points.gained), points.top - row.number(points.lost)) for points in planes.scores
        ),
    )
