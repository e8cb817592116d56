"""A case is read the same from a readable message, from a packed one, and by the strict reader of case files."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from load.population import Population
from load.population_cases import plain_cases
from taxatie.client import case_message
from taxatie.errors.problem import CaseFault, CaseFaults, NotAssessedError
from taxatie.rules.program import Program
from taxatie.terms.case import Case
from taxatie.terms.names import Digest
from taxatie.wire.case_codes import codes_of_program
from taxatie.wire.case_messages import read_case_message, read_moment, said_case
from taxatie.wire.case_reader import read_case
from taxatie.wire.generated.taxatie.v1 import assessment_pb2, case_pb2
from taxatie.wire.generated.taxatie.v1.packed_case_pb2 import PackedCase
from taxatie.wire.messages import case_to_plain
from taxatie.wire.packed_case import NotPackedError, Packer
from taxatie.wire.problems import MalformedRequestError, OtherVocabularyError
from tests.strategies.cases import cases
from tests.strategies.loading import program_of
from tests.strategies.releases import SMALL, releases
from tests.wire.garbled_cases import garble, garble_packed, spelled_out
from tests.wire.test_case_reader import FRAME, PROGRAM

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
CODES = codes_of_program(PROGRAM)
PACKER = Packer(CODES)
WHOLE = {
    **FRAME,
    "mode": "report",
    "region": next(iter(PROGRAM.regions)),
    "everyone_listed": ["adult"],
    "answers": {"children_involved": {"value": "no", "basis": "hearsay", "partner_present": True}},
    "persons": [
        {"id": "a", "subject": "adult", "answers": {"strangled": "yes"}},
        {"id": "b", "subject": "child", "answers": {"age": {"value": 7, "basis": "record"}}},
    ],
    "history": {
        "searched": True,
        "events": [
            {"kind": PROGRAM.event_kinds[0].id, "date": "2026-01-10", "person": "b", "reporter": "school"},
            {"kind": PROGRAM.event_kinds[0].id, "date": "2026-02-10"},
        ],
    },
}


def outcome(read: Callable[[], Case]) -> Case | tuple[CaseFault, ...]:
    """Return the case, or all that is wrong with it."""
    try:
        return read()
    except CaseFaults as error:
        return error.faults


def packed(**parts: object) -> PackedCase:
    """Return the whole case, packed, with other parts."""
    message = PACKER.pack(case_message(WHOLE))
    for name, value in parts.items():
        message.ClearField(name)  # type: ignore[arg-type]
        if isinstance(value, list):
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)
    return message


def faults_of(said: PackedCase | case_pb2.Case) -> dict[str, str]:
    """Return the messages by path."""
    with pytest.raises(CaseFaults) as caught:
        read_case_message(PROGRAM, said)
    return {fault.path: fault.message for fault in caught.value.faults}


@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_each_form_of_a_generated_case_is_read_the_same(data: st.DataObject) -> None:
    """Which form came in must not show in anything that follows."""
    release = data.draw(releases(SMALL))
    program = program_of(release)
    message = case_message(data.draw(cases(release)))
    strict = read_case(program, case_to_plain(message))

    assert read_case_message(program, message) == strict
    assert read_case_message(program, Packer(codes_of_program(program)).pack(message)) == strict


def test_each_form_of_a_plausible_case_is_read_the_same() -> None:
    """The example release has signals of every type, persons and events."""
    for plain in islice(plain_cases(Population(PROGRAM, seed=7, year=2026), 200), 200):
        message = case_message(plain)
        strict = read_case(PROGRAM, case_to_plain(message))

        assert read_case_message(PROGRAM, message) == strict
        assert read_case_message(PROGRAM, PACKER.pack(message)) == strict


@settings(max_examples=400, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_what_is_wrong_with_a_readable_message_is_what_the_strict_reader_says(data: st.DataObject) -> None:
    """The quick way must take nothing that the strict reader refuses."""
    message = case_message(WHOLE)
    for _ in range(data.draw(st.integers(0, 3))):
        garble(data, message)

    strict = outcome(lambda: read_case(PROGRAM, case_to_plain(message)))

    assert outcome(lambda: read_case_message(PROGRAM, message)) == strict


@pytest.mark.parametrize("day", ["20260110", "2026-W02-6", "2026-02-30", "2026-1-10", "1899-12-31", "3000-01-01", ""])
def test_a_date_is_taken_in_the_forms_that_the_strict_reader_takes(day: str) -> None:
    """Python reads more forms than a case file has."""
    message = case_message(WHOLE)
    message.history.events[0].date = day

    strict = outcome(lambda: read_case(PROGRAM, case_to_plain(message)))

    assert outcome(lambda: read_case_message(PROGRAM, message)) == strict


@settings(max_examples=600, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_a_packed_case_that_was_garbled_is_refused_or_means_what_it_says(data: st.DataObject) -> None:
    """A column that is a place too short, a code that is another one: never read as something else."""
    message = packed()
    for _ in range(data.draw(st.integers(1, 3))):
        garble_packed(data, message, CODES.firsts[-1] + 20)
    try:
        expected: Case | None = read_case(PROGRAM, case_to_plain(spelled_out(CODES, message)))
    except (LookupError, CaseFaults):
        expected = None

    found = outcome(lambda: read_case_message(PROGRAM, message))

    assert found == expected if isinstance(found, Case) else (expected is None and found)


def test_codes_of_another_vocabulary_are_refused_with_the_remedy() -> None:
    """The same number means something else there; the release that it takes is named."""
    with pytest.raises(OtherVocabularyError, match="treat as urgent") as caught:
        read_case_message(PROGRAM, packed(vocabulary_digest="0" * 64))

    assert caught.value.release == PROGRAM.release
    assert "questionnaire" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"answers": [CODES.firsts[-1]]}, f"answers.code {CODES.firsts[-1]}"),
        ({"answers": [0] * 10_000}, "answers"),
        ({"answers": [0, 2]}, f"answers.{CODES.signals[0].id}"),
        ({"everyone_listed": [9]}, "everyone_listed[0]"),
        ({"person_answer_counts": [1]}, "persons"),
        ({"person_answer_counts": [2, 2**32 - 1]}, "persons"),
        ({"person_subjects": [0, 9]}, "persons[1].subject"),
        ({"persons": ["a", "a"]}, "persons[1].id"),
        ({"persons": ["a", ""]}, "persons[1].id"),
        ({"event_days": [1]}, "history.events"),
        ({"event_days": [0, 2**32 - 1]}, "history.events[1].date"),
        ({"event_days": [1, 739_000]}, "history.events[0].date"),
        ({"event_kinds": [0, 77]}, "history.events[1].kind"),
        ({"event_persons": [3, 0]}, "history.events[0].person"),
        ({"event_reporters": [2, 1]}, "history.events[0].reporter"),
        ({"event_reporters": []}, "history.events"),
        ({"reporters": [""]}, "history.events[0].reporter"),
        ({"mode": 7}, "mode"),
        ({"region": "mars"}, "region"),
        ({"case": ""}, "case"),
        ({"reference_time": "2026-03-02T21:15:00"}, "reference_time"),
    ],
)
def test_what_is_wrong_with_a_packed_case_has_the_path_of_a_case_file(parts: dict[str, object], path: str) -> None:
    """Whoever reads the refusal need not know how cases are packed."""
    assert path in faults_of(packed(**parts))


def test_an_answer_about_a_person_is_none_about_the_case() -> None:
    """The code is one of the vocabulary, and stands in the wrong column."""
    message = packed()
    message.answers.append(message.person_answers[0])

    assert faults_of(message) == {"answers.strangled": "`strangled` is asked of each `adult`"}


@pytest.mark.parametrize(
    "parts",
    [
        {"answers": {"childrn_involved": "yes"}},
        {"answers": {"children_involved": "perhaps"}},
        {"answers": {"children_involved": 1}},
        {"persons": [{"id": "b", "subject": "child", "answers": {"age": 18}}]},
        {"persons": [{"id": "b", "subject": "martian"}]},
        {"everyone_listed": ["martian"]},
        {"history": {"events": [{"kind": "thret", "date": "2026-01-10"}]}},
        {"history": {"events": [{"kind": PROGRAM.event_kinds[0].id, "date": "2026-W02-6"}]}},
        {"history": {"events": [{"kind": PROGRAM.event_kinds[0].id, "date": "2026-01-10", "person": "z"}]}},
    ],
)
def test_what_has_no_code_is_not_packed(parts: dict[str, object]) -> None:
    """The readable form says it, and the service what is wrong with it."""
    with pytest.raises(NotPackedError):
        PACKER.pack(case_message({**FRAME, **parts}))


def test_a_request_says_its_case_once() -> None:
    """Of two that differ, one would be passed over in silence."""
    both = assessment_pb2.AssessRequest(case=case_message(WHOLE), packed=packed())

    with pytest.raises(MalformedRequestError, match="not both"):
        said_case(both)


@pytest.mark.parametrize("said", [case_pb2.Case(case="c-1"), PackedCase(case="c-1", reference_time="today")])
def test_without_a_time_no_release_is_chosen(said: case_pb2.Case | PackedCase) -> None:
    """Neither form may be given the present moment instead."""
    with pytest.raises(NotAssessedError, match="reference_time"):
        read_moment(said)


def test_readers_of_releases_that_are_not_asked_for_any_more_are_let_go() -> None:
    """A service that reloads for years must not gather them; what was let go is made again."""
    message = case_message(WHOLE)
    read = {read_case_message(_renamed(digest), message).id for digest in [*map(str, range(20)), *map(str, range(20))]}

    assert read == {"c-1"}


def _renamed(digest: str) -> Program:
    return replace(PROGRAM, digest=Digest(digest))
