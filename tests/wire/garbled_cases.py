"""Cases changed at random, and what a packed case says when it is read by the words of the protocol alone."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from hypothesis import strategies as st

from taxatie.wire.case_codes import CodedSignal, Codes
from taxatie.wire.generated.taxatie.v1 import case_pb2
from taxatie.wire.generated.taxatie.v1.packed_case_pb2 import PackedCase

WORDS: Final = ("", "a", "b", "case", "yes", "unknown", "adult", "strangled", "age", "x y", "2026-02-30", "20260110")
COLUMNS: Final = (
    "everyone_listed", "answers", "person_subjects", "person_answer_counts", "person_answers",
    "event_kinds", "event_days", "event_persons", "event_reporters",
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> case_pb2.Answer:
    """Return answers, some without a value, some with a basis that the protocol does not know."""
    basis, partner_present = draw(st.integers(0, 6)), draw(st.booleans())
    values: list[dict[str, object]] = [
        {},
        {"number": draw(st.integers(-3, 20))},
        {"option": draw(st.sampled_from(WORDS))},
        {"yes": draw(st.booleans())},
    ]
    return case_pb2.Answer(basis=basis, partner_present=partner_present, **draw(st.sampled_from(values)))  # type: ignore[arg-type]


def garble(data: st.DataObject, message: case_pb2.Case) -> None:
    """Change something in a readable case with a person and an event: often to what no case may say."""
    word, other = (data.draw(st.sampled_from(WORDS)) for _ in range(2))
    frame = data.draw(st.sampled_from(["case", "reference_time", "region"]))
    part = data.draw(st.sampled_from(["kind", "date", "person", "reporter"]))
    changes: list[Callable[[], object]] = [
        lambda: setattr(message, frame, word),
        lambda: setattr(message, "mode", data.draw(st.integers(0, 4))),
        lambda: message.everyone_listed.append(word),
        lambda: message.answers[word].CopyFrom(data.draw(answers())),
        lambda: message.persons.add(id=word, subject=other),
        lambda: message.persons[0].answers[word].CopyFrom(data.draw(answers())),
        lambda: setattr(message.history.events[0], part, word),
    ]
    data.draw(st.sampled_from(changes))()


def garble_packed(data: st.DataObject, message: PackedCase, code_max: int) -> None:
    """Put another number into a column, or one more, or leave one out."""
    name = data.draw(st.sampled_from(COLUMNS))
    column = list(getattr(message, name))
    at = data.draw(st.integers(0, len(column)))
    number = data.draw(st.integers(0, 6) | st.integers(0, code_max) | st.just(2**32 - 1))
    column[at : at + data.draw(st.integers(0, 1))] = data.draw(st.sampled_from([[], [number]]))
    message.ClearField(name)  # type: ignore[arg-type]
    getattr(message, name).extend(column)


def spelled_out(codes: Codes, message: PackedCase) -> case_pb2.Case:
    """Return what a packed case says by the words of the protocol, written without a look at how we read it.

    Raises:
        LookupError: When it says what no case can say, or contradicts itself.
    """
    said = case_pb2.Case(case=message.case, reference_time=message.reference_time, mode=message.mode)
    said.region = message.region
    try:
        said.everyone_listed.extend(_place(codes.subjects, each) for each in message.everyone_listed)
        _spell_answers(codes, message.answers, said)
        _spell_persons(codes, message, said)
        _spell_history(codes, message, said)
    except (StopIteration, ValueError, OverflowError) as error:
        raise LookupError from error
    return said


def _place(names: Sequence[str], which: int) -> str:
    if which >= len(names):
        raise LookupError(which)
    return names[which]


def _spell_answers(codes: Codes, said: Sequence[int], into: case_pb2.Person | case_pb2.Case) -> None:
    spans = list(zip(codes.firsts, codes.firsts[1:], codes.signals, strict=False))
    for code in said:
        first, signal = next((first, signal) for first, end, signal in spans if first <= code < end)
        if signal.id in into.answers:
            raise LookupError(signal.id)
        value, rest = divmod(code - first, 10)
        _spell_value(signal, value, into.answers[signal.id])
        into.answers[signal.id].basis = rest // 2  # type: ignore[assignment]
        into.answers[signal.id].partner_present = rest % 2 == 1


def _spell_value(signal: CodedSignal, value: int, answer: case_pb2.Answer) -> None:
    if value == 0:
        answer.unknown = True
    elif signal.type == "number":
        answer.number = signal.lowest + value - 1
    elif signal.type == "yes_no":
        answer.yes = value == 2
    else:
        answer.option = signal.labels[value - 1]


def _spell_persons(codes: Codes, message: PackedCase, said: case_pb2.Case) -> None:
    left = list(message.person_answers)
    columns = zip(message.persons, message.person_subjects, message.person_answer_counts, strict=True)
    for name, subject, count in columns:
        person = said.persons.add(id=name, subject=_place(codes.subjects, subject))
        if count > len(left):
            raise LookupError(count)
        _spell_answers(codes, left[:count], person)
        left = left[count:]
    if left:
        raise LookupError(left)


def _spell_history(codes: Codes, message: PackedCase, said: case_pb2.Case) -> None:
    if set(message.event_reporters) - {0} != set(range(1, 1 + len(message.reporters))):
        raise LookupError(message.reporters)
    said.history.searched = message.searched
    nobody = [0] * len(message.event_kinds)
    persons, reporters = message.event_persons or nobody, message.event_reporters or nobody
    rows = zip(message.event_kinds, message.event_days, persons, reporters, strict=True)
    for kind, day, person, reporter in rows:
        said.history.events.add(
            kind=_place(codes.kinds, kind),
            date=str(date.fromordinal(day)),
            person=_place(["", *message.persons], person),
            reporter=_place(["", *message.reporters], reporter),
        )
