"""A case as a circuit over all the ways in which it may still turn out.

A *world* settles everything: each open signal takes one of the values that are left to it, each doubtful
person exists or does not, and the registers were searched. Signals that do not apply in a world have no
value there. Each condition becomes two literals: that it holds, and that it may hold; they differ only
where even a searched register cannot tell (`distinct`, with events that name no reporter).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import assert_never

from taxatie.explain.knowledge import Knowledge, Whose
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
from taxatie.terms.names import CASE, PersonId, ScoreId, SignalId, SubjectId, unlisted_person
from taxatie.terms.trace import Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

Question = tuple[SignalId, Whose]


@dataclass(frozen=True, slots=True)
class Rail:
    """A condition in a world: that it holds, and that it may hold."""

    holds: Literal
    may: Literal

    @property
    def mirror(self) -> "Rail":
        """The negation."""
        return Rail(-self.may, -self.holds)


CERTAINLY = Rail(TRUE, TRUE)
NEVER = Rail(FALSE, FALSE)
_SETTLED = {Truth.HOLDS: CERTAINLY, Truth.FAILS: NEVER}


@dataclass(slots=True)
class World:
    """The circuit of a case; what is asked of it is built when it is asked."""

    knowledge: Knowledge
    circuit: Circuit = field(default_factory=Circuit)
    inputs: dict[Question, list[Literal]] = field(default_factory=dict)
    """The free variables behind each open question."""
    patterns: PatternAtoms = field(init=False)
    _values: dict[Question, list[tuple[range, Literal]]] = field(default_factory=dict)
    _rails: dict[tuple[int, Whose], Rail] = field(default_factory=dict)
    _exists: dict[PersonId, Literal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what the registers may say."""
        self.patterns = PatternAtoms(self.knowledge.program, self.knowledge.case, self.circuit)

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
        if key not in self._values:
            known = self.knowledge.known(*key)
            stretches = self.knowledge.insight.stretches(signal, known.low, known.high)
            self._values[key] = list(zip(stretches, self._choice(key, len(stretches)), strict=True))
        return self._values[key]

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
        known = self.knowledge.known(signal.id, whose)
        applies = TRUE
        if not known.is_answered and signal.applies_when is not None:
            applies = self.rail(signal.applies_when, whose).may
        passing = self.circuit.disjunction(
            literal for stretch, literal in self._value_literals(signal, whose) if _passes(condition, stretch.start)
        )
        passes = self.circuit.conjunction((applies, passing))
        if signal.type is SignalType.YES_NO and isinstance(condition, Among) and 0 in condition.values:
            passes = self.circuit.disjunction((passes, -applies))
        return Rail(passes, passes)

    # Conditions

    def rail(self, condition: Condition, person: Whose) -> Rail:
        """Return the condition's two literals, asked of a person or of the case."""
        key = (id(condition), person)
        if key not in self._rails:
            self._rails[key] = self._settled(condition, person) or self._build(condition, person)
        return self._rails[key]

    def _settled(self, condition: Condition, person: Whose) -> Rail | None:
        """Return what is settled already, where no answer can undo it."""
        if self.knowledge.insight.rests_on_unknown(condition):
            return None
        return _SETTLED.get(self.knowledge.truth(condition, person))

    def _build(self, condition: Condition, person: Whose) -> Rail:
        match condition:
            case Among() | Between():
                return self._test(condition, person)
            case ScoreBetween(score, low, high):
                return self._score(score, (low, high), person)
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
                return self.all([self.rail(part, person) for part in parts])
            case Any(parts):
                return self.any([self.rail(part, person) for part in parts])
            case AtLeast(count, parts):
                rails = [self.rail(part, person) for part in parts]
                at_least = self.circuit.at_least
                return Rail(at_least(count, [r.holds for r in rails]), at_least(count, [r.may for r in rails]))
            case Some(subject, part):
                return self.any(
                    [self.all([self.presence(p.id), self.rail(part, p.id)]) for p in self.knowledge.persons_of(subject)]
                )
            case Every(subject, part):
                return self.all(
                    [
                        self.any([self.presence(p.id).mirror, self.rail(part, p.id)])
                        for p in self.knowledge.persons_of(subject)
                    ]
                )
            case _:
                assert_never(condition)

    def presence(self, person: Whose) -> Rail:
        """Return that the person exists; the case always does."""
        literal = TRUE if person is None else self.exists(person)
        return Rail(literal, literal)

    def all(self, rails: Iterable[Rail]) -> Rail:
        """Return Kleene's and."""
        listed = list(rails)
        conjunction = self.circuit.conjunction
        return Rail(conjunction(r.holds for r in listed), conjunction(r.may for r in listed))

    def any(self, rails: Iterable[Rail]) -> Rail:
        """Return Kleene's or."""
        listed = list(rails)
        disjunction = self.circuit.disjunction
        return Rail(disjunction(r.holds for r in listed), disjunction(r.may for r in listed))

    def _unsettled(self, rails: list[Rail]) -> Rail:
        literal = self.circuit.disjunction(self.circuit.conjunction((r.may, -r.holds)) for r in rails)
        return Rail(literal, literal)

    def _score(self, score: ScoreId, bounds: tuple[int | None, int | None], person: Whose) -> Rail:
        items = [(self.rail(item.condition, person), item.points) for item in self.program.scores[score].items]
        lowest = self.circuit.sums((rail.holds if points > 0 else rail.may, points) for rail, points in items)
        if all(rail.holds == rail.may for rail, _ in items):
            within = self.circuit.disjunction(way for total, way in lowest.items() if _within(total, bounds))
            return Rail(within, within)
        highest = self.circuit.sums((rail.may if points > 0 else rail.holds, points) for rail, points in items)
        return self._between(lowest, highest, bounds)

    def _between(
        self, lowest: dict[int, Literal], highest: dict[int, Literal], bounds: tuple[int | None, int | None]
    ) -> Rail:
        """Return whether the interval of a score lies within bounds, wholly and in part."""
        low, high = bounds
        if low is not None and high is not None and low > high:
            return NEVER

        def some(sums: dict[int, Literal], bounds: tuple[int | None, int | None]) -> Literal:
            return self.circuit.disjunction(way for total, way in sums.items() if _within(total, bounds))

        wholly = self.circuit.conjunction((some(lowest, (low, None)), some(highest, (None, high))))
        partly = self.circuit.conjunction((some(highest, (low, None)), some(lowest, (None, high))))
        return Rail(wholly, partly)


def _passes(condition: Among | Between, value: int) -> bool:
    if isinstance(condition, Among):
        return value in condition.values
    return _within(value, (condition.low, condition.high))


def _within(value: int, bounds: tuple[int | None, int | None]) -> bool:
    low, high = bounds
    return (low is None or value >= low) and (high is None or value <= high)
