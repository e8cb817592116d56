"""An interview: a case that grows by an answer at a time, and the question to ask next.

It is a value. Each step returns a new interview that remembers the drafts before it, so that going back
gives exactly what was there. What is asked next comes from the explanation of the assessment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from taxatie.limits import EVENTS_MAX, PERSONS_MAX
from taxatie.terms.case import Answer, Case, Event, History, Person
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY, Explanation
from taxatie.terms.names import PersonId, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson, Existence, Trace


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a signal of the case or a person, the registers, or whether somebody is missing."""

    signal: SignalId
    person: PersonId | None
    about: SignalId | None = None
    """The signal that makes it matter whether somebody is missing, where there is one."""
    is_certain: bool = False
    """Whether there must be somebody, so that nobody may be left out by a slip of the tongue."""

    @property
    def key(self) -> tuple[SignalId, PersonId | None]:
        """What makes it the same question, whatever made it come up."""
        return self.signal, self.person


@dataclass(frozen=True, slots=True)
class Draft:
    """The case so far, and the questions that were put: answered, or skipped and still unknown."""

    case: Case
    put: frozenset[tuple[SignalId, PersonId | None]] = frozenset()


@dataclass(frozen=True, slots=True)
class Interview:
    """A draft, and those before it, the first first."""

    draft: Draft
    earlier: tuple[Draft, ...] = ()

    @property
    def case(self) -> Case:
        """The case so far."""
        return self.draft.case

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self.earlier)

    def go_back(self) -> Self:
        """Return the interview as it was before the last step; at its beginning, itself."""
        return replace(self, draft=self.earlier[-1], earlier=self.earlier[:-1]) if self.earlier else self

    def give(self, question: Question, answer: Answer) -> Self:
        """Return the interview with an answer to the question."""
        case = self.case
        if question.person is None:
            changed = replace(case, answers={**case.answers, question.signal: answer})
        else:
            persons = tuple(
                replace(each, answers={**each.answers, question.signal: answer}) if each.id == question.person else each
                for each in case.persons
            )
            changed = replace(case, persons=persons)
        return self._step(changed, question)

    def skip(self, question: Question) -> Self:
        """Return the interview without an answer to the question: what is not known stays unknown."""
        return self._step(self.case, question)

    def ask_again(self) -> Self:
        """Return the interview in which what was skipped, or is not settled yet, comes up once more."""
        return replace(self, draft=Draft(self.case), earlier=(*self.earlier, self.draft))

    # Persons

    def add_person(self, subject: SubjectId) -> Self:
        """Return the interview with one more person, under an id that tells nothing; at the bound, itself."""
        case = self.case
        if len(case.persons) >= PERSONS_MAX:
            return self
        person = Person(next_person_id(case, subject), subject, {})
        listed = case.everyone_listed - {subject}
        return self._step(replace(case, persons=(*case.persons, person), everyone_listed=listed))

    def list_everyone(self, subject: SubjectId) -> Self:
        """Return the interview in which nobody else of the subject is concerned."""
        return self._step(replace(self.case, everyone_listed=self.case.everyone_listed | {subject}))

    # What happened before

    def search_registers(self, question: Question) -> Self:
        """Return the interview in which the registers were searched: what is not listed did not come in."""
        return self._step(replace(self.case, history=replace(self.case.history, is_searched=True)), question)

    def add_event(self, event: Event) -> Self:
        """Return the interview with one more event; at the bound, itself."""
        history = self.case.history
        if len(history.events) >= EVENTS_MAX:
            return self
        return self._step(replace(self.case, history=History(history.is_searched, (*history.events, event))))

    def _step(self, case: Case, question: Question | None = None) -> Self:
        put = self.draft.put if question is None else self.draft.put | {question.key}
        return replace(self, draft=Draft(case, put), earlier=(*self.earlier, self.draft))


def begin(case: Case) -> Interview:
    """Return an interview that goes on from a case: what was said in it, also to be unknown, is not asked anew."""
    answered: set[tuple[SignalId, PersonId | None]] = {(name, None) for name in case.answers}
    answered |= {(name, person.id) for person in case.persons for name in person.answers}
    return Interview(Draft(case, frozenset(answered)))


def next_question(
    interview: Interview, explanation: Explanation, unlisted: Mapping[PersonId, AssessedPerson]
) -> Question | None:
    """Return the most telling open question that was not put yet, or None where there is none."""
    found = (each for each in open_questions(explanation, unlisted) if each.key not in interview.draft.put)
    return next(found, None)


def open_questions(explanation: Explanation, unlisted: Mapping[PersonId, AssessedPerson]) -> tuple[Question, ...]:
    """Return what can still matter, the most telling first.

    Of somebody who is not listed nothing can be asked before it is known whether there is one.
    """
    found: dict[tuple[SignalId, PersonId | None], Question] = {}
    for each in explanation.open_questions:
        question = Question(each.signal, each.person)
        if each.person is not None and each.person in unlisted:
            about = None if each.signal in {EVERYONE_LISTED, HISTORY} else each.signal
            is_certain = unlisted[each.person].existence is Existence.CERTAIN
            question = Question(EVERYONE_LISTED, each.person, about, is_certain)
        found.setdefault(question.key, question)
    return tuple(found.values())


def unlisted_in(trace: Trace) -> dict[PersonId, AssessedPerson]:
    """Return everybody who was assessed besides those listed."""
    return {person.id: person for person in trace.persons if person.existence is not Existence.LISTED}


def next_person_id(case: Case, subject: SubjectId) -> PersonId:
    """Return the first free id of a subject, as in `adult-1`: it is made, never typed, so that it names nobody."""
    stem = subject.replace("_", "-")
    stem = "person" if stem == "unlisted" or stem.startswith("unlisted-") else stem
    taken = {person.id for person in case.persons}
    return next(name for number in range(1, PERSONS_MAX + 2) if (name := PersonId(f"{stem}-{number}")) not in taken)
