"""Propositional circuits, for questions of the form *is there a way …?*: the one door to the SAT solver.

Literals are integers as solvers know them: a variable or its negation. Two constants stand for what is
settled; gates fold them away, so that a circuit holds only what is still open.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import neg
from typing import Final, Self

from pysat.solvers import Minisat22

Literal = int

TRUE: Final[Literal] = 1
FALSE: Final[Literal] = -1


class Circuit:
    """Gates over free variables, each gate the conjunction of some literals."""

    def __init__(self) -> None:
        """Begin with the constant alone: variable 1 is true."""
        self.variables = 1
        self.gates: dict[frozenset[Literal], Literal] = {}
        """The literal of each conjunction, those that it rests on before it."""
        self.demands: list[list[Literal]] = []
        """Clauses that the free variables meet by themselves."""

    @property
    def clauses(self) -> list[list[Literal]]:
        """The whole circuit as clauses."""
        written = [[TRUE], *self.demands]
        for parts, gate in self.gates.items():
            written.extend(gate_clauses(gate, parts))
        return written

    def variable(self) -> Literal:
        """Return a new free variable."""
        self.variables += 1
        return self.variables

    def conjunction(self, parts: Iterable[Literal]) -> Literal:
        """Return a literal that is true when all parts are."""
        distinct = frozenset(parts)
        known = self.gates.get(distinct)
        if known is not None:
            return known
        if FALSE in distinct:
            return FALSE
        if TRUE in distinct:
            return self.conjunction(distinct - {TRUE})
        if len(distinct) < 2:  # noqa: PLR2004  # one part is that part itself, no part holds always
            return next(iter(distinct), TRUE)
        if not distinct.isdisjoint(map(neg, distinct)):
            return FALSE
        self.variables += 1
        self.gates[distinct] = self.variables
        return self.variables

    def disjunction(self, parts: Iterable[Literal]) -> Literal:
        """Return a literal that is true when one of the parts is."""
        return -self.conjunction(map(neg, parts))

    def at_least(self, bound: int, weighted: Iterable[tuple[Literal, int]]) -> Literal:
        """Return a literal that says that the weights of those that are true add up to the bound.

        A literal may stand twice, and a weight be negative.
        """
        open_parts: list[tuple[Literal, int]] = []
        for literal, weight in weighted:
            if literal == TRUE:
                bound -= weight
            elif literal != FALSE and weight > 0:
                open_parts.append((literal, weight))
            elif literal != FALSE and weight:
                bound -= weight
                open_parts.append((-literal, -weight))
        return self._at_least(bound, open_parts)

    def _at_least(self, bound: int, weighted: list[tuple[Literal, int]]) -> Literal:
        """Return the same for positive weights, going back from what the last parts would have to add."""
        rest = sum(weight for _, weight in weighted)
        if bound <= 0 or bound > rest:
            return TRUE if bound <= 0 else FALSE
        missing = [{bound}]
        for _, weight in weighted:
            rest -= weight
            missing.append({left for before in missing[-1] for left in (before, before - weight) if 0 < left <= rest})
        reached: dict[int, Literal] = {}
        for (literal, weight), wanted in zip(reversed(weighted), missing[-2::-1], strict=True):
            reached = {
                number: self.disjunction(
                    (
                        reached.get(number, FALSE),
                        self.conjunction((literal, reached.get(number - weight, FALSE) if number > weight else TRUE)),
                    )
                )
                for number in wanted
            }
        return reached[bound]

    def exactly_one(self, parts: Sequence[Literal]) -> None:
        """Demand that exactly one of the free variables is true."""
        self.demands.append(list(parts))
        self.demands.extend([-first, -second] for index, first in enumerate(parts) for second in parts[index + 1 :])


def gate_clauses(gate: Literal, parts: Iterable[Literal]) -> list[list[Literal]]:
    """Return the clauses that make a literal the conjunction of some parts."""
    return [*([-gate, part] for part in parts), [gate, *map(neg, parts)]]


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
