"""Conditions of a program as expressions in a language of a peer: what is alike in all of them is written once.

Two-valued: events, and what is unknown, are left out in the peers' favour, as `two_valued.py` says.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
from taxatie.rules.program import Program, Rule
from taxatie.terms.names import CASE, SignalId, SubjectId

Person = str | None
"""How the person is called of whom a condition speaks; None where it speaks of the case."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language says what all of them can say."""

    conjunction: str
    disjunction: str
    negation: str
    """With a place for what is turned."""
    choice: str
    """With places for a condition and two values."""
    answer: Callable[[SignalId, Person], str]
    """What was answered, by the case or by a person."""
    group: Callable[[Some | Every, Callable[[Person], str]], str]
    """Whether something holds of somebody, or of everybody, of a subject."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the conditions of a program in one dialect."""

    program: Program
    dialect: Dialect

    def written(self, condition: Condition, person: Person) -> str:
        """Return the condition as it is asked of a person, or of the case."""
        match condition:
            case Among() | Between():
                return self._signal(condition, person)
            case ConceptHolds(concept=concept):
                return self.written(self.program.concepts[concept].condition, person)
            case Not(condition=inner):
                return self.dialect.negation.format(self.written(inner, person))
            case All() | Any() | AtLeast():
                return self._several(condition, [self.written(part, person) for part in condition.conditions])
            case Some() | Every():
                return self.dialect.group(condition, lambda member: self.written(condition.condition, member))
            case ScoreBetween(score=score, low=low, high=high):
                items = self.program.scores[score].items
                return self._within(
                    self._total([(self.written(i.condition, person), i.points) for i in items]), low, high
                )
            case Events() | ConceptUnknown() | ScoreUnknown() | SignalUnknown():
                return "false"

    def _several(self, condition: All | Any | AtLeast, parts: list[str]) -> str:
        match condition:
            case All():
                return f"({self.dialect.conjunction.join(parts)})"
            case Any():
                return f"({self.dialect.disjunction.join(parts)})"
            case AtLeast(count=count):
                return f"({self._total([(part, 1) for part in parts])} >= {count})"

    def _signal(self, condition: Among | Between, person: Person) -> str:
        is_own = self.program.signals[condition.signal].subject != CASE
        value = self.dialect.answer(condition.signal, person if is_own else None)
        if isinstance(condition, Between):
            return self._within(value, condition.low, condition.high)
        return f"({self.dialect.disjunction.join(f'{value} == {each}' for each in sorted(condition.values))})"

    def _total(self, weighted: list[tuple[str, int]]) -> str:
        return f"({' + '.join(self.dialect.choice.format(part, points, 0) for part, points in weighted)})"

    def _within(self, value: str, low: int | None, high: int | None) -> str:
        bounds = ([] if low is None else [f"{value} >= {low}"]) + ([] if high is None else [f"{value} <= {high}"])
        return f"({self.dialect.conjunction.join(bounds)})" if bounds else "true"


def each_rule(program: Program) -> Iterator[tuple[SubjectId, Rule]]:
    """Return each rule with the subject it is asked of."""
    return ((scope.subject, rule) for scope in program.scopes for rule in scope.rules)
