"""One case under two releases: what a release does not know is left out, and said to be."""

from dataclasses import replace

from taxatie.rules.program import Program
from taxatie.terms.case import Answer, Answers, Case, Event, History, Person
from taxatie.terms.names import SignalId
from taxatie.terms.vocabulary import SignalType


def translate(case: Case, source: Program, target: Program) -> tuple[Case, frozenset[str]]:
    """Return the case as the target release can read it, and the names of what had to be left out."""
    lost: set[str] = set()
    subjects = {subject.id for subject in target.subjects}
    kinds = {kind.id for kind in target.event_kinds}
    lost |= {person.subject for person in case.persons if person.subject not in subjects}
    lost |= {event.kind for event in case.history.events if event.kind not in kinds}
    if case.region is not None and case.region not in target.regions:
        lost.add(case.region)
    translated = replace(
        case,
        region=case.region if case.region in target.regions else None,
        everyone_listed=case.everyone_listed & subjects,
        answers=_answers(case.answers, source, target, lost),
        persons=tuple(
            Person(person.id, person.subject, _answers(person.answers, source, target, lost))
            for person in case.persons
            if person.subject in subjects
        ),
    )
    known = {person.id for person in translated.persons}
    events: tuple[Event, ...] = tuple(
        event
        for event in case.history.events
        if event.kind in kinds and (event.person is None or event.person in known)
    )
    return replace(translated, history=History(case.history.is_searched, events)), frozenset(lost)


def _answers(answers: Answers, source: Program, target: Program, lost: set[str]) -> Answers:
    found: dict[SignalId, Answer] = {}
    for name, answer in answers.items():
        value = None if answer.value is None else _value(name, answer.value, source, target)
        if name not in target.signals or target.signals[name].subject != source.signals[name].subject:
            lost.add(name)
        elif value is None and answer.value is not None:
            lost.add(f"{name}: {source.signals[name].label(answer.value)}")
        else:
            found[name] = replace(answer, value=value)
    return found


def _value(name: SignalId, value: int, source: Program, target: Program) -> int | None:
    """Return the value by which the target says the same, or None where it cannot."""
    there = target.signals.get(name)
    here = source.signals[name]
    if there is None or there.type is not here.type:
        return None
    if here.type is SignalType.NUMBER:
        return value if value in there.values else None
    label = here.label(value)
    return there.labels.index(label) if label in there.labels else None
