"""What follows from the rules that fire and may fire, sentence by sentence of the language's page."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from taxatie.engine.conclusion import conclude
from taxatie.engine.reference import ReferenceEngine
from taxatie.rules.program import Program
from taxatie.terms.assessment import Assessment, ContradictionKind, Finding, RuleMatch
from taxatie.terms.names import PersonId, RuleId
from taxatie.wire.assessment_json import assessment_to_plain
from taxatie.wire.case_reader import read_case
from tests.strategies.loading import program_of
from tests.strategies.plain_yaml import read_table
from tests.strategies.plans import PlainRelease
from tests.strategies.releases import SMALL

FEARFUL = {"id": "a-1", "subject": "adult", "answers": {"fears": "yes"}}
FEARLESS = {"id": "a-2", "subject": "adult", "answers": {"fears": "no"}}


@cache
def program() -> Program:
    """Return the release beside this file."""
    documents = read_table(Path(__file__).with_name("conclusion_release.yaml"))
    return program_of(PlainRelease("by-hand", documents, (), (), (), (), SMALL))


def assess(moment: str = "2026-03-31T12:00:00+02:00", **said: Any) -> Assessment:  # noqa: ANN401  # a case's keys
    """Return the assessment of a case in which this was said; all adults are listed where nothing is said."""
    plain = {"case": "by-hand", "reference_time": moment, "everyone_listed": ["adult"], **said}
    case = read_case(program(), plain)
    return conclude(program(), case, ReferenceEngine(program()).evaluate(case))


def match(rule: str, person: str | None = None) -> RuleMatch:
    """Return a rule and the person it was asked of."""
    return RuleMatch(RuleId(rule), None if person is None else PersonId(person))


def due(assessment: Assessment) -> dict[str, str]:
    """Return when each action is due, as the JSON says it."""
    plain = assessment_to_plain(program(), assessment, None)["actions"]
    assert isinstance(plain, list)
    return {each["action"]: each["due"] for each in plain}


def test_the_level_is_the_highest_of_the_rules_that_fire() -> None:
    assert assess(answers={"violence": "yes", "injury": "yes"}).level == "immediate"


def test_the_level_is_the_mildest_where_no_rule_fires() -> None:
    assert assess(answers={"violence": "no"}).level == "advise"


def test_the_level_counts_all_persons_and_rulesets() -> None:
    assert assess(answers={"violence": "no"}, persons=[FEARLESS, FEARFUL]).level == "prompt"


def test_the_ceiling_is_the_highest_of_the_rules_that_may_fire() -> None:
    assessment = assess(answers={"violence": "yes"})

    assert (assessment.level, assessment.ceiling) == ("urgent", "immediate")


def test_what_fires_and_what_may_comes_by_rule_then_by_person_the_unlisted_last() -> None:
    assessment = assess(persons=[FEARLESS, FEARFUL], everyone_listed=[])

    assert assessment.fired == (match("AR-01", "a-1"), match("AR-02", "a-2"))
    assert assessment.possible == (
        match("CR-01"),
        match("CR-02"),
        match("CR-03"),
        match("AR-01", "unlisted-adult"),
        match("AR-02", "unlisted-adult"),
    )


def test_an_action_is_withheld_by_a_rule_that_may_fire_and_names_it() -> None:
    """Doubt is enough to keep somebody from a talk that may be dangerous."""
    assessment = assess(answers={"violence": "no"}, persons=[FEARFUL], everyone_listed=[])

    [withholding] = assessment.withheld
    assert withholding.action == "mediation"
    assert withholding.rules == (match("AR-01", "a-1"), match("AR-01", "unlisted-adult"))
    assert "mediation" not in due(assessment)


def test_an_action_is_withheld_also_where_nobody_recommends_it() -> None:
    assert [each.action for each in assess(answers={"violence": "yes"}, persons=[FEARFUL]).withheld] == ["mediation"]


def test_actions_are_those_of_the_level_and_of_the_rules_that_fire() -> None:
    assessment = assess(answers={"violence": "no"}, persons=[FEARLESS])

    rules = {each.action: each.rules for each in assessment.actions}
    assert rules == {
        "talk": (match("CR-03"), match("AR-02", "a-2")),
        "mediation": (match("CR-03"),),
        "give_advice": (),
    }


def test_actions_of_a_milder_level_are_not_recommended() -> None:
    assert set(due(assess(answers={"violence": "yes", "injury": "yes"}))) == {"call_police", "visit"}


def test_actions_come_by_due_moment() -> None:
    assert list(due(assess(answers={"violence": "no"}, persons=[FEARLESS]))) == ["talk", "mediation", "give_advice"]


def test_findings_are_reported_for_the_case_and_for_each_person() -> None:
    assessment = assess(answers={"violence": "no"}, persons=[FEARFUL, FEARLESS], everyone_listed=[])

    assert assessment.findings == {
        "case": {"beaten": Finding.ABSENT},
        "a-1": {"afraid": Finding.PRESENT},
        "a-2": {"afraid": Finding.ABSENT},
        "unlisted-adult": {"afraid": Finding.POSSIBLE},
    }


def test_contradictions_name_their_paths() -> None:
    assessment = assess(
        answers={"children_involved": "no", "violence": "no", "injury": "yes"},
        persons=[FEARFUL, {"id": "c-1", "subject": "child"}],
        history={"events": [{"kind": "threat", "date": "2026-03-31"}, {"kind": "threat", "date": "2026-04-01"}]},
    )

    assert {(each.path, each.about) for each in assessment.contradictions} == {
        ("answers.injury", ContradictionKind.NOT_APPLICABLE),
        ("persons[1]", ContradictionKind.SUBJECT_DOES_NOT_EXIST),
        ("history.events[1]", ContradictionKind.AFTER_REFERENCE_DATE),
    }


def test_an_answer_unknown_contradicts_nothing() -> None:
    assert not assess(answers={"violence": "no", "injury": "unknown"}).contradictions


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-03-02T21:15:00+01:00", "2026-03-03T00:15:00+01:00", id="hours from the reference time"),
        pytest.param("2026-03-28T23:30:00+01:00", "2026-03-29T03:30:00+02:00", id="hours over the spring change"),
        pytest.param("2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+01:00", id="hours over the autumn change"),
        pytest.param("2026-03-02T20:15:00Z", "2026-03-03T00:15:00+01:00", id="Amsterdam's offset"),
    ],
)
def test_hours_are_counted_from_the_reference_time(moment: str, expected: str) -> None:
    assert due(assess(moment, answers={"violence": "no"}))["talk"] == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-03-02T21:15:00+01:00", "2026-03-04T21:15:00+01:00", id="at the same clock time"),
        pytest.param("2026-03-28T12:00:00+01:00", "2026-03-30T12:00:00+02:00", id="also over the spring change"),
        pytest.param("2026-10-24T12:00:00+02:00", "2026-10-26T12:00:00+01:00", id="also over the autumn change"),
    ],
)
def test_days_are_counted_by_calendar(moment: str, expected: str) -> None:
    assert due(assess(moment, answers={"violence": "no"}))["mediation"] == expected


@pytest.mark.parametrize(
    ("moment", "region", "expected"),
    [
        pytest.param("2026-03-02T21:15:00+01:00", None, "2026-03-09T23:59:59+01:00", id="a weekend between"),
        pytest.param("2026-04-02T09:00:00+02:00", None, "2026-04-10T23:59:59+02:00", id="Easter Monday is none"),
        pytest.param("2027-04-22T09:00:00+02:00", None, "2027-04-29T23:59:59+02:00", id="outside the calendar's years"),
        pytest.param("2026-03-06T09:00:00+01:00", "noord", "2026-03-09T23:59:59+01:00", id="the region's own term"),
        pytest.param("2026-03-07T09:00:00+01:00", "noord", "2026-03-09T23:59:59+01:00", id="from a Saturday"),
    ],
)
def test_working_days_end_with_the_last_of_them(moment: str, region: str | None, expected: str) -> None:
    said = {} if region is None else {"region": region}

    assert due(assess(moment, answers={"violence": "yes"}, **said))["visit"] == expected


def test_immediately_is_the_reference_time() -> None:
    moment = "2026-03-02T21:15:00+01:00"

    assert due(assess(moment, answers={"violence": "yes", "injury": "yes"}))["call_police"] == moment


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({"violence": "no"}, "2026-05-01T21:15:00+02:00", id="advise: 60 days"),
        pytest.param({"violence": "yes", "injury": "no"}, "2026-03-04T09:15:00+01:00", id="urgent: 36 hours"),
    ],
)
def test_an_assessment_is_valid_as_long_as_its_level(answers: dict[str, str], expected: str) -> None:
    assessment = assess("2026-03-02T21:15:00+01:00", answers=answers)

    assert assessment_to_plain(program(), assessment, None)["valid_until"] == expected
