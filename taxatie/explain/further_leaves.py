"""What may still be answered, as the leaves that would carry a rule that may fire."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import product

from taxatie.explain.histories import Demand, Histories
from taxatie.explain.knowledge import Knowledge, Whose, passes
from taxatie.explain.patterns import Atom, PatternAtoms
from taxatie.explain.supports import NOTHING, Leaf, Support, Supports, settled
from taxatie.limits import HISTORY_CHOICES_MAX
from taxatie.rules.circuit import Circuit
from taxatie.rules.condition import (
    Among,
    Between,
    ConceptUnknown,
    Events,
    ScoreUnknown,
    SignalUnknown,
)
from taxatie.rules.program import Signal
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE
from taxatie.terms.trace import AssessedPerson, Existence
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import SignalType

ANSWER = "answer"
_HISTORY_LEAF: Leaf = (ANSWER, HISTORY, None)


@dataclass(slots=True)
class HistoryChoices:
    """What the registers may say of all open patterns together, numbered."""

    knowledge: Knowledge
    patterns: tuple[tuple[Events, Whose], ...]
    _choices: list[Demand] | None = None

    def numbers(self, condition: Events, person: Whose, *, wanted: bool) -> frozenset[int]:
        """Return the numbers of the choices in which the pattern shows, or does not."""
        return frozenset(
            number
            for number, choice in enumerate(self.choices)
            if settled(_shown(choice, condition, person), wanted=wanted)
        )

    def truths(self, number: int) -> dict[tuple[Events, Whose], Truth]:
        """Return the truth of each pattern under one choice."""
        choice = self.choices[number]
        return {(pattern, person): _shown(choice, pattern, person) for pattern, person in self.patterns}

    @property
    def choices(self) -> list[Demand]:
        """All that the registers may say; none where the patterns are too many to weigh together."""
        if self._choices is None:
            self._choices = self._possible()
        return self._choices

    def _possible(self) -> list[Demand]:
        atoms = PatternAtoms(self.knowledge.program, self.knowledge.case, Circuit())
        for pattern, person in self.patterns:
            atoms.literals(pattern, person)
        names = list(atoms.open_atoms)
        truths = [tuple(Truth) if atom.pattern.is_distinct else (Truth.FAILS, Truth.HOLDS) for atom in names]
        count = 1
        for each in truths:
            count *= len(each)
        if count > HISTORY_CHOICES_MAX:
            return []
        persons = [person.id for person in self.knowledge.persons]
        history = Histories.of(self.knowledge.case, persons, names)
        demands = [dict(zip(names, choice, strict=True)) for choice in product(*truths)]
        return [demand for demand in demands if history.can_be(demand)]


def _shown(choice: Demand, pattern: Events, person: Whose) -> Truth:
    """Return whether the pattern shows under a choice; what is not open was decided by events that are known."""
    halves = [Atom(pattern, person, is_rise=False)]
    if pattern.is_rising:
        halves.append(Atom(pattern, person, is_rise=True))
    return min(choice.get(half, Truth.HOLDS) for half in halves)


@dataclass(slots=True)
class FurtherLeaves:
    """Leaves of what is still to come; what is known already carries without a leaf."""

    knowledge: Knowledge
    choices: HistoryChoices
    size: int
    asked: Whose
    """Of whom the rule is asked: it cannot fire because this very person proves not to exist."""
    supports: Supports = field(init=False)

    def __post_init__(self) -> None:
        """Find supports with these leaves."""
        self.supports = Supports(self, self.size)

    def test(self, condition: Among | Between, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return the answers that would settle the test."""
        truth = self.knowledge.truth(condition, person)
        if truth is not Truth.CANNOT_TELL:
            return [NOTHING] if settled(truth, wanted=wanted) else []
        signal = self.knowledge.program.signals[condition.signal]
        whose = None if signal.subject == CASE else person
        found = list(self._answers(condition, signal, whose, wanted=wanted))
        if signal.applies_when is not None and not self.knowledge.known(signal.id, whose).is_answered:
            found += self._by_applicability(condition, signal, whose, wanted=wanted)
        return found

    def _answers(self, condition: Among | Between, signal: Signal, whose: Whose, *, wanted: bool) -> Iterable[Support]:
        known = self.knowledge.known(signal.id, whose)
        stretches = self.knowledge.insight.stretches(signal, known.low, known.high)
        passing = frozenset(s.start for s in stretches if passes(condition, s.start) is wanted)
        return [{(ANSWER, signal.id, whose): passing}] if passing else []

    def _by_applicability(
        self, condition: Among | Between, signal: Signal, whose: Whose, *, wanted: bool
    ) -> list[Support]:
        """Return what would settle the test by settling whether the signal applies at all."""
        assert signal.applies_when is not None, signal.id
        holds_without = signal.type is SignalType.YES_NO and passes(condition, 0)
        found: list[Support] = []
        if holds_without is wanted:
            found += self.supports.of(signal.applies_when, whose, wanted=False)
        if wanted and all(passes(condition, s.start) for s in self._stretches(signal)):
            found += self.supports.of(signal.applies_when, whose, wanted=True)
        return found

    def _stretches(self, signal: Signal) -> tuple[range, ...]:
        return self.knowledge.insight.stretches(signal, signal.lowest, signal.highest)

    def events(self, condition: Events, person: Whose, *, wanted: bool) -> Iterable[Support]:
        """Return what the registers would have to say."""
        truth = self.knowledge.truth(condition, person)
        if truth is not Truth.CANNOT_TELL:
            return [NOTHING] if settled(truth, wanted=wanted) else []
        if self.knowledge.case.history.is_searched:
            return []
        numbers = self.choices.numbers(condition, person, wanted=wanted)
        return [{_HISTORY_LEAF: numbers}] if numbers else []

    def unknown(
        self, condition: SignalUnknown | ConceptUnknown | ScoreUnknown, person: Whose, *, wanted: bool
    ) -> Iterable[Support]:
        """Return what would make a thing known; nothing makes it unknown again."""
        if settled(self.knowledge.truth(condition, person), wanted=wanted):
            return [NOTHING]
        if wanted:
            return []
        match condition:
            case SignalUnknown(signal):
                return self._known(self.knowledge.program.signals[signal], person)
            case ConceptUnknown(concept):
                part = self.knowledge.program.concepts[concept].condition
                return [s for truth in (True, False) for s in self.supports.of(part, person, wanted=truth)]
            case ScoreUnknown():
                return []

    def _known(self, signal: Signal, person: Whose) -> list[Support]:
        whose = None if signal.subject == CASE else person
        known = self.knowledge.known(signal.id, whose)
        stretches = self.knowledge.insight.stretches(signal, known.low, known.high)
        found: list[Support] = [{(ANSWER, signal.id, whose): frozenset(s.start for s in stretches)}]
        if signal.applies_when is not None and not known.is_answered:
            found += self.supports.of(signal.applies_when, whose, wanted=False)
        return found

    def presence(self, person: AssessedPerson, *, wanted: bool) -> Iterable[Support]:
        """Return what would settle whether the person exists."""
        if person.existence is not Existence.IN_DOUBT:
            return [NOTHING] if wanted else []
        if person.id == self.asked and not wanted:
            return []
        found: list[Support] = [{(ANSWER, EVERYONE_LISTED, person.id): frozenset({0 if wanted else 1})}]
        subject = next(s for s in self.knowledge.program.subjects if s.id == person.subject)
        if subject.exists_when is not None and not self.knowledge.reading.somebody_listed(subject):
            found += self.supports.of(subject.exists_when, None, wanted=wanted)
        return found
