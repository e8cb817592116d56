"""Packing a case into codes, and saying a packed case in its plain form again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from taxatie.errors.problem import CaseFault
from taxatie.limits import ANSWERS_REMEMBERED_MAX
from taxatie.terms.vocabulary import SignalType
from taxatie.wire.case_codes import CodedSignal, Codes, SaidCode, code_of
from taxatie.wire.generated.taxatie.v1 import case_pb2, packed_case_pb2
from taxatie.wire.messages import MODES, Plain

_LAST_DAY: Final = date.max.toordinal()


class NotPackedError(Exception):
    """A case says what the vocabulary has no code for; the service says what is wrong with it."""


class _CodesOfAnswers(dict[tuple[str, bytes], int]):
    """The codes of answers that came before, by name and message; raises where an answer has none."""

    def __init__(self, codes: Codes) -> None:
        self._signals = {signal.id: (first, signal) for signal, first in zip(codes.signals, codes.firsts, strict=False)}

    def __missing__(self, said: tuple[str, bytes]) -> int:
        name, data = said
        answer = case_pb2.Answer.FromString(data)
        first, signal = self._signals[name]
        code = code_of(first, signal, _value(signal, answer), (answer.basis, answer.partner_present))
        if len(self) < ANSWERS_REMEMBERED_MAX:
            self[said] = code
        return code


class Packer:
    """Packs cases by the codes of one vocabulary."""

    def __init__(self, codes: Codes) -> None:
        """Note every place once."""
        self._digest = codes.digest
        self._codes = _CodesOfAnswers(codes)
        self._subjects = {subject: place for place, subject in enumerate(codes.subjects)}
        self._kinds = {kind: place for place, kind in enumerate(codes.kinds)}

    def pack(self, case: case_pb2.Case) -> packed_case_pb2.PackedCase:
        """Return the case in codes.

        Raises:
            NotPackedError: When there is no code for something in it.
        """
        try:
            packed = self._packed(case)
        except (KeyError, ValueError) as error:
            raise NotPackedError("the vocabulary has no code for something in the case") from error
        return packed

    def _packed(self, case: case_pb2.Case) -> packed_case_pb2.PackedCase:
        events = case.history.events
        persons = {person.id: place for place, person in enumerate(case.persons, start=1)}
        reporters = {name: place for place, name in enumerate(dict.fromkeys(_reporters(events)), start=1)}
        answers = [self._answers(person.answers) for person in case.persons]
        return packed_case_pb2.PackedCase(
            vocabulary_digest=self._digest,
            case=case.case,
            reference_time=case.reference_time,
            mode=case.mode,
            region=case.region,
            everyone_listed=[self._subjects[subject] for subject in case.everyone_listed],
            answers=self._answers(case.answers),
            persons=[person.id for person in case.persons],
            person_subjects=[self._subjects[person.subject] for person in case.persons],
            person_answer_counts=map(len, answers),
            person_answers=[code for codes in answers for code in codes],
            searched=case.history.searched,
            event_kinds=[self._kinds[event.kind] for event in events],
            event_days=[_day(event.date) for event in events],
            event_persons=_or_none_at_all([persons[event.person] if event.person else 0 for event in events]),
            event_reporters=_or_none_at_all([reporters.get(event.reporter, 0) for event in events]),
            reporters=reporters,
        )

    def _answers(self, answers: Mapping[str, case_pb2.Answer]) -> list[int]:
        return [self._codes[name, answer.SerializeToString()] for name, answer in answers.items()]


def _value(signal: CodedSignal, answer: case_pb2.Answer) -> int | None:
    """Return the value, or None where it is said to be unknown; raise where it is of another type."""
    match answer.WhichOneof("value"), signal.type:
        case "unknown", _:
            return None
        case "number", SignalType.NUMBER.value:
            return answer.number
        case "yes", SignalType.YES_NO.value:
            return int(answer.yes)
        case "option", SignalType.CHOICE.value:
            return signal.labels.index(answer.option)
        case _:
            raise ValueError(signal.id)


def _day(text: str) -> int:
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day.toordinal()


def _reporters(events: Iterable[case_pb2.Event]) -> Iterator[str]:
    return (event.reporter for event in events if event.reporter)


def _or_none_at_all(places: list[int]) -> list[int]:
    return places if any(places) else []


def packed_to_plain(codes: Codes, packed: packed_case_pb2.PackedCase) -> tuple[Plain, list[CaseFault]]:
    """Return the case in its plain form, and what is wrong with it that this form cannot say.

    A code that stands for nothing becomes a name that stands for nothing, which every reader refuses.
    """
    unpacking = _Unpacking(codes, packed)
    plain: Plain = {
        "case": packed.case or None,
        "reference_time": packed.reference_time or None,
        "everyone_listed": [_named(codes.subjects, place, "subject") for place in packed.everyone_listed],
        "answers": unpacking.answers("answers", packed.answers),
        "persons": unpacking.persons(),
        "history": {"searched": packed.searched, "events": unpacking.events()},
    }
    if packed.mode:
        plain["mode"] = MODES.get(packed.mode, f"mode {packed.mode}")
    if packed.region:
        plain["region"] = packed.region
    return plain, unpacking.faults


class _Unpacking:
    """One packed case that is said in its plain form."""

    def __init__(self, codes: Codes, packed: packed_case_pb2.PackedCase) -> None:
        self._codes = codes
        self._packed = packed
        self.faults: list[CaseFault] = []

    def answers(self, path: str, answers: Sequence[int]) -> Plain:
        """Return answers by signal, noting those that are said twice."""
        plain: Plain = {}
        if len(answers) > len(self._codes.signals):
            what = f"{len(answers)} answers are more than there are signals"
            self.faults.append(CaseFault(path, what, "answer each at most once"))
            return plain
        for code in answers:
            said = self._codes.said(code)
            name = f"code {code}" if said is None else said.signal.id
            if name in plain:
                self.faults.append(CaseFault(f"{path}.{name}", f"`{name}` is answered twice", "answer it once"))
            plain[name] = None if said is None else _answer(said)
        return plain

    def persons(self) -> list[Plain]:
        """Return the persons; none where the columns do not fit each other."""
        packed = self._packed
        counts = list(packed.person_answer_counts)
        lengths = {len(packed.persons), len(packed.person_subjects), len(counts)}
        if len(lengths) > 1 or sum(counts) != len(packed.person_answers):
            self.faults.append(CaseFault("persons", "the columns of persons differ in length", "pack the case anew"))
            return []
        persons: list[Plain] = []
        begin = 0
        for name, subject, count in zip(packed.persons, packed.person_subjects, counts, strict=True):
            path = f"persons[{len(persons)}].answers"
            answers = self.answers(path, packed.person_answers[begin : begin + count])
            begin += count
            persons.append(
                {"id": name or None, "subject": _named(self._codes.subjects, subject, "subject"), "answers": answers}
            )
        return persons

    def events(self) -> list[Plain]:
        """Return the events; none where the columns do not fit each other."""
        packed = self._packed
        number = len(packed.event_kinds)
        columns = (list(packed.event_persons) or [0] * number, list(packed.event_reporters) or [0] * number)
        if any(len(column) != number for column in (packed.event_days, *columns)):
            fault = CaseFault("history.events", "the columns of events differ in length", "pack the case anew")
            self.faults.append(fault)
            return []
        if len({0, *columns[1]}) <= len(packed.reporters):
            fault = CaseFault("history.events", "there are reporters that no event names", "pack the case anew")
            self.faults.append(fault)
        return [self._event(*row) for row in zip(packed.event_kinds, packed.event_days, *columns, strict=True)]

    def _event(self, kind: int, day: int, person: int, reporter: int) -> Plain:
        event: Plain = {
            "kind": _named(self._codes.kinds, kind, "kind"),
            "date": date.fromordinal(day).isoformat() if 1 <= day <= _LAST_DAY else f"day {day}",
        }
        if person:
            event["person"] = _named(self._packed.persons, person - 1, "person")
        if reporter:
            event["reporter"] = _named(self._packed.reporters, reporter - 1, "reporter")
        return event


def _answer(said: SaidCode) -> Plain:
    value: object = "unknown"
    if said.value is not None:
        value = said.signal.labels[said.value] if said.signal.labels else said.value
    basis = None if said.basis is None else said.basis.value
    return {"value": value, "basis": basis, "partner_present": said.partner_present}


def _named(names: Sequence[str], place: int, what: str) -> str:
    return names[place] if place < len(names) else f"{what} {place}"
