"""The same made-up cases as ordinary values, and as JSON for whoever puts load on a service."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final

from load import figures
from load.answers import ANSWERED, NOT_SAID, Sheet
from load.population import Batch, EventRows, People, Population
from taxatie.engine.deadlines import in_amsterdam
from taxatie.rules.program import Program, Signal
from taxatie.terms.case import Answer, Answers, Case, Event, History, Mode, Person
from taxatie.terms.names import CaseId, PersonId, ReporterId, SignalId, SubjectId
from taxatie.terms.vocabulary import SignalType

BATCH: Final = 1_000
"""Cases made at once where they are wanted one by one: the first should not keep anybody waiting."""

Plain = dict[str, object]


def cases(population: Population, count: int, first: int = 0) -> Iterator[Case]:
    """Return *count* cases from number *first* on."""
    for batch in population.batches(count, first, BATCH):
        yield from cases_of(population.program, batch)


def plain_cases(population: Population, count: int, first: int = 0) -> Iterator[Plain]:
    """Return the same cases in the plain form of a case file, ready for JSON."""
    return (plain_case(population.program, case) for case in cases(population, count, first))


def cases_of(program: Program, batch: Batch) -> Iterator[Case]:
    """Return the cases of a batch."""
    size = len(batch.numbers)
    answers = _answers_of(batch.answers, size)
    persons = _persons_of(batch.people, size)
    events = _events_of(program, batch.events, size)
    regions = list(program.regions)
    for place in range(size):
        moment = in_amsterdam(datetime.fromtimestamp(int(batch.seconds[place]), UTC))
        yield Case(
            id=CaseId(f"made-up-{batch.numbers[place]}"),
            reference_time=moment,
            reference_date=moment.date(),
            mode=Mode.ADVICE if batch.is_advice[place] else Mode.REPORT,
            region=regions[batch.region[place]] if batch.region[place] >= 0 else None,
            everyone_listed=frozenset(name for name, listed in batch.everyone_listed.items() if listed[place]),
            answers=answers[place],
            persons=tuple(persons[place]),
            history=History(bool(batch.is_searched[place]), tuple(events[place])),
        )


def _answers_of(sheets: Mapping[SignalId, Sheet], size: int) -> list[dict[SignalId, Answer]]:
    found: list[dict[SignalId, Answer]] = [{} for _ in range(size)]
    for name, sheet in sheets.items():
        for place in (sheet.said != NOT_SAID).nonzero()[0].tolist():
            if sheet.said[place] == ANSWERED:
                basis = figures.BASES[sheet.basis[place]]
                answer = Answer(int(sheet.value[place]), basis, bool(sheet.is_overheard[place]))
            else:
                answer = Answer(None)
            found[place][name] = answer
    return found


def _persons_of(people: Mapping[SubjectId, People], size: int) -> list[list[Person]]:
    found: list[list[Person]] = [[] for _ in range(size)]
    for subject, group in people.items():
        answers = _answers_of(group.answers, len(group.owner))
        for owner, slot, said in zip(group.owner.tolist(), group.slot.tolist(), answers, strict=True):
            found[owner].append(Person(person_id(subject, slot), subject, said))
    return found


def person_id(subject: SubjectId, slot: int) -> PersonId:
    """Return the id of one of a case's persons of a subject, counted from 0."""
    return PersonId(f"{subject.replace('_', '-')}-{slot + 1}")


def _events_of(program: Program, rows: EventRows, size: int) -> list[list[Event]]:
    found: list[list[Event]] = [[] for _ in range(size)]
    days: list[date] = rows.day.astype(object).tolist()
    subjects = [subject.id for subject in program.subjects]
    for row, (owner, day) in enumerate(zip(rows.owner.tolist(), days, strict=True)):
        reporter = figures.REPORTERS[rows.reporter[row]]
        named = rows.subject[row] >= 0
        found[owner].append(
            Event(
                program.event_kinds[rows.kind[row]].id,
                day,
                person_id(subjects[rows.subject[row]], int(rows.slot[row])) if named else None,
                None if reporter is None else ReporterId(reporter),
            )
        )
    return found


def plain_case(program: Program, case: Case) -> Plain:
    """Return the plain form of a case, as a case file holds it."""
    return {
        "case": case.id,
        "reference_time": case.reference_time.isoformat(),
        "mode": case.mode.value,
        **({} if case.region is None else {"region": case.region}),
        "everyone_listed": [subject.id for subject in program.subjects if subject.id in case.everyone_listed],
        "answers": _plain_answers(program, case.answers),
        "persons": [
            {"id": person.id, "subject": person.subject, "answers": _plain_answers(program, person.answers)}
            for person in case.persons
        ],
        "history": {
            "searched": "yes" if case.history.is_searched else "no",
            "events": [_plain_event(event) for event in case.history.events],
        },
    }


def _plain_answers(program: Program, answers: Answers) -> Plain:
    return {name: _plain_answer(program.signals[name], answer) for name, answer in answers.items()}


def _plain_answer(signal: Signal, answer: Answer) -> object:
    value: object = "unknown"
    if answer.value is not None:
        value = answer.value if signal.type is SignalType.NUMBER else signal.label(answer.value)
    if answer.basis is None and not answer.partner_present:
        return value
    basis = {} if answer.basis is None else {"basis": answer.basis.value}
    return {"value": value, **basis, **({"partner_present": "yes"} if answer.partner_present else {})}


def _plain_event(event: Event) -> Plain:
    named = {} if event.person is None else {"person": event.person}
    known = {} if event.reporter is None else {"reporter": event.reporter}
    return {"kind": event.kind, "date": event.date.isoformat(), **named, **known}
