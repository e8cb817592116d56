"""Propositional circuits, for questions of the form *is there a way …?*: the one door to the SAT solver.

Literals are integers as solvers know them: a variable or its negation. Two constants stand for what is
settled; gates fold them away, so that a circuit holds only what is still open.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Self

from pysat.solvers import Minisat22

Literal = int

TRUE: Final[Literal] = 1
FALSE: Final[Literal] = -1


class Circuit:
    """Gates over free variables, written down as clauses while they are built."""

    def __init__(self) -> None:
        """Begin with the constant alone: variable 1 is true."""
        self.variables = 1
        self.clauses: list[list[Literal]] = [[TRUE]]
        self._ands: dict[tuple[Literal, ...], Literal] = {}

    def variable(self) -> Literal:
        """Return a new free variable."""
        self.variables += 1
        return self.variables

    def conjunction(self, parts: Iterable[Literal]) -> Literal:
        """Return a literal that is true when all parts are."""
        distinct = set(parts)
        distinct.discard(TRUE)
        if not distinct:
            return TRUE
        if FALSE in distinct or any(-part in distinct for part in distinct):
            return FALSE
        if len(distinct) == 1:
            return distinct.pop()
        key = tuple(sorted(distinct))
        known = self._ands.get(key)
        return self._gate(key) if known is None else known

    def _gate(self, key: tuple[Literal, ...]) -> Literal:
        gate = self.variable()
        self.clauses.extend([-gate, part] for part in key)
        self.clauses.append([gate, *(-part for part in key)])
        self._ands[key] = gate
        return gate

    def disjunction(self, parts: Iterable[Literal]) -> Literal:
        """Return a literal that is true when one of the parts is."""
        return -self.conjunction(-part for part in parts)

    def sums(self, weighted: Iterable[tuple[Literal, int]]) -> dict[int, Literal]:
        """Return for each possible sum of weights a literal that says that it is the sum."""
        states = {0: TRUE}
        for literal, weight in weighted:
            moved: dict[int, list[Literal]] = {}
            for total, reached in states.items():
                moved.setdefault(total, []).append(self.conjunction((reached, -literal)))
                moved.setdefault(total + weight, []).append(self.conjunction((reached, literal)))
            states = {total: self.disjunction(ways) for total, ways in moved.items()}
            states = {total: reached for total, reached in states.items() if reached != FALSE}
        return states

    def at_least(self, count: int, parts: Sequence[Literal]) -> Literal:
        """Return a literal that is true when at least *count* of the parts are; a part may stand twice."""
        reached = [TRUE] + [FALSE] * max(count, 0)
        if count <= 0:
            return TRUE
        for part in parts:
            for number in range(count, 0, -1):
                reached[number] = self.disjunction((reached[number], self.conjunction((reached[number - 1], part))))
        return reached[count]

    def exactly_one(self, parts: Sequence[Literal]) -> None:
        """Demand that exactly one of the free variables is true."""
        self.clauses.append(list(parts))
        self.clauses.extend([-first, -second] for index, first in enumerate(parts) for second in parts[index + 1 :])


class Solver:
    """Answers whether a set of clauses can be met, under assumptions that differ from question to question."""

    def __init__(self, clauses: list[list[Literal]]) -> None:
        """Load the clauses."""
        self._solver = Minisat22(bootstrap_with=clauses)

    def __enter__(self) -> Self:
        """Return the solver itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the solver's memory back."""
        self._solver.delete()

    def add(self, clause: list[Literal]) -> None:
        """Add a clause."""
        self._solver.add_clause(clause)

    def model(self, assumptions: Iterable[Literal]) -> "Model | None":
        """Return a way to meet all clauses and assumptions, or None where there is none."""
        if not self._solver.solve(assumptions=list(assumptions)):
            return None
        return Model(self._solver.get_model() or [])


class Model:
    """A way to meet the clauses; a variable that it does not name is free."""

    def __init__(self, literals: Sequence[Literal]) -> None:
        """Keep the solver's list, in which variable *n* stands at position *n - 1*."""
        self._literals = literals

    def holds(self, literal: Literal) -> bool:
        """Return whether the literal is true here."""
        index = abs(literal) - 1
        value = self._literals[index] > 0 if index < len(self._literals) else False
        return value if literal > 0 else not value

    def __iter__(self) -> Iterator[Literal]:
        """Return the literals that are true here."""
        return iter(self._literals)
