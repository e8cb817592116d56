"""The engine that the service runs: one written Python function a scope, one case at a time.

It shares no code with the reference; that they agree on everything generated is the evidence for both.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from taxatie.engine.live_code import Layout, ScopeFunction, TruthsFunction, scope_function, truths_function
from taxatie.engine.live_events import DatedPattern, pattern_truths
from taxatie.engine.live_sheets import Known, Sheet
from taxatie.rules.condition import Every, Some
from taxatie.rules.program import Program, Subject
from taxatie.terms.case import Answers, Case
from taxatie.terms.names import CASE, PersonId, SignalId, SubjectId, unlisted_person
from taxatie.terms.trace import AssessedPerson, Evaluation, Existence, Trace

_NO_ANSWERS: Answers = {}
_DATES_KEPT = 512
"""Reference dates for which the windows of patterns are remembered: today's, and those of a year that is replayed."""


class LiveEngine:
    """A program as functions: building it takes some milliseconds, evaluating a case some microseconds."""

    def __init__(self, program: Program) -> None:
        """Write the functions."""
        layout = Layout(program)
        self._subjects = program.subjects
        names = (CASE, *(subject.id for subject in program.subjects))
        self._sheets = {name: Sheet(layout, name) for name in names}
        self._exist = [_exist_function(layout, subject) for subject in program.subjects]
        self._scopes = [(scope.subject, scope_function(layout, scope)) for scope in program.scopes]
        groups = tuple(layout.groups)
        self._is_some = [isinstance(group, Some) for group in groups]
        self._judging = {subject.id: _judging(layout, groups, subject.id) for subject in program.subjects}
        self._patterns = tuple(layout.patterns)
        self._dated = lru_cache(_DATES_KEPT)(self._dated_afresh)
        self._uneventful = {searched: self._without_events(is_searched=searched) for searched in (False, True)}

    def _without_events(self, *, is_searched: bool) -> list[int]:
        """Return the truths of all patterns where no event is registered: no date matters then."""
        return [DatedPattern(each, 1, 1).truth((), 1, is_searched=is_searched) for each in self._patterns]

    def _dated_afresh(self, last: date) -> tuple[DatedPattern, ...]:
        return tuple(DatedPattern.of(pattern, last) for pattern in self._patterns)

    def evaluate(self, case: Case) -> Trace:
        """Return what the program finds about the case."""
        return FilledSheets(self, case).trace()

    # What one evaluation needs of the engine.

    def events(self, case: Case, person: PersonId | None) -> list[int]:
        """Return the truths of all patterns, as seen for a person or the case."""
        if not case.history.events or not self._patterns:
            return self._uneventful[case.history.is_searched]
        return pattern_truths(self._dated(case.reference_date), case, person)

    def sheet(self, subject: SubjectId) -> Sheet:
        """Return the sheet on which the answers about a subject are noted."""
        return self._sheets[subject]

    def existence(self, known: Sequence[Known], events: list[int]) -> Iterator[tuple[Subject, int]]:
        """Return for each subject whether there is anybody of it."""
        for subject, function in zip(self._subjects, self._exist, strict=True):
            yield subject, 2 if function is None else function(known, None, events, ())[0]

    @property
    def is_some(self) -> list[bool]:
        """For each group condition whether one person is enough for it, and else all must be so."""
        return self._is_some

    def groups_of(self, subject: SubjectId) -> tuple[list[int], TruthsFunction]:
        """Return the places of the groups of a subject, and the function that judges one person for all of them."""
        return self._judging[subject]

    @property
    def scopes(self) -> list[tuple[SubjectId, ScopeFunction]]:
        """The scopes, each with its subject."""
        return self._scopes


class FilledSheets:
    """One case on sheets, as an engine's functions read it."""

    def __init__(self, engine: LiveEngine, case: Case) -> None:
        """Lay out what is known of the case, who is assessed, and what is known of them."""
        self._engine = engine
        self._case = case
        self._events = engine.events(case, None)
        self._is_anybodys = all(event.person is None for event in case.history.events)
        self._inapplicable: list[tuple[SignalId, PersonId | None]] = []
        sheet = engine.sheet(CASE)
        self._known = sheet.filled(case.answers)
        sheet.set_mode(self._known, case.mode)
        self._note(sheet.settle(self._known, self._known, self._events, case.answers), None)
        self._answers = {person.id: person.answers for person in case.persons}
        self._existence = list(engine.existence(self._known, self._events))
        self._persons = tuple(self._assessed())
        self._of_persons = {person.id: self._known_of(person) for person in self._persons}

    def _note(self, signals: list[SignalId], person: PersonId | None) -> None:
        self._inapplicable.extend((signal, person) for signal in signals)

    def trace(self) -> Trace:
        """Return what the engine finds."""
        persons = self._persons
        groups = self._group_truths()
        evaluations = []
        for index, (subject, function) in enumerate(self._engine.scopes):
            if subject == CASE:
                found = function(self._known, None, self._events, groups)
                evaluations.append(Evaluation(index, None, *found))
                continue
            for person in persons:
                if person.subject == subject:
                    known, events = self._of_persons[person.id]
                    found = function(self._known, known, events, groups)
                    evaluations.append(Evaluation(index, person.id, *found))
        listed = {person.subject for person in self._case.persons}
        impossible = tuple(subject.id for subject, truth in self._existence if not truth and subject.id in listed)
        return Trace(persons, tuple(evaluations), tuple(self._inapplicable), impossible)

    def _assessed(self) -> Iterator[AssessedPerson]:
        listed = set()
        for person in self._case.persons:
            listed.add(person.subject)
            yield AssessedPerson(person.id, person.subject, Existence.LISTED)
        for subject, truth in self._existence:
            if subject.id in self._case.everyone_listed:
                continue
            if subject.id in listed or truth == 1:
                yield AssessedPerson(unlisted_person(subject.id), subject.id, Existence.IN_DOUBT)
            elif truth:
                yield AssessedPerson(unlisted_person(subject.id), subject.id, Existence.CERTAIN)

    def _known_of(self, person: AssessedPerson) -> tuple[list[Known], list[int]]:
        """Return what is known of a person, and the patterns as seen for that person."""
        answers = self._answers.get(person.id, _NO_ANSWERS)
        events = self._events if self._is_anybodys else self._engine.events(self._case, person.id)
        sheet = self._engine.sheet(person.subject)
        known = sheet.filled(answers)
        self._note(sheet.settle(self._known, known, events, answers), person.id)
        return known, events

    def _group_truths(self) -> list[int]:
        """Return what holds of somebody and of everybody, for each group condition."""
        is_some = self._engine.is_some
        truths = [0 if some else 2 for some in is_some]
        for person in self._persons:
            known, events = self._of_persons[person.id]
            places, function = self._engine.groups_of(person.subject)
            found = function(self._known, known, events, ())
            is_in_doubt = person.existence is Existence.IN_DOUBT
            for place, truth in zip(places, found, strict=True):
                some = is_some[place]
                its = 1 if is_in_doubt and truth == (2 if some else 0) else truth
                if its > truths[place] if some else its < truths[place]:
                    truths[place] = its
        return truths


def _exist_function(layout: Layout, subject: Subject) -> TruthsFunction | None:
    return None if subject.exists_when is None else truths_function(layout, [subject.exists_when])


def _judging(layout: Layout, groups: tuple[Some | Every, ...], subject: SubjectId) -> tuple[list[int], TruthsFunction]:
    places = [place for place, group in enumerate(groups) if group.subject == subject]
    return places, truths_function(layout, [groups[place].condition for place in places])
