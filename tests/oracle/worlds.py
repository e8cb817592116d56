"""Every way in which a case may turn out: all that is unsettled is settled, and the case assessed anew.

A world gives each unsettled signal one value, says of each subject whether there is somebody who was
not listed, and says what the registers hold. A value counts only where its signal applies in that world;
otherwise the signal is not applicable. This is written from the language's page, beside and not from
the code that explains: what it says, that code must say too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import Known, Reading, contexts_of, remaining_values
from taxatie.rules.condition import Condition
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Case, History, Person
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY
from taxatie.terms.names import CASE, MODE, PersonId, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson, Existence, Trace
from taxatie.terms.truth import Truth
from tests.oracle.histories import TooManyHistoriesError, possible_histories

Question = tuple[SignalId, PersonId | None]
YES, NO = 1, 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a world comes to, as far as a question can matter."""

    level: int
    """The place of the level on the scale."""
    findings: frozenset[tuple[str, str, str]]
    actions: frozenset[str]
    withheld: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenVariable:
    """A question of which the answer differs from world to world, and its answers."""

    question: Question
    answers: tuple[int, ...]
    """Values of the signal; `yes` or `no`; positions among the possible histories."""


@dataclass(frozen=True)
class Worlds:
    """All worlds of a case."""

    program: Program
    case: Case
    _outcomes: dict[object, Outcome] = field(default_factory=dict)

    @cached_property
    def now(self) -> Reading:
        """The case as it is known now."""
        return Reading(self.program, self.case)

    @cached_property
    def assessed(self) -> tuple[AssessedPerson, ...]:
        """Everybody who is assessed now."""
        return tuple(self.now.assessed_persons())

    @cached_property
    def histories(self) -> list[History]:
        """What the registers may hold."""
        return possible_histories(self.program, self.case, tuple(person.id for person in self.assessed))

    @cached_property
    def variables(self) -> list[OpenVariable]:
        """Everything that is not settled now, in vocabulary order within each person."""
        signals = [*self._signal_variables(None, CASE)]
        for person in self.assessed:
            signals += self._signal_variables(person.id, person.subject)
        doubtful = [person for person in self.assessed if person.existence is Existence.IN_DOUBT]
        existence = [OpenVariable((EVERYONE_LISTED, person.id), (NO, YES)) for person in doubtful]
        if self.case.history.is_searched:
            return [*signals, *existence]
        return [*signals, *existence, OpenVariable((HISTORY, None), tuple(range(len(self.histories))))]

    def _signal_variables(self, person: PersonId | None, subject: SubjectId) -> Iterator[OpenVariable]:
        for signal in self.program.signals.values():
            if signal.subject == subject and signal.id != MODE and self.now.is_unsettled(signal.id, person):
                low, high = remaining_values(signal, self.now.answer(signal, person))
                yield OpenVariable((signal.id, person), tuple(range(low, high + 1)))

    def are_at_most(self, count: int) -> bool:
        """Return whether there are few enough worlds to try them all."""
        try:
            total = prod(len(variable.answers) for variable in self.variables)
        except TooManyHistoriesError:
            return False
        return total <= count

    def all(self) -> Iterator[tuple[tuple[int, ...], Outcome]]:
        """Return every world, as its answers to the variables in order, with its outcome."""
        questions = [variable.question for variable in self.variables]
        for answers in product(*(variable.answers for variable in self.variables)):
            yield answers, self.outcome(dict(zip(questions, answers, strict=True)))

    def outcome(self, settled: dict[Question, int]) -> Outcome:
        """Return what the world comes to in which the questions have these answers."""
        case = self._settle(settled)
        persons = tuple((person.id, tuple(person.answers.items())) for person in case.persons)
        key = (tuple(case.answers.items()), persons, settled.get((HISTORY, None)))
        if key not in self._outcomes:
            self._outcomes[key] = assess(self.program, case)
        return self._outcomes[key]

    # One world

    def _settle(self, settled: dict[Question, int]) -> Case:
        """Return the case of a world: the answers that count, the persons that exist, the registers."""
        case = self._with_history(settled)
        case = replace(case, answers=self._answers_that_count(case, None, CASE, settled))
        case = replace(case, everyone_listed=frozenset(each.id for each in self.program.subjects))
        here = [person for person in self.assessed if self._exists(person, case, settled)]
        case = replace(case, persons=tuple(self._person(person) for person in here))
        return replace(
            case,
            persons=tuple(
                replace(person, answers=self._answers_that_count(case, person.id, person.subject, settled))
                for person in case.persons
            ),
        )

    def _with_history(self, settled: dict[Question, int]) -> Case:
        number = settled.get((HISTORY, None))
        return self.case if number is None else replace(self.case, history=self.histories[number])

    def _exists(self, person: AssessedPerson, case: Case, settled: dict[Question, int]) -> bool:
        """Return whether the person exists in the world; *case* holds the world's own answers already."""
        if person.existence is Existence.LISTED:
            return True
        if settled.get((EVERYONE_LISTED, person.id), NO) == YES:
            return False
        subject = next(each for each in self.program.subjects if each.id == person.subject)
        if subject.exists_when is None or self.now.somebody_listed(subject):
            return True
        return WorldReading(self.program, case).truth(subject.exists_when, None) is not Truth.FAILS

    def _person(self, assessed: AssessedPerson) -> Person:
        for listed in self.case.persons:
            if listed.id == assessed.id:
                return listed
        return Person(assessed.id, assessed.subject, {})

    def _answers_that_count(
        self, case: Case, person: PersonId | None, subject: SubjectId, settled: dict[Question, int]
    ) -> Answers:
        """Return the answers of one person, or of the case, that count in the world.

        A signal may apply because of another one that applies, so they are gone through until nothing changes.
        """
        own = [signal for signal in self.program.signals.values() if signal.subject == subject and signal.id != MODE]
        answers: dict[SignalId, Answer] = {}
        while True:
            reading = WorldReading(self.program, _with_answers(case, person, answers))
            grown = {}
            for signal in own:
                answer = self._answer_that_counts(reading, signal, person, settled)
                if answer is not None:
                    grown[signal.id] = answer
            if grown == answers:
                return answers
            answers = grown

    def _answer_that_counts(
        self, reading: "WorldReading", signal: Signal, person: PersonId | None, settled: dict[Question, int]
    ) -> Answer | None:
        said = self.now.answer(signal, person)
        value = settled.get((signal.id, person), said.value)
        if value is None:
            return None
        if said.value is not None or signal.applies_when is None:
            return Answer(value)
        return Answer(value) if reading.truth(signal.applies_when, person) is Truth.HOLDS else None


def _with_answers(case: Case, person: PersonId | None, answers: Answers) -> Case:
    if person is None:
        return replace(case, answers=answers)
    persons = tuple(replace(each, answers=answers) if each.id == person else each for each in case.persons)
    return replace(case, persons=persons)


@dataclass(frozen=True)
class WorldReading(Reading):
    """A case in which everything is settled: what has no answer does not apply."""

    _truths: dict[tuple[int, PersonId | None], Truth] = field(default_factory=dict)

    def known(self, name: SignalId, person: PersonId | None) -> Known:
        """Return the one value of the signal, or that it does not apply."""
        signal = self.program.signals[name]
        answer = self.answer(signal, None if signal.subject == CASE else person)
        if answer.value is None:
            return Known(signal.lowest, signal.highest, is_answered=False, applies=Truth.FAILS)
        return Known(answer.value, answer.value, is_answered=True, applies=Truth.HOLDS)

    def truth(self, condition: Condition, person: PersonId | None) -> Truth:
        """Return the condition's truth; each is asked once of everybody."""
        key = (id(condition), person)
        if key not in self._truths:
            self._truths[key] = super().truth(condition, person)
        return self._truths[key]


def assess(program: Program, case: Case) -> Outcome:
    """Return the outcome of a settled case."""
    reading = WorldReading(program, case)
    persons = tuple(reading.assessed_persons())
    evaluations = tuple(
        reading.evaluate_scope(index, scope, person)
        for index, scope in enumerate(program.scopes)
        for person in contexts_of(scope.subject, persons)
    )
    return outcome_of(program, case, Trace(persons, evaluations, (), ()))


def outcome_of(program: Program, case: Case, trace: Trace) -> Outcome:
    """Return what a trace amounts to, as far as a question can matter."""
    assessment = conclude(program, case, trace)
    return Outcome(
        level=program.level_rank(assessment.level),
        findings=frozenset(
            (whose, concept, finding)
            for whose, findings in assessment.findings.items()
            for concept, finding in findings.items()
        ),
        actions=frozenset(each.action for each in assessment.actions),
        withheld=frozenset(each.action for each in assessment.withheld),
    )
