"""A case as a circuit over all the ways in which it may still turn out.

A *world* settles everything: each open signal takes one of the values that are left to it, each doubtful
person exists or does not, and the registers were searched. Signals that do not apply in a world have no
value there. Each condition becomes two literals: that it holds, and that it may hold; they differ only
where even a searched register cannot tell (`distinct`, with events that name no reporter).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, assert_never

from taxatie.explain.knowledge import Knowledge, Whose, passes
from taxatie.explain.patterns import PatternAtoms
from taxatie.rules.circuit import FALSE, TRUE, Circuit, Literal
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
from taxatie.rules.program import Program, Signal
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, PersonId, SignalId, SubjectId, unlisted_person
from taxatie.terms.trace import Existence
from taxatie.terms.vocabulary import SignalType

Question = tuple[SignalId, Whose]
Points = list[tuple[Literal, int]]


class Rail(NamedTuple):
    """A condition in a world: that it holds, and that it may hold."""

    holds: Literal
    may: Literal

    @property
    def mirror(self) -> "Rail":
        """The negation."""
        return Rail(-self.may, -self.holds)


CERTAINLY = Rail(TRUE, TRUE)
NEVER = Rail(FALSE, FALSE)


@dataclass(slots=True)
class World:
    """The circuit of a case; what is asked of it is built when it is asked."""

    knowledge: Knowledge
    circuit: Circuit = field(default_factory=Circuit)
    inputs: dict[Question, list[Literal]] = field(default_factory=dict)
    """The free variables behind each open question."""
    patterns: PatternAtoms = field(init=False)
    _is_sharp: bool = field(init=False)
    """Whether the two literals of a condition are always the same."""
    values: dict[Question, list[tuple[range, Literal]]] = field(default_factory=dict)
    """The stretches of values that are left to each signal, with the literals that say which it is."""
    _rails: dict[tuple[int, Whose], Rail] = field(default_factory=dict)
    _exists: dict[PersonId, Literal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what the registers may say."""
        self.patterns = PatternAtoms(self.knowledge.program, self.knowledge.case, self.circuit)
        self._is_sharp = not self.knowledge.insight.has_distinct_patterns

    @property
    def program(self) -> Program:
        """The program of the case."""
        return self.knowledge.program

    def finish(self) -> None:
        """Note the variables of the history once all conditions are built."""
        if self.patterns.variables:
            self.inputs[HISTORY, None] = self.patterns.variables

    # Persons

    def exists(self, person: PersonId) -> Literal:
        """Return a literal that says that the person exists."""
        if person not in self._exists:
            assessed = next(p for p in self.knowledge.persons if p.id == person)
            is_sure = assessed.existence is not Existence.IN_DOUBT
            self._exists[person] = TRUE if is_sure else self._doubtful(assessed.subject)
        return self._exists[person]

    def _doubtful(self, subject: SubjectId) -> Literal:
        free = self.circuit.variable()
        self.inputs[EVERYONE_LISTED, unlisted_person(subject)] = [free]
        definition = next(each for each in self.program.subjects if each.id == subject)
        if definition.exists_when is None or self.knowledge.reading.somebody_listed(definition):
            return free
        return self.circuit.conjunction((free, self.rail(definition.exists_when, None).may))

    # Signals

    def _value_literals(self, signal: Signal, whose: Whose) -> list[tuple[range, Literal]]:
        """Return the stretches of values that are left, each with the literal that says so."""
        key = (signal.id, whose)
        found = self.values.get(key)
        if found is None:
            stretches = self.knowledge.stretches_left(signal, whose)
            found = self.values[key] = list(zip(stretches, self._choice(key, len(stretches)), strict=True))
        return found

    def _choice(self, key: Question, count: int) -> list[Literal]:
        """Return literals of which exactly one is true."""
        if count == 1:
            return [TRUE]
        if count == 2:  # noqa: PLR2004  # two values need one variable
            free = self.circuit.variable()
            self.inputs[key] = [free]
            return [-free, free]
        literals = [self.circuit.variable() for _ in range(count)]
        self.inputs[key] = literals
        self.circuit.exactly_one(literals)
        return literals

    def _test(self, condition: Among | Between, person: Whose) -> Rail:
        signal = self.program.signals[condition.signal]
        whose = None if signal.subject == CASE else person
        applies = TRUE
        if signal.applies_when is not None and not self.knowledge.is_answered(signal, whose):
            applies = self.rail(signal.applies_when, whose).may
        holds_unasked = signal.type is SignalType.YES_NO and isinstance(condition, Among) and 0 in condition.values
        if applies == FALSE:
            return CERTAINLY if holds_unasked else NEVER
        passes = self._passes(condition, signal, whose)
        if applies != TRUE:
            part = -applies if holds_unasked else applies
            passes = (self.circuit.disjunction if holds_unasked else self.circuit.conjunction)((part, passes))
        return Rail(passes, passes)

    def _passes(self, condition: Among | Between, signal: Signal, whose: Whose) -> Literal:
        """Return that the value, where the signal has one, passes the test."""
        values = self._value_literals(signal, whose)
        passing = [literal for stretch, literal in values if passes(condition, stretch.start)]
        return TRUE if len(passing) == len(values) else self.circuit.disjunction(passing)

    # Conditions

    def rail(self, condition: Condition, person: Whose) -> Rail:
        """Return the condition's two literals, asked of a person or of the case."""
        key = (id(condition), person)
        rail = self._rails.get(key)
        if rail is None:
            rail = self._rails[key] = self._build(condition, person)
        return rail

    def _build(self, condition: Condition, person: Whose) -> Rail:
        match condition:
            case Among() | Between():
                return self._test(condition, person)
            case ScoreBetween():
                return self._score(condition, person)
            case ConceptHolds(concept):
                return self.rail(self.program.concepts[concept].condition, person)
            case Events():
                return Rail(*self.patterns.literals(condition, person))
            case SignalUnknown():
                return NEVER
            case ConceptUnknown(concept):
                return self._unsettled([self.rail(self.program.concepts[concept].condition, person)])
            case ScoreUnknown(score):
                items = self.program.scores[score].items
                return self._unsettled([self.rail(item.condition, person) for item in items if item.points])
            case _:
                return self._combination(condition, person)

    def _combination(self, condition: Not | All | Any | AtLeast | Some | Every, person: Whose) -> Rail:
        match condition:
            case Not(part):
                return self.rail(part, person).mirror
            case All(parts):
                return self.all(self.rail(part, person) for part in parts)
            case Any(parts):
                return self.any(self.rail(part, person) for part in parts)
            case AtLeast(count, parts):
                rails = [self.rail(part, person) for part in parts]
                return self._on_both_rails(rails, partial(self._enough, count))
            case Some(subject, part):
                return self.any(
                    self.all([self.presence(p.id), self.rail(part, p.id)]) for p in self.knowledge.persons_of(subject)
                )
            case Every(subject, part):
                return self.all(
                    self.any([self.presence(p.id).mirror, self.rail(part, p.id)])
                    for p in self.knowledge.persons_of(subject)
                )
            case _:
                assert_never(condition)

    def presence(self, person: Whose) -> Rail:
        """Return that the person exists; the case always does."""
        if person is None:
            return CERTAINLY
        literal = self.exists(person)
        return Rail(literal, literal)

    def all(self, rails: Iterable[Rail]) -> Rail:
        """Return Kleene's and; what comes after a part that never holds is not built."""
        listed = []
        for rail in rails:
            if rail.may == FALSE:
                return NEVER
            listed.append(rail)
        return self._on_both_rails(listed, self.circuit.conjunction)

    def any(self, rails: Iterable[Rail]) -> Rail:
        """Return Kleene's or; what comes after a part that always holds is not built."""
        listed = []
        for rail in rails:
            if rail.holds == TRUE:
                return CERTAINLY
            listed.append(rail)
        return self._on_both_rails(listed, self.circuit.disjunction)

    def _on_both_rails(self, rails: list[Rail], combined: Callable[[Iterable[Literal]], Literal]) -> Rail:
        """Return the combination of some conditions; where nothing parts the two literals it is built once."""
        holds = combined([rail.holds for rail in rails])
        return Rail(holds, holds if self._is_sharp else combined([rail.may for rail in rails]))

    def _enough(self, count: int, parts: Iterable[Literal]) -> Literal:
        return self.circuit.at_least(count, ((part, 1) for part in parts))

    def _unsettled(self, rails: list[Rail]) -> Rail:
        literal = self.circuit.disjunction(self.circuit.conjunction((r.may, -r.holds)) for r in rails)
        return Rail(literal, literal)

    def _score(self, condition: ScoreBetween, person: Whose) -> Rail:
        """Return whether the interval of a score lies within bounds, wholly and in part."""
        low, high = condition.low, condition.high
        if low is not None and high is not None and low > high:
            return NEVER
        items = self.program.scores[condition.score].items
        rails = [(self.rail(item.condition, person), item.points) for item in items]
        lowest = [(rail.holds if points > 0 else rail.may, points) for rail, points in rails]
        highest = [(rail.may if points > 0 else rail.holds, points) for rail, points in rails]
        within = self._within(low, lowest, high, highest)
        return Rail(within, within if self._is_sharp else self._within(low, highest, high, lowest))

    def _within(self, low: int | None, sum_from_below: Points, high: int | None, sum_from_above: Points) -> Literal:
        """Return that one sum is not below the lower bound, and another not above the upper one."""
        at_least, bounds = self.circuit.at_least, []
        if low is not None:
            bounds.append(at_least(low, sum_from_below))
        if high is not None:
            bounds.append(-at_least(high + 1, sum_from_above))
        return self.circuit.conjunction(bounds)
