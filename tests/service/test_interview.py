"""The interview as a value: it goes back exactly, and whatever is answered makes a case that can be assessed."""

from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxatie.engine.live import LiveEngine
from taxatie.errors.diagnostics import Diagnostics
from taxatie.explain.assessor import Assessor
from taxatie.registry.folder import ReleaseFolder
from taxatie.rules.nodes import plain
from taxatie.rules.parser import parse_text
from taxatie.rules.program import Program
from taxatie.service.interview import (
    Interview,
    Question,
    begin,
    next_person_id,
    next_question,
    open_questions,
    unlisted_in,
)
from taxatie.source import SourceText
from taxatie.terms.case import Answer, Basis, Case, Event, History
from taxatie.terms.explanation import EVERYONE_LISTED, HISTORY, Explanation
from taxatie.terms.names import PersonId, SignalId, SubjectId
from taxatie.terms.trace import AssessedPerson
from taxatie.wire.case_reader import read_case
from taxatie.wire.case_writer import write_case
from tests.strategies.loading import program_of
from tests.strategies.releases import SMALL, releases

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
ADULT, CHILD = SubjectId("adult"), SubjectId("child")
VIOLENCE = Question(SignalId("violence_now"), None)
YES, NO = Answer(1), Answer(0)


def small_assessor() -> Assessor:
    """Return the small release, ready to assess."""
    program = ReleaseFolder(Path(__file__).parents[1] / "data" / "small").load("one")
    return Assessor(program, LiveEngine(program))


ASSESSOR = small_assessor()


def an_interview(program: Program = ASSESSOR.program) -> Interview:
    """Return an interview in which nothing was said."""
    return begin(read_case(program, {"case": "c-1", "reference_time": "2026-03-02T21:15:00+01:00"}))


def explained(assessor: Assessor, case: Case) -> Explanation:
    """Return the explanation of a case."""
    explanation = assessor.assess(case).explanation
    assert explanation is not None
    return explanation


def asked(interview: Interview, assessor: Assessor = ASSESSOR) -> Question | None:
    """Return what is asked next."""
    return next_question(interview, explained(assessor, interview.case), unlisted(interview, assessor))


def unlisted(interview: Interview, assessor: Assessor = ASSESSOR) -> dict[PersonId, AssessedPerson]:
    """Return those who may be missing."""
    return unlisted_in(assessor.engine.evaluate(interview.case))


def test_the_most_telling_question_comes_first() -> None:
    """A caller may hang up after one question."""
    interview = an_interview()
    first = explained(ASSESSOR, interview.case).open_questions[0]

    assert asked(interview) == Question(first.signal, first.person)


def test_what_is_skipped_stays_unknown_and_comes_back_only_when_asked_for() -> None:
    interview = an_interview()

    skipped = interview.skip(VIOLENCE)

    assert skipped.case == interview.case
    assert asked(interview) == VIOLENCE
    assert asked(skipped) != VIOLENCE
    assert asked(skipped.ask_again()) == VIOLENCE


def test_what_is_known_by_hearsay_is_not_asked_twice_in_a_row() -> None:
    """It settles nothing, so the question stays open; asking it again at once would go on for ever."""
    heard = an_interview().give(VIOLENCE, Answer(0, Basis.HEARSAY))

    assert VIOLENCE in open_questions(explained(ASSESSOR, heard.case), unlisted(heard))
    assert asked(heard) != VIOLENCE
    assert asked(heard.ask_again()) == VIOLENCE


def test_of_somebody_not_listed_it_is_first_asked_whether_there_is_one() -> None:
    """An answer about nobody in particular could be put nowhere."""
    interview = an_interview()
    questions = open_questions(explained(ASSESSOR, interview.case), unlisted(interview))

    missing = [each for each in questions if each.person is not None]
    assert [(each.signal, each.person, each.about, each.is_certain) for each in missing] == [
        (EVERYONE_LISTED, "unlisted-adult", "strangulation", True),
        (EVERYONE_LISTED, "unlisted-child", "child_age", False),
    ]


def test_persons_get_an_id_that_tells_nothing() -> None:
    interview = an_interview().add_person(ADULT).add_person(CHILD).add_person(ADULT)

    assert [person.id for person in interview.case.persons] == ["adult-1", "child-1", "adult-2"]
    assert next_person_id(interview.case, SubjectId("unlisted_one")) == "person-1"
    assert next_person_id(interview.case, SubjectId("foster_child")) == "foster-child-1"


def test_adding_somebody_undoes_that_everyone_was_listed() -> None:
    closed = an_interview().list_everyone(ADULT)

    assert closed.case.everyone_listed == {ADULT}
    assert closed.add_person(ADULT).case.everyone_listed == frozenset()


def test_persons_and_events_have_a_bound() -> None:
    """A case beyond it could not be read back."""
    interview = an_interview()
    for _ in range(100):
        interview = interview.add_person(ADULT)

    event = Event(ASSESSOR.program.event_kinds[0].id, interview.case.reference_date)
    full = begin(replace(interview.case, history=History(is_searched=False, events=(event,) * 10_000)))
    assert interview.add_person(ADULT) is interview
    assert full.add_event(event) is full


def test_an_answer_goes_to_the_person_it_is_about() -> None:
    interview = an_interview().add_person(ADULT).add_person(ADULT)

    told = interview.give(Question(SignalId("strangulation"), PersonId("adult-2")), YES)

    assert [dict(person.answers) for person in told.case.persons] == [{}, {"strangulation": YES}]


def test_an_interview_that_is_resumed_asks_nothing_that_was_said() -> None:
    """Also not what nobody knew."""
    interview = begin(an_interview().give(VIOLENCE, Answer(None)).case)

    assert not interview.can_go_back
    assert asked(interview) != VIOLENCE
    assert interview.go_back() is interview


@st.composite
def steps(draw: st.DrawFn, interview: Interview, assessor: Assessor) -> Interview:
    """Return the interview after a step: mostly what was asked, at times something else."""
    program, question = assessor.program, asked(interview, assessor)
    others = ["add", "close", "again", *(["event"] if program.event_kinds else [])]
    does = draw(st.sampled_from(["ask", "ask", "ask", *(others if program.subjects else others[2:])]))
    if does == "event":
        kind = draw(st.sampled_from(program.event_kinds))
        return interview.add_event(Event(kind.id, interview.case.reference_date))
    if does in {"add", "close"}:
        subject = draw(st.sampled_from(program.subjects)).id
        return interview.add_person(subject) if does == "add" else interview.list_everyone(subject)
    if does == "again":
        return interview.ask_again()
    if question is None or draw(st.integers(0, 4)) == 0:
        return interview if question is None else interview.skip(question)
    return _replied(draw, interview, question, assessor)


def _replied(draw: st.DrawFn, interview: Interview, question: Question, assessor: Assessor) -> Interview:
    """Return the interview after a reply to what was asked."""
    if question.signal == HISTORY:
        return interview.search_registers(question)
    if question.signal == EVERYONE_LISTED:
        assert question.person is not None
        subject = unlisted(interview, assessor)[question.person].subject
        return interview.add_person(subject) if draw(st.booleans()) else interview.list_everyone(subject)
    value = draw(st.none() | st.sampled_from(list(assessor.program.signals[question.signal].values)))
    basis = draw(st.none() | st.sampled_from(list(Basis)))
    return interview.give(question, Answer(value, basis, draw(st.booleans())))


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_going_back_restores_each_interview_exactly(data: st.DataObject) -> None:
    """Whoever corrects a mistake must not make another by it."""
    program = program_of(data.draw(releases(SMALL)))
    assessor = Assessor(program, LiveEngine(program))
    passed = [an_interview(program)]
    for _ in range(data.draw(st.integers(1, 8))):
        following = data.draw(steps(passed[-1], assessor))
        passed += [following] if following is not passed[-1] else []

    interview = passed[-1]
    for before in reversed(passed[:-1]):
        interview = interview.go_back()
        assert interview == before
        assert asked(interview, assessor) == asked(before, assessor)
    assert not interview.can_go_back


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_any_answers_make_a_case_file_that_is_assessed_the_same(data: st.DataObject) -> None:
    """What was shown in the interview is what the file says later."""
    program = program_of(data.draw(releases(SMALL)))
    assessor = Assessor(program, LiveEngine(program))
    interview = an_interview(program)
    for _ in range(data.draw(st.integers(0, 10))):
        interview = data.draw(steps(interview, assessor))

    root = parse_text(SourceText("case.yaml", write_case(program, interview.case)), Diagnostics())
    assert root is not None
    read = read_case(program, plain(root))

    assert read == interview.case
    assert assessor.assess(read) == assessor.assess(interview.case)


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_an_interview_comes_to_an_end(data: st.DataObject) -> None:
    """Each question that is answered or skipped is put once, so nobody is asked for ever."""
    program = program_of(data.draw(releases(SMALL)))
    assessor = Assessor(program, LiveEngine(program))
    interview = an_interview(program)
    put = []
    while (question := asked(interview, assessor)) is not None:
        put.append(question.key)
        interview = interview.skip(question)

    assert len(put) == len(set(put)) <= len(program.signals) * 3 + 3
    assert interview.case == an_interview(program).case
