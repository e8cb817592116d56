"""The dates of the shipped actions, over weekends, holidays and the change of the clock, reckoned by hand."""

from dataclasses import replace
from datetime import datetime

import pytest

from taxatie.terms.names import RegionName
from tests.content.test_safeguards import PROGRAM, assess, scenario_cases

CASES = {str(case.id): case for case in scenario_cases()}

# Holidays of 2026: 3, 5 and 6 April, 27 April, 5 May, 14 May, 24 and 25 May, 25 and 26 December.
TABLE = [
    # An order to act now is due now.
    ("locked-in", "2026-12-31T23:59:30+01:00", None, "call_emergency", "2026-12-31T23:59:30+01:00"),
    # 24 hours are 24 hours, also where the clock goes forward (29 March) and back (25 October).
    ("fears-to-be-killed", "2026-03-28T14:00:00+01:00", None, "act_within_a_day", "2026-03-29T15:00:00+02:00"),
    ("fears-to-be-killed", "2026-10-24T14:00:00+02:00", None, "act_within_a_day", "2026-10-25T13:00:00+01:00"),
    # Days keep the time of the clock.
    ("nobody-has-the-lead", "2026-03-28T14:00:00+01:00", None, "name_lead", "2026-03-30T14:00:00+02:00"),
    # Five working days from a Monday: Tuesday is the first, Monday the last.
    ("nobody-has-the-lead", "2026-03-02T10:00:00+01:00", None, "safety_assessment", "2026-03-09T23:59:59+01:00"),
    # From a Friday, and from a Saturday: Monday is the first.
    ("nobody-has-the-lead", "2026-03-06T10:00:00+01:00", None, "safety_assessment", "2026-03-13T23:59:59+01:00"),
    ("nobody-has-the-lead", "2026-03-07T10:00:00+01:00", None, "safety_assessment", "2026-03-13T23:59:59+01:00"),
    # Over Easter: Thursday 2 April; then 7, 8, 9, 10 and 13 April.
    ("nobody-has-the-lead", "2026-04-02T10:00:00+02:00", None, "safety_assessment", "2026-04-13T23:59:59+02:00"),
    # Over King's Day: Friday 24 April; then 28, 29, 30 April, 1 and 4 May.
    ("nobody-has-the-lead", "2026-04-24T10:00:00+02:00", None, "safety_assessment", "2026-05-04T23:59:59+02:00"),
    # Over Liberation Day: Monday 4 May; then 6, 7, 8, 11 and 12 May.
    ("nobody-has-the-lead", "2026-05-04T10:00:00+02:00", None, "safety_assessment", "2026-05-12T23:59:59+02:00"),
    # Over Ascension Day and Whitsun: Wednesday 13 May, ten working days: 15, 18-22, 26-29 May.
    ("report-gets-feedback", "2026-05-13T10:00:00+02:00", None, "feedback_to_reporter", "2026-05-29T23:59:59+02:00"),
    # Over Christmas and New Year: Thursday 24 December; then 28-31 December and 4 January.
    ("nobody-has-the-lead", "2026-12-24T10:00:00+01:00", None, "safety_assessment", "2027-01-04T23:59:59+01:00"),
    # First contact, by region: five, ten (noord) and three (zuid) working days.
    ("handed-over", "2026-03-02T10:00:00+01:00", None, "first_contact", "2026-03-09T23:59:59+01:00"),
    ("handed-over", "2026-03-02T10:00:00+01:00", "noord", "first_contact", "2026-03-16T23:59:59+01:00"),
    ("handed-over", "2026-03-02T10:00:00+01:00", "oost", "first_contact", "2026-03-11T23:59:59+01:00"),
    ("handed-over", "2026-03-02T10:00:00+01:00", "midden", "first_contact", "2026-03-06T23:59:59+01:00"),
    ("handed-over", "2026-03-02T10:00:00+01:00", "zuid", "first_contact", "2026-03-05T23:59:59+01:00"),
    ("handed-over", "2026-03-02T10:00:00+01:00", "eilanden", "first_contact", "2026-03-23T23:59:59+01:00"),
    # Feedback, by region: ten, seven (west), five (zuid) working days.
    ("report-gets-feedback", "2026-03-02T10:00:00+01:00", None, "feedback_to_reporter", "2026-03-16T23:59:59+01:00"),
    ("report-gets-feedback", "2026-03-02T10:00:00+01:00", "west", "feedback_to_reporter", "2026-03-11T23:59:59+01:00"),
    ("report-gets-feedback", "2026-03-02T10:00:00+01:00", "zuid", "feedback_to_reporter", "2026-03-09T23:59:59+01:00"),
    # Ten weeks for an investigation of our own, at the same time of the clock.
    ("five-grounds-b", "2026-03-02T10:00:00+01:00", None, "own_investigation", "2026-05-11T10:00:00+02:00"),
    # A plan before the tenth day of an order; monitoring after twelve weeks, thirteen in the east.
    ("home-ban-running", "2026-03-25T10:00:00+01:00", None, "plan_before_ban_ends", "2026-04-01T10:00:00+02:00"),
    ("nobody-keeps-watching", "2026-03-02T10:00:00+01:00", None, "plan_monitoring", "2026-05-25T10:00:00+02:00"),
    ("nobody-keeps-watching", "2026-03-02T10:00:00+01:00", "oost", "plan_monitoring", "2026-06-01T10:00:00+02:00"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "moment", "region", "action", "due"), TABLE)
def test_an_action_is_due_when_the_calendar_says(
    name: str, moment: str, region: str | None, action: str, due: str
) -> None:
    case = CASES[name]
    case = replace(case, region=None if region is None else RegionName(region))
    case = replace(case, reference_time=datetime.fromisoformat(moment))

    found = {str(each.action): each.due for each in assess(case).actions}

    assert found[action].isoformat() == due


def test_a_region_changes_nothing_but_dates() -> None:
    """The same facts give the same level everywhere; capacity reaches no condition."""
    for case in CASES.values():
        plain = assess(replace(case, region=None))
        for region in PROGRAM.regions:
            there = assess(replace(case, region=region))
            assert (there.level, there.ceiling, there.fired) == (plain.level, plain.ceiling, plain.fired)
            assert {each.action for each in there.actions} == {each.action for each in plain.actions}


def test_there_are_at_least_five_regions_and_a_calendar_to_2035() -> None:
    assert len(PROGRAM.regions) >= 5
    assert PROGRAM.calendar is not None
    assert PROGRAM.calendar.last_year >= 2035
