"""Deadlines fall where Dutch people and the law expect them."""

from datetime import date, datetime

import pytest

from taxatie.cli.calendar_command import general_holidays
from taxatie.engine.deadlines import Deadlines, in_amsterdam
from taxatie.rules.program import Calendar
from taxatie.terms.period import Term, TermUnit

HOLIDAYS = Calendar(2020, 2035, frozenset(day for day, _ in general_holidays(2020, 2035)))


def due(start: str, amount: int, unit: TermUnit, calendar: Calendar | None = HOLIDAYS) -> str:
    """Return when a term that starts then ends, as an answer writes it."""
    deadlines = Deadlines(in_amsterdam(datetime.fromisoformat(start)), calendar, {})
    return deadlines.after(Term(amount, unit)).isoformat(timespec="seconds")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-02T21:15:00+01:00", 5, "2026-03-09T23:59:59+01:00"),
        ("2026-03-06T09:00:00+01:00", 1, "2026-03-09T23:59:59+01:00"),
        ("2026-03-07T09:00:00+01:00", 1, "2026-03-09T23:59:59+01:00"),
        ("2026-04-02T09:00:00+02:00", 1, "2026-04-07T23:59:59+02:00"),
        ("2026-04-24T09:00:00+02:00", 1, "2026-04-28T23:59:59+02:00"),
        ("2025-04-25T09:00:00+02:00", 1, "2025-04-28T23:59:59+02:00"),
        ("2026-05-04T09:00:00+02:00", 1, "2026-05-06T23:59:59+02:00"),
        ("2026-05-13T09:00:00+02:00", 1, "2026-05-15T23:59:59+02:00"),
        ("2026-12-24T09:00:00+01:00", 3, "2026-12-30T23:59:59+01:00"),
    ],
    ids=[
        "over a weekend",
        "from a Friday",
        "from a Saturday",
        "over Good Friday and Easter Monday",
        "over King's Day on a Monday",
        "King's Day on a Saturday, because the 27th is a Sunday",
        "over Liberation Day, also between the lustra",
        "over Ascension Day",
        "over Christmas",
    ],
)
def test_working_days_skip_weekends_and_general_holidays(start: str, days: int, expected: str) -> None:
    """Algemene termijnenwet, art. 3: each of its days is a day on which nobody can be expected to work."""
    assert due(start, days, TermUnit.WORKING_DAYS) == expected


def test_without_a_calendar_only_weekends_are_skipped() -> None:
    """A release without a calendar says so by having none."""
    assert due("2026-04-02T09:00:00+02:00", 1, TermUnit.WORKING_DAYS, None) == "2026-04-03T23:59:59+02:00"


def test_days_keep_the_clock_time_when_the_clocks_change() -> None:
    """People say "tomorrow at nine", whatever the clocks did in the night."""
    assert due("2026-03-28T09:00:00+01:00", 1, TermUnit.DAYS) == "2026-03-29T09:00:00+02:00"
    assert due("2026-10-24T09:00:00+02:00", 1, TermUnit.WEEKS) == "2026-10-31T09:00:00+01:00"


def test_hours_pass_as_they_pass() -> None:
    """24 hours are 24 hours, also in the night in which one is skipped."""
    assert due("2026-03-28T09:00:00+01:00", 24, TermUnit.HOURS) == "2026-03-29T10:00:00+02:00"


def test_a_clock_time_that_does_not_exist_is_an_hour_later() -> None:
    """On 29 March 2026 there is no half past two at night."""
    assert due("2026-03-28T02:30:00+01:00", 1, TermUnit.DAYS) == "2026-03-29T03:30:00+02:00"


def test_immediately_is_the_reference_time_on_amsterdams_clock() -> None:
    """Wherever the caller's clock stands."""
    assert due("2026-03-02T20:15:00+00:00", 0, TermUnit.IMMEDIATELY) == "2026-03-02T21:15:00+01:00"


def test_the_calendar_knows_the_days_that_are_easily_forgotten() -> None:
    """King's Day moves to the 26th when the 27th is a Sunday; 5 May counts every year."""
    days = HOLIDAYS.holidays

    assert date(2025, 4, 26) in days
    assert date(2025, 4, 27) not in days
    assert {date(year, 5, 5) for year in range(2020, 2036)} <= days
    assert date(2026, 4, 3) in days
