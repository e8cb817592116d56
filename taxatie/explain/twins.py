"""Two copies of a case's circuit that differ in the answer to one question: a solver finds whether it can matter."""

from collections.abc import Iterable, Iterator
from typing import Self

from taxatie.explain.histories import Demand, Histories
from taxatie.explain.outcome import Outcome
from taxatie.explain.scene import Question
from taxatie.explain.world import World
from taxatie.rules.circuit import FALSE, TRUE, Literal, Model, Solver
from taxatie.terms.truth import Truth


class Twins:
    """Two copies of a case's circuit that differ in the answer to one question."""

    def __init__(self, world: World, outcome: Outcome) -> None:
        """Copy the circuit, and tie the copies together question by question."""
        self._world = world
        self._outcome = outcome
        self._size = world.circuit.variables
        self._next = 2 * self._size
        self._ties: dict[Question, Literal] = {}
        self._clauses = list(world.circuit.clauses)
        self._clauses += [self._twins(clause) for clause in world.circuit.clauses]
        for question, variables in world.inputs.items():
            self._tie(question, variables)
        self._differs = self._difference()
        self._solver = Solver(self._clauses)
        persons = [person.id for person in world.knowledge.persons]
        self._history = Histories.of(world.knowledge.case, persons, world.patterns.open_atoms)

    def __enter__(self) -> Self:
        """Return the twins themselves."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the solver's memory back."""
        self._solver.__exit__()

    def telling(self, question: Question, above: int, at_most: int) -> tuple[int, Model] | None:
        """Return the highest rank among the ways in which the question matters, with such a way.

        Only ranks above one and up to another are looked at; None where there is no such way.
        """
        assumptions = [self._differs, *(tie for other, tie in self._ties.items() if other != question)]
        at_least = self._outcome.at_least
        model = self._model([*assumptions, at_least[at_most]])
        if model is not None:
            return at_most, model
        lowest = self._model([*assumptions, at_least[above + 1]])
        if lowest is None:
            return None
        rank = self._rank(lowest)
        for higher in range(at_most - 1, rank, -1):
            model = self._model([*assumptions, at_least[higher]])
            if model is not None:
                return higher, model
        return rank, lowest

    def _rank(self, model: Model) -> int:
        return max(rank for rank, literal in enumerate(self._outcome.at_least) if model.holds(literal))

    def _twin(self, literal: Literal) -> Literal:
        if literal in {TRUE, FALSE}:
            return literal
        return literal + self._size if literal > 0 else literal - self._size

    def _twins(self, clause: list[Literal]) -> list[Literal]:
        size = self._size
        return [each + size if each > TRUE else each - size if each < FALSE else each for each in clause]

    def _variable(self) -> Literal:
        self._next += 1
        return self._next

    def _tie(self, question: Question, variables: Iterable[Literal]) -> None:
        tie = self._variable()
        self._ties[question] = tie
        for variable in variables:
            twin = self._twin(variable)
            self._clauses += [[-tie, -variable, twin], [-tie, variable, -twin]]

    def _difference(self) -> Literal:
        """Return a literal that makes the two outcomes differ in some part."""
        differs = self._variable()
        ways = [self._unequal(part) for part in self._outcome.parts]
        self._clauses.append([-differs, *ways])
        return differs

    def _unequal(self, part: Literal) -> Literal:
        unequal, twin = self._variable(), self._twin(part)
        self._clauses += [[-unequal, part, twin], [-unequal, -part, -twin]]
        return unequal

    def _model(self, assumptions: list[Literal]) -> Model | None:
        """Return a way to meet the assumptions in which both histories are possible ones."""
        while (model := self._solver.model(assumptions)) is not None:
            impossible = [d for d in self._demands(model) if not self._history.can_be(d)]
            if not impossible:
                return model
            for demand in impossible:
                self._exclude(self._history.core(demand))
        return None

    def _demands(self, model: Model) -> Iterator[Demand]:
        """Return what the two copies ask of the history."""
        atoms = self._world.patterns.open_atoms
        if not atoms:
            return
        for copy in (_same, self._twin):
            yield {
                atom: _truth(model.holds(copy(holds)), model.holds(copy(may))) for atom, (holds, may) in atoms.items()
            }

    def _exclude(self, demand: Demand) -> None:
        """Never again ask this of the history, in either copy."""
        atoms = self._world.patterns.open_atoms
        clause = [literal for atom, truth in demand.items() for literal in _not(atoms[atom], truth)]
        self._solver.add(clause)
        self._solver.add(self._twins(clause))


def _same(literal: Literal) -> Literal:
    return literal


def _truth(holds: bool, may: bool) -> Truth:  # noqa: FBT001  # the two literals of one atom
    return Truth.HOLDS if holds else Truth.CANNOT_TELL if may else Truth.FAILS


def _not(literals: tuple[Literal, Literal], truth: Truth) -> list[Literal]:
    """Return the literals of which one is true when the atom has another truth."""
    holds, may = literals
    match truth:
        case Truth.HOLDS:
            return [-holds]
        case Truth.FAILS:
            return [may]
        case Truth.CANNOT_TELL:
            return [holds, -may]
