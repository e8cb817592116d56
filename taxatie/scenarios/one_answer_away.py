"""The cases that are one answer, or one event, away from a case, as far as one rule can see."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from taxatie.explain.knowledge import ProgramInsight, everything_in
from taxatie.rules.condition import (
    Among,
    Between,
    Condition,
    Events,
    Every,
    SignalUnknown,
    Some,
)
from taxatie.rules.program import Program, Rule, Scope
from taxatie.terms.case import Answer, Answers, Case, Event, History, Mode, Person
from taxatie.terms.names import CASE, MODE, EventKindId, PersonId, ReporterId, SignalId, SubjectId

_ANOTHER_REPORTER: Final = ReporterId("another-reporter")
_NO_ANSWERS: Final[Answers] = {}


@dataclass(frozen=True, slots=True)
class Questions:
    """All that could matter to one rule: the answers to each question, and what it looks for in the history."""

    answers: Mapping[SubjectId, Mapping[SignalId, tuple[int, ...]]]
    """Of each signal one value for each stretch that no test tells apart."""
    kinds: tuple[EventKindId, ...]
    subjects: tuple[SubjectId, ...]
    """Those of whom it matters whether all are listed."""
    rests_on_unknown: bool

    @classmethod
    def of(cls, insight: ProgramInsight, scope: Scope, rule: Rule) -> "Questions":
        """Return the questions that a rule rests on."""
        parts = tuple(_closure(insight.program, scope, rule))
        answers: dict[SubjectId, dict[SignalId, tuple[int, ...]]] = {}
        for part in parts:
            if isinstance(part, Among | Between | SignalUnknown):
                signal = insight.program.signals[part.signal]
                stretches = insight.stretches(signal, signal.lowest, signal.highest)
                answers.setdefault(signal.subject, {})[signal.id] = tuple(stretch.start for stretch in stretches)
        groups = {part.subject for part in parts if isinstance(part, Some | Every)}
        return cls(
            answers,
            tuple(sorted({kind for part in parts if isinstance(part, Events) for kind in part.kinds})),
            tuple(sorted({*groups, scope.subject} - {CASE})),
            insight.rests_on_unknown(rule.condition),
        )


def _closure(program: Program, scope: Scope, rule: Rule) -> Iterator[Condition]:
    """Return all that decides whether the rule fires, and whether those exist of whom it is asked."""
    asked = {scope.subject}
    for part in everything_in(program, rule.condition):
        if isinstance(part, Some | Every):
            asked.add(part.subject)
        yield part
    for subject in program.subjects:
        if subject.id in asked and subject.exists_when is not None:
            yield from everything_in(program, subject.exists_when)


def cases_one_answer_away(questions: Questions, case: Case) -> Iterator[Case]:
    """Return the cases in which one answer is otherwise, or one event more or fewer came in."""
    for answers in _otherwise(questions, CASE, case.answers):
        yield replace(case, answers=answers)
    if MODE in questions.answers.get(CASE, {}):
        yield replace(case, mode=Mode.REPORT if case.mode is Mode.ADVICE else Mode.ADVICE)
    yield from _persons_otherwise(questions, case)
    if questions.kinds:
        for history in _histories(questions, case):
            yield replace(case, history=history)
    if questions.rests_on_unknown:
        for subject in questions.subjects:
            yield replace(case, everyone_listed=case.everyone_listed ^ {subject})


def _otherwise(questions: Questions, subject: SubjectId, answers: Answers) -> Iterator[Answers]:
    """Return the answers about the case or a person, each time with one otherwise."""
    for signal, values in questions.answers.get(subject, {}).items():
        if signal != MODE:
            given = answers.get(signal)
            for value in values:
                if given != Answer(value):
                    yield {**answers, signal: Answer(value)}
            if given is not None and given.value is not None and questions.rests_on_unknown:
                yield {**answers, signal: Answer(None)}


def _persons_otherwise(questions: Questions, case: Case) -> Iterator[Case]:
    """Return the cases in which one answer about a person is otherwise, also about one whom nobody listed."""
    for index, person in enumerate(case.persons):
        for answers in _otherwise(questions, person.subject, person.answers):
            changed = replace(person, answers=answers)
            yield replace(case, persons=(*case.persons[:index], changed, *case.persons[index + 1 :]))
    listed = {person.subject for person in case.persons}
    for subject in questions.answers:
        if subject != CASE and subject not in listed and subject not in case.everyone_listed:
            for answers in _otherwise(questions, subject, _NO_ANSWERS):
                yield replace(case, persons=(*case.persons, Person(PersonId(f"{subject}-1"), subject, answers)))


def _histories(questions: Questions, case: Case) -> Iterator[History]:
    """Return the histories with one event more or fewer, and the one of registers searched or not."""
    history = case.history
    yield replace(history, is_searched=not history.is_searched)
    for kind in questions.kinds:
        for reporter in (None, _ANOTHER_REPORTER):
            event = Event(kind, case.reference_date, None, reporter)
            yield replace(history, events=(*history.events, event))
    for index in range(len(history.events)):
        yield replace(history, events=(*history.events[:index], *history.events[index + 1 :]))
