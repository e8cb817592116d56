"""Reading a case from its message, in either form: at once where nothing is wrong with it, else by the strict reader.

The quick way never judges. It knows by heart what the strict reader made of each answer before; whatever it does not
know for certain to be right goes to the strict reader, which says every fault, with the paths of a case file.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final, TypeAlias

from taxatie.engine.deadlines import in_amsterdam
from taxatie.errors.problem import CaseFaults
from taxatie.limits import (
    ANSWERS_REMEMBERED_MAX,
    EVENTS_MAX,
    FAULTS_TOLD_MAX,
    FIRST_YEAR,
    LAST_YEAR,
    PERSONS_MAX,
    READERS_KEPT_MAX,
)
from taxatie.rules.program import Program
from taxatie.terms.case import NO_HISTORY, Answer, Answers, Case, Event, History, Mode, Person
from taxatie.terms.names import CASE, CaseId, Digest, EventKindId, PersonId, RegionName, ReporterId, SignalId, SubjectId
from taxatie.wire.case_codes import Codes, codes_of_program
from taxatie.wire.case_reader import (
    DATE_LENGTH,
    REFERENCE,
    is_person_id,
    moment_of,
    read_answer,
    read_case,
    read_reference_time,
)
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, case_pb2
from taxatie.wire.generated.taxatie.v1.packed_case_pb2 import PackedCase
from taxatie.wire.messages import answer_to_plain, case_to_plain
from taxatie.wire.packed_case import packed_to_plain
from taxatie.wire.problems import MalformedRequestError, OtherVocabularyError

CaseMessage: TypeAlias = case_pb2.Case | PackedCase

_MODES: Final = {
    case_pb2.MODE_UNSPECIFIED: Mode.REPORT,
    case_pb2.MODE_REPORT: Mode.REPORT,
    case_pb2.MODE_ADVICE: Mode.ADVICE,
}


def said_case(request: assessment_pb2.AssessRequest) -> CaseMessage:
    """Return the case of a request, in the form in which it came.

    Raises:
        MalformedRequestError: When it came in both.
    """
    if not request.HasField("packed"):
        return request.case
    if request.HasField("case"):
        raise MalformedRequestError("a request has `case` or `packed`, not both", hint="send one of them")
    return request.packed


def read_moment(said: CaseMessage) -> datetime:
    """Return the reference time alone, to find the release that is in force then.

    Raises:
        CaseFaults: When there is none that can be read.
    """
    found = _moment(said.reference_time)
    if found is None:
        return read_reference_time({"case": said.case or None, "reference_time": said.reference_time or None})
    return found[0]


def read_case_message(program: Program, said: CaseMessage) -> Case:
    """Return the case that a message says.

    Raises:
        CaseFaults: With everything that is wrong with it, each with its path in a case file.
        OtherVocabularyError: When its codes are not those of the release.
    """
    reader = _readers.get(program.digest)
    if reader is None or reader.program is not program:
        while len(_readers) >= READERS_KEPT_MAX:
            del _readers[next(iter(_readers))]
        reader = _readers[program.digest] = _MessageReader(program)
    return reader.packed(said) if isinstance(said, PackedCase) else reader.readable(said)


class _MessageReader:
    """Reads the cases of one release."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._codes = codes_of_program(program)
        self._subjects = tuple(subject.id for subject in program.subjects)
        self._all_subjects = frozenset(self._subjects)
        self._kinds = tuple(kind.id for kind in program.event_kinds)
        self._of_case = _Remembered(program, CASE), _Decoded(self._codes, CASE)
        self._said = {subject: _Remembered(program, subject) for subject in self._subjects}
        self._coded = tuple(_Decoded(self._codes, subject) for subject in self._subjects)

    def readable(self, said: case_pb2.Case) -> Case:
        """Return the case of a readable message."""
        try:
            listed = frozenset(map(SubjectId, said.everyone_listed))
            persons = tuple(self._persons(said.persons))
            events = tuple(self._events(said.history.events, {person.id for person in persons}))
            history = History(said.history.searched, events)
            return self._case(said, listed, _answers(self._of_case[0], said.answers), persons, history)
        except (KeyError, ValueError):
            return read_case(self.program, case_to_plain(said))

    def _persons(self, persons: Sequence[case_pb2.Person]) -> Iterator[Person]:
        for person in persons:
            subject = SubjectId(person.subject)
            yield Person(PersonId(person.id), subject, _answers(self._said[subject], person.answers))

    def _events(self, events: Sequence[case_pb2.Event], persons: Container[str]) -> Iterator[Event]:
        for event in events:
            kind, day, person, reporter = event.kind, event.date, event.person, event.reporter
            if kind not in self._kinds or len(day) != DATE_LENGTH or (person and person not in persons):
                raise ValueError(kind)
            yield Event(
                EventKindId(kind),
                date.fromisoformat(day),
                PersonId(person) if person else None,
                ReporterId(reporter) if reporter else None,
            )

    def packed(self, said: PackedCase) -> Case:
        """Return the case of a packed message."""
        if said.vocabulary_digest != self._codes.digest:
            raise OtherVocabularyError(self.program.release)
        try:
            listed = frozenset([self._subjects[place] for place in said.everyone_listed])
            answers = _decoded(self._of_case[1], said.answers)
            persons = self._packed_persons(said)
            return self._case(said, listed, answers, persons, self._packed_history(said))
        except (KeyError, ValueError, IndexError, OverflowError):
            return self._judged(said)

    def _judged(self, said: PackedCase) -> Case:
        """Return what the strict reader makes of a packed case, or raise all that is wrong with it."""
        plain, faults = packed_to_plain(self._codes, said)
        del faults[FAULTS_TOLD_MAX:]
        try:
            case = read_case(self.program, plain)
        except CaseFaults as error:
            raise CaseFaults(error.case, (*faults, *error.faults)) from None
        if faults:
            raise CaseFaults(case.id, tuple(faults))
        return case

    def _packed_persons(self, said: PackedCase) -> tuple[Person, ...]:
        codes, begin, persons = said.person_answers, 0, []
        for name, place, count in zip(said.persons, said.person_subjects, said.person_answer_counts, strict=True):
            end = begin + count
            answers = _decoded(self._coded[place], codes[begin:end])
            persons.append(Person(PersonId(name), self._subjects[place], answers))
            begin = end
        if begin != len(codes):
            raise ValueError(begin)
        return tuple(persons)

    def _packed_history(self, said: PackedCase) -> History:
        kinds, days = said.event_kinds, said.event_days
        if not (kinds or days or said.event_persons or said.event_reporters or said.reporters):
            return History(said.searched, ())
        nobody = (0,) * len(kinds)
        named = said.event_reporters or nobody
        persons = (None, *map(PersonId, said.persons))
        reporters = (None, *map(ReporterId, said.reporters))
        if len({0, *named}) != len(reporters):
            raise ValueError(len(reporters))
        events = [
            Event(self._kinds[kind], date.fromordinal(day), persons[person], reporters[reporter])
            for kind, day, person, reporter in zip(kinds, days, said.event_persons or nobody, named, strict=True)
        ]
        return History(said.searched, tuple(events))

    def _case(
        self,
        said: CaseMessage,
        listed: frozenset[SubjectId],
        answers: Answers,
        persons: tuple[Person, ...],
        history: History,
    ) -> Case:
        """Return the case, or raise a `ValueError` where its frame is not certain to be right."""
        moment, region = _moment(said.reference_time), RegionName(said.region) if said.region else None
        ids = {person.id for person in persons}
        if (
            moment is None
            or not REFERENCE.fullmatch(said.case)
            or (region is not None and region not in self.program.regions)
            or not listed <= self._all_subjects
            or len(ids) != len(persons)
            or len(ids) > PERSONS_MAX
            or len(history.events) > EVENTS_MAX
            or not all(map(is_person_id, ids))
            or not all(map(_is_certain, history.events))
        ):
            raise ValueError(said.case)
        return Case(
            id=CaseId(said.case),
            reference_time=moment[0],
            reference_date=moment[1],
            mode=_MODES[said.mode],
            region=region,
            everyone_listed=listed,
            answers=answers,
            persons=persons,
            history=history if history.events or history.is_searched else NO_HISTORY,
        )


@lru_cache(maxsize=64)
def _moment(text: str) -> tuple[datetime, date] | None:
    """Return a reference time and its date in Amsterdam: asked for twice, to find the release and to read the case."""
    moment = moment_of(text)
    return None if moment is None else (moment, in_amsterdam(moment).date())


def _is_certain(event: Event) -> bool:
    reporter = event.reporter
    return FIRST_YEAR <= event.date.year <= LAST_YEAR and (reporter is None or bool(REFERENCE.fullmatch(reporter)))


class _Remembered(dict[tuple[str, bytes], tuple[SignalId, Answer]]):
    """What the strict reader made of answers about the case, or about persons of a subject, by name and message."""

    def __init__(self, program: Program, subject: SubjectId) -> None:
        self._program = program
        self._subject = subject

    def __missing__(self, said: tuple[str, bytes]) -> tuple[SignalId, Answer]:
        name, data = said
        answer = read_answer(self._program, self._subject, name, answer_to_plain(case_pb2.Answer.FromString(data)))
        if answer is None:
            raise KeyError(name)
        found = SignalId(name), answer
        if len(self) < ANSWERS_REMEMBERED_MAX:
            self[said] = found
        return found


class _Decoded(dict[int, tuple[SignalId, Answer]]):
    """What codes say about the case, or about persons of a subject."""

    def __init__(self, codes: Codes, subject: SubjectId) -> None:
        self._codes = codes
        self._subject = subject

    def __missing__(self, code: int) -> tuple[SignalId, Answer]:
        said = self._codes.said(code)
        if said is None or said.signal.subject != self._subject:
            raise KeyError(code)
        answer = SignalId(said.signal.id), Answer(said.value, said.basis, said.partner_present)
        if len(self) < ANSWERS_REMEMBERED_MAX:
            self[code] = answer
        return answer


def _answers(remembered: _Remembered, answers: Mapping[str, case_pb2.Answer]) -> Answers:
    # To write an answer down takes less than to ask it for its fields.
    said = zip(answers, map(case_pb2.Answer.SerializeToString, answers.values()), strict=True)
    return dict(map(remembered.__getitem__, said))


def _decoded(coded: _Decoded, codes: Sequence[int]) -> Answers:
    found = dict(map(coded.__getitem__, codes))
    if len(found) != len(codes):
        raise ValueError(len(codes))
    return found


_readers: Final[dict[Digest, _MessageReader]] = {}
"""Readers of releases, the one made first going first."""
