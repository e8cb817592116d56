"""The meaning of a program, as code: slow and plain, to be read beside `docs/language.md`.

Every question is answered afresh, from the case, each time it is asked. Nothing here is clever,
because everything else is judged by it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from taxatie.engine.reference_events import pattern_truth
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
from taxatie.rules.program import Program, Scope, Signal, Subject
from taxatie.terms.case import Answer, Case, Mode
from taxatie.terms.names import CASE, MODE, PersonId, ScoreId, SignalId, SubjectId, unlisted_person
from taxatie.terms.trace import AssessedPerson, Evaluation, Existence, Trace
from taxatie.terms.truth import Truth
from taxatie.terms.vocabulary import Danger, SignalType

FAILS, CANNOT_TELL, HOLDS = Truth.FAILS, Truth.CANNOT_TELL, Truth.HOLDS


@dataclass(frozen=True, slots=True)
class ReferenceEngine:
    """The engine that defines what a program means."""

    program: Program

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case."""
        reading = Reading(self.program, case)
        persons = tuple(reading.assessed_persons())
        return Trace(
            persons=persons,
            evaluations=tuple(
                reading.evaluate_scope(index, scope, person)
                for index, scope in enumerate(self.program.scopes)
                for person in contexts_of(scope.subject, persons)
            ),
            inapplicable=tuple(reading.inapplicable_answers()),
            impossible=tuple(s.id for s in self.program.subjects if reading.is_impossible(s)),
        )


def contexts_of(subject: SubjectId, persons: Iterable[AssessedPerson]) -> tuple[PersonId | None, ...]:
    """Return for whom a scope of *subject* is evaluated: None is the case."""
    if subject == CASE:
        return (None,)
    return tuple(person.id for person in persons if person.subject == subject)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a signal: the lowest and highest value still possible, and whether it applies."""

    low: int
    high: int
    is_answered: bool
    applies: Truth


@dataclass(frozen=True, slots=True)
class Reading:
    """A case, read with the eyes of a program."""

    program: Program
    case: Case

    # Persons

    def assessed_persons(self) -> Iterable[AssessedPerson]:
        """Return everybody about whom the rules are asked."""
        for person in self.case.persons:
            yield AssessedPerson(person.id, person.subject, Existence.LISTED)
        for subject in self.program.subjects:
            existence = self.unlisted_existence(subject)
            if existence is not None:
                yield AssessedPerson(unlisted_person(subject.id), subject.id, existence)

    def unlisted_existence(self, subject: Subject) -> Existence | None:
        """Return how sure the unlisted person of *subject* is, or None where there is none."""
        if subject.id in self.case.everyone_listed:
            return None
        if self.somebody_listed(subject):
            return Existence.IN_DOUBT
        match self.exists(subject):
            case Truth.FAILS:
                return None
            case Truth.CANNOT_TELL:
                return Existence.IN_DOUBT
            case Truth.HOLDS:
                return Existence.CERTAIN

    def somebody_listed(self, subject: Subject) -> bool:
        """Return whether the case lists a person of *subject*."""
        return any(person.subject == subject.id for person in self.case.persons)

    def exists(self, subject: Subject) -> Truth:
        """Return whether there is anybody of *subject* at all."""
        return HOLDS if subject.exists_when is None else self.truth(subject.exists_when, None)

    def is_impossible(self, subject: Subject) -> bool:
        """Return whether somebody of *subject* is listed who should not exist."""
        return self.somebody_listed(subject) and self.exists(subject) is FAILS

    # Signals

    def answer(self, signal: Signal, person: PersonId | None) -> Answer:
        """Return what was answered; an answer without a value where nothing was."""
        if signal.id == MODE:
            return Answer(list(Mode).index(self.case.mode))
        if signal.subject == CASE:
            return self.case.answers.get(signal.id, Answer(None))
        for listed in self.case.persons:
            if listed.id == person:
                return listed.answers.get(signal.id, Answer(None))
        return Answer(None)

    def known(self, name: SignalId, person: PersonId | None) -> Known:
        """Return what is known of a signal; a case signal is the same for everybody."""
        signal = self.program.signals[name]
        whose = None if signal.subject == CASE else person
        answer = self.answer(signal, whose)
        applies = HOLDS if signal.applies_when is None else self.truth(signal.applies_when, whose)
        low, high = remaining_values(signal, answer)
        return Known(low, high, answer.value is not None, applies)

    def among(self, condition: Among, person: PersonId | None) -> Truth:
        """Return whether the answer is one of the values."""
        known = self.known(condition.signal, person)
        signal = self.program.signals[condition.signal]
        if not known.is_answered and known.applies is FAILS and signal.type is SignalType.YES_NO:
            return HOLDS if 0 in condition.values else FAILS
        possible = range(known.low, known.high + 1)
        truth = all_some_none(value in condition.values for value in possible)
        return truth if signal.type is SignalType.YES_NO else if_applicable(known, truth)

    def between(self, condition: Between, person: PersonId | None) -> Truth:
        """Return whether the number lies within the bounds."""
        known = self.known(condition.signal, person)
        return if_applicable(known, interval_truth(known.low, known.high, condition.low, condition.high))

    def is_unsettled(self, name: SignalId, person: PersonId | None) -> bool:
        """Return whether more than one thing may yet prove true of the signal."""
        known = self.known(name, person)
        if known.is_answered:
            return known.low < known.high
        match known.applies:
            case Truth.FAILS:
                return False
            case Truth.CANNOT_TELL:
                return True
            case Truth.HOLDS:
                return known.low < known.high

    def inapplicable_answers(self) -> Iterable[tuple[SignalId, PersonId | None]]:
        """Return the answers that were given to questions that do not apply."""
        whose = [(None, CASE), *((person.id, person.subject) for person in self.case.persons)]
        for person, subject in whose:
            for signal in self.program.signals.values():
                if signal.subject == subject and self.is_inapplicable_answer(signal, person):
                    yield signal.id, person

    def is_inapplicable_answer(self, signal: Signal, person: PersonId | None) -> bool:
        """Return whether an answer was given that should not have been asked for."""
        known = self.known(signal.id, person)
        return known.is_answered and known.applies is FAILS

    # Scores

    def score(self, name: ScoreId, person: PersonId | None) -> tuple[int, int]:
        """Return the lowest and the highest sum that the score may have."""
        low = high = 0
        for item in self.program.scores[name].items:
            truth = self.truth(item.condition, person)
            if truth is HOLDS or (truth is CANNOT_TELL and item.points < 0):
                low += item.points
            if truth is HOLDS or (truth is CANNOT_TELL and item.points > 0):
                high += item.points
        return low, high

    # Conditions

    def truth(self, condition: Condition, person: PersonId | None) -> Truth:
        """Return whether the condition holds, asked of *person*, or of the case where that is None."""
        match condition:
            case Among():
                return self.among(condition, person)
            case Between():
                return self.between(condition, person)
            case ScoreBetween(score, low, high):
                return interval_truth(*self.score(score, person), low, high)
            case ConceptHolds(concept):
                return self.truth(self.program.concepts[concept].condition, person)
            case Events():
                return pattern_truth(condition, self.case, person)
            case SignalUnknown() | ConceptUnknown() | ScoreUnknown():
                return HOLDS if self.is_unknown(condition, person) else FAILS
            case _:
                return self.combination(condition, person)

    def is_unknown(self, condition: SignalUnknown | ConceptUnknown | ScoreUnknown, person: PersonId | None) -> bool:
        """Return whether the signal, concept or score is not settled."""
        match condition:
            case SignalUnknown(signal):
                return self.is_unsettled(signal, person)
            case ConceptUnknown(concept):
                return self.truth(self.program.concepts[concept].condition, person) is CANNOT_TELL
            case ScoreUnknown(score):
                low, high = self.score(score, person)
                return low < high

    def combination(self, condition: Not | All | Any | AtLeast | Some | Every, person: PersonId | None) -> Truth:
        """Return what follows from the parts of a condition."""
        match condition:
            case Not(part):
                return Truth(HOLDS - self.truth(part, person))
            case All(parts):
                return min(self.truth(part, person) for part in parts)
            case Any(parts):
                return max(self.truth(part, person) for part in parts)
            case AtLeast(count, parts):
                return at_least(count, [self.truth(part, person) for part in parts])
            case Some(subject, part):
                return max(self.truths_under(subject, part, doubtful=HOLDS), default=FAILS)
            case Every(subject, part):
                return min(self.truths_under(subject, part, doubtful=FAILS), default=HOLDS)
            case _:
                assert_never(condition)

    def truths_under(self, subject: SubjectId, part: Condition, *, doubtful: Truth) -> Iterable[Truth]:
        """Return the condition's truth for each person of *subject*.

        Of somebody whose existence is in doubt, the *doubtful* truth cannot be told.
        """
        for assessed in self.assessed_persons():
            if assessed.subject == subject:
                truth = self.truth(part, assessed.id)
                is_doubtful = assessed.existence is Existence.IN_DOUBT and truth is doubtful
                yield CANNOT_TELL if is_doubtful else truth

    # Scopes

    def evaluate_scope(self, index: int, scope: Scope, person: PersonId | None) -> Evaluation:
        """Return what a scope's rules, concepts and scores are for one person or the case."""
        return Evaluation(
            scope=index,
            person=person,
            rules=tuple(self.truth(rule.condition, person) for rule in scope.rules),
            concepts=tuple(self.truth(concept.condition, person) for concept in scope.concepts),
            scores=tuple(self.score(score.id, person) for score in scope.scores),
        )


def remaining_values(signal: Signal, answer: Answer) -> tuple[int, int]:
    """Return the lowest and highest value that an answer leaves possible."""
    if answer.value is None:
        return signal.lowest, signal.highest
    if answer.is_reliable:
        return answer.value, answer.value
    match signal.danger:
        case Danger.HIGHER:
            return answer.value, signal.highest
        case Danger.LOWER:
            return signal.lowest, answer.value
        case None:
            return signal.lowest, signal.highest


def if_applicable(known: Known, truth: Truth) -> Truth:
    """Return the truth of a test on a number or choice, given whether the signal applies."""
    if known.is_answered:
        return truth
    return min(truth, known.applies)


def all_some_none(tests: Iterable[bool]) -> Truth:
    """Return whether all, none, or some of the tests are met."""
    met = list(tests)
    return HOLDS if all(met) else CANNOT_TELL if any(met) else FAILS


def interval_truth(low: int, high: int, at_least: int | None, at_most: int | None) -> Truth:
    """Return whether all, none or some of the values from *low* to *high* lie within the bounds."""
    first = low if at_least is None else max(low, at_least)
    last = high if at_most is None else min(high, at_most)
    if first > last:
        return FAILS
    return HOLDS if (first, last) == (low, high) else CANNOT_TELL


def at_least(count: int, truths: list[Truth]) -> Truth:
    """Return whether at least *count* of the parts hold."""
    holding, doubtful = truths.count(HOLDS), truths.count(CANNOT_TELL)
    if holding >= count:
        return HOLDS
    return FAILS if holding + doubtful < count else CANNOT_TELL
