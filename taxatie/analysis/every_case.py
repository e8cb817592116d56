"""Whether a condition can hold, or fail, in any case at all: by the circuit of cases of which nothing is known.

Some conditions need two persons, others nobody, so several such cases are tried; a verdict stands only when
it stands in each. Patterns over time count as free, so that a verdict is never too bold. What asks for the
unknown is left alone: it is about what is not settled, and here everything gets settled.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import product
from typing import Final

from taxatie.explain.knowledge import Knowledge, ProgramInsight, Whose, everything_in
from taxatie.explain.world import Rail, World
from taxatie.rules.circuit import Literal, Solver
from taxatie.rules.condition import ConceptUnknown, Condition, ScoreUnknown, SignalUnknown
from taxatie.rules.program import Program
from taxatie.terms.case import NO_HISTORY, Case, Mode, Person
from taxatie.terms.names import CASE, CaseId, PersonId, SubjectId, unlisted_person

_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
_LISTED_PERSONS: Final = (0, 2)


@dataclass(frozen=True)
class EveryCase:
    """A program, seen over all its cases."""

    program: Program

    @cached_property
    def _insight(self) -> ProgramInsight:
        return ProgramInsight(self.program)

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """The circuits of cases of which nothing is known: with nobody and with two persons listed."""
        cases = (self._case(mode, number) for mode, number in product(Mode, _LISTED_PERSONS))
        return tuple(World(Knowledge(self._insight, case)) for case in cases)

    def _case(self, mode: Mode, number: int) -> Case:
        persons = tuple(
            Person(PersonId(f"{subject.id}-{index}"), subject.id, {})
            for subject in self.program.subjects
            for index in range(number)
        )
        return Case(CaseId("every-case"), _MOMENT, _MOMENT.date(), mode, None, frozenset(), {}, persons, NO_HISTORY)

    def asks_for_unknown(self, condition: Condition) -> bool:
        """Return whether a condition is about what is not settled."""
        unknown = (SignalUnknown, ConceptUnknown, ScoreUnknown)
        return any(isinstance(part, unknown) for part in everything_in(self.program, condition))

    def verdict(self, condition: Condition, subject: SubjectId) -> bool | None:
        """Return True where the condition always holds, False where it never does, else None."""
        if self.asks_for_unknown(condition):
            return None
        rails = [(world, world.rail(condition, _somebody(world, subject))) for world in self.worlds]
        if all(not _possible(world, [rail.may]) for world, rail in rails):
            return False
        return True if all(not _possible(world, [-rail.holds]) for world, rail in rails) else None

    def follows(self, condition: Condition, alternatives: Iterable[Iterable[Condition]], subject: SubjectId) -> bool:
        """Return whether, whenever the condition holds, one condition of each alternative holds too."""
        wanted = [list(each) for each in alternatives]
        return all(self._follows_in(world, condition, wanted, subject) for world in self.worlds)

    def _follows_in(
        self, world: World, condition: Condition, wanted: list[list[Condition]], subject: SubjectId
    ) -> bool:
        person = _somebody(world, subject)
        holds = world.rail(condition, person).holds
        covered = world.circuit.conjunction(
            world.circuit.disjunction(rail.holds for rail in _rails(world, each, person)) for each in wanted
        )
        return not _possible(world, [holds, -covered])


def _rails(world: World, conditions: list[Condition], person: Whose) -> Iterator[Rail]:
    return (world.rail(condition, person) for condition in conditions)


def _somebody(world: World, subject: SubjectId) -> Whose:
    """Return somebody of the subject in the world's case; None is the case itself."""
    if subject == CASE:
        return None
    listed = (person.id for person in world.knowledge.case.persons if person.subject == subject)
    return next(listed, unlisted_person(subject))


def _possible(world: World, assumptions: list[Literal]) -> bool:
    with Solver(world.circuit.clauses) as solver:
        return solver.model(assumptions) is not None
